import { appendFileSync, readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import type { Writable } from 'node:stream'
import { messageOf, NightjarError } from '@nightjar/core'
import { DEFAULT_ENDPOINT, type TapCommonOptions } from './options.ts'

/** Name of the OS user, `''` when the system does not know one. */
export function osUser(): string {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}

/** Says a line about our own trouble: to the log file, to stderr when verbose, else to nobody. Never throws. */
export function teller(options: TapCommonOptions, stderr: Writable): (message: string) => void {
  const { logFile, verbose } = options
  if (logFile === undefined && !verbose) return () => undefined
  return (message) => {
    const line = `nightjar tap: ${message}\n`
    try {
      if (logFile === undefined) stderr.write(line)
      else appendFileSync(logFile, `${new Date().toISOString()} ${line}`, { mode: 0o600 })
    } catch {
      // Diagnostics must not end the call they are about.
    }
  }
}

/** Where and as whom to emit, from the options. Throws TAP_ENDPOINT_INVALID. */
export function emitterTarget(options: TapCommonOptions, say: (message: string) => void) {
  const endpoint = options.endpoint ?? DEFAULT_ENDPOINT
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw new NightjarError('TAP_ENDPOINT_INVALID', 'the OTLP endpoint is not an http(s) URL', {
      hint: `Give the base URL of an OTLP/HTTP receiver, e.g. ${DEFAULT_ENDPOINT}.`,
    })
  }
  return { endpoint, token: tokenOf(options, say), hostName: hostname(), say }
}

function tokenOf(options: TapCommonOptions, say: (message: string) => void): string | undefined {
  if (options.token !== undefined || options.tokenFile === undefined) return options.token
  try {
    return readFileSync(options.tokenFile, 'utf8').trim()
  } catch (error) {
    // The call matters more than its record: go on without, the receiver will say so.
    say(`cannot read the token file: ${messageOf(error)}`)
    return undefined
  }
}
