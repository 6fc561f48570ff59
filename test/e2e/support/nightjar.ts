import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SHIM = join(process.cwd(), 'services/cli/bin/nightjar.mjs')
const START_MS = 60_000

/** Path of the command, as users have it on their PATH. */
export const nightjarBin = SHIM

/** A fresh data folder. */
export const freshFolder = (name = 'data') => mkdtempSync(join(tmpdir(), `nightjar-${name}-`))

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A running Nightjar, started as `nightjar up` starts it. */
export interface Running {
  readonly data: string
  readonly apiUrl: string
  readonly otlpHttpUrl: string
  readonly otlpGrpcUrl: string
  readonly token: string
  readonly process: ChildProcess
  readonly env: Readonly<Record<string, string>>
  /** Everything written to standard output and error so far. */
  output(): string
  get<T = Record<string, unknown>>(path: string): Promise<T>
  send<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>
  /** Sends a signal and waits for the end; gives exit code and milliseconds. */
  end(signal?: NodeJS.Signals): Promise<{ code: number | null; ms: number }>
}

async function ready(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const end = Date.now() + START_MS
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`nightjar up ended with ${child.exitCode ?? child.signalCode}:\n${output()}`)
    try {
      if ((await fetch(`${url}/readyz`)).ok) return
    } catch {
      // Not listening yet.
    }
    if (Date.now() > end) throw new Error(`nightjar up was not ready in time:\n${output()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Starts Nightjar on free ports and waits until it is ready. */
export async function startNightjar(
  options: { data?: string; env?: Record<string, string> } = {},
): Promise<Running> {
  const data = options.data ?? freshFolder()
  const [api, http, grpc] = [await freePort(), await freePort(), await freePort()]
  const env = {
    NIGHTJAR_DATA: data,
    NIGHTJAR_API_PORT: String(api),
    NIGHTJAR_OTLP_HTTP_PORT: String(http),
    NIGHTJAR_OTLP_GRPC_PORT: String(grpc),
    NIGHTJAR_DELIVER_ALLOW: '127.0.0.0/8',
    ...options.env,
  }
  const child = spawn(process.execPath, [SHIM, 'up'], {
    env: { ...process.env, NIGHTJAR_TEST_REQUIRE: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
  const output = () => text
  const apiUrl = `http://127.0.0.1:${api}`
  await ready(apiUrl, child, output)
  const tokenFile = join(data, 'admin-token')
  const token = existsSync(tokenFile) ? readFileSync(tokenFile, 'utf8').trim() : ''

  const send = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${apiUrl}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`)
    return (answer === '' ? undefined : JSON.parse(answer)) as T
  }

  return {
    data,
    apiUrl,
    otlpHttpUrl: `http://127.0.0.1:${http}`,
    otlpGrpcUrl: `http://127.0.0.1:${grpc}`,
    token,
    process: child,
    env,
    output,
    get: (path) => send('GET', path),
    send,
    async end(signal = 'SIGINT') {
      const begin = performance.now()
      if (child.exitCode === null && child.signalCode === null) {
        const exit = once(child, 'exit')
        child.kill(signal)
        await exit
      }
      return { code: child.exitCode, ms: performance.now() - begin }
    },
  }
}

/** Calls `look` until it gives something, or fails with what it last saw. */
export async function eventually<T>(
  look: () => Promise<T | undefined | false>,
  ms = 20_000,
  what = 'it',
): Promise<T> {
  const end = Date.now() + ms
  let last: unknown
  for (;;) {
    try {
      const seen = await look()
      if (seen !== undefined && seen !== false) return seen
    } catch (error) {
      last = error
    }
    if (Date.now() > end)
      throw new Error(`${what} did not come in ${ms} ms${last ? `: ${last}` : ''}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
