import type { AddressInfo } from 'node:net'
import { isIPv6 } from 'node:net'
import { type Component, NightjarError, noMetrics, silentLogger, systemClock } from '@nightjar/core'
import { createSessionCookies } from './auth/session-cookie.ts'
import { createSignInLinks } from './auth/sign-in-links.ts'
import { createCommandBus } from './commands/bus.ts'
import type { ApiContext } from './context.ts'
import type { App } from './http/app.ts'
import { createLiveHub } from './live/hub.ts'
import type { ApiOptions } from './options.ts'
import { buildServer } from './server.ts'

/** The API as a part of a process. `port` and `url` are known once it has started. */
export interface Api extends Component {
  readonly port: number
  readonly url: string
  /** A link that signs one browser in, once, within ten minutes. */
  signInLink(): string
}

const REPLY_TIMEOUT_MS = 5000
const MIN_KEY_BYTES = 32
const WILDCARDS = new Set(['0.0.0.0', '::', ''])

function urlOf(host: string, port: number): string {
  const name = WILDCARDS.has(host) ? '127.0.0.1' : host
  return `http://${isIPv6(name) ? `[${name}]` : name}:${port}`
}

function namesOf({ host, allowedHosts = [], publicUrl }: ApiOptions): string[] {
  const names = [...allowedHosts, ...(WILDCARDS.has(host) ? [] : [host])]
  return publicUrl === undefined ? names : [...names, new URL(publicUrl).host]
}

function listenError(cause: unknown, { host, port }: ApiOptions): NightjarError {
  const code = (cause as { code?: string }).code ?? ''
  const known: Readonly<Record<string, string>> = {
    EADDRINUSE: 'Another program listens there. Stop it, or set NIGHTJAR_API_PORT.',
    EACCES: 'Ports below 1024 need rights this process does not have. Set NIGHTJAR_API_PORT.',
    EADDRNOTAVAIL: 'This machine has no such address. Set NIGHTJAR_HOST.',
  }
  return new NightjarError('API_CANNOT_LISTEN', `Cannot listen on ${host}:${port} (${code}).`, {
    hint: known[code] ?? 'Choose another address or port.',
    cause,
  })
}

/** The API over its questions and the stream. Throws API_CANNOT_LISTEN from `start`. */
export function createApi(options: ApiOptions): Api {
  if (options.auth.sessionKey.length < MIN_KEY_BYTES)
    throw new NightjarError('API_WEAK_KEY', `The session key needs ${MIN_KEY_BYTES} bytes.`)
  const { logger = silentLogger, metrics = noMetrics, clock = systemClock } = options
  const { stream, tenant = 'default', instance = 'local', publicUrl } = options
  const group = (what: string) => `api-${what}-${instance}`
  const links = createSignInLinks(clock)
  let app: App | undefined
  let port = options.port

  const url = () => publicUrl?.replace(/\/$/, '') ?? urlOf(options.host, port)
  const signInLink = () => `${url()}/sign-in?token=${links.create()}`
  const commands = createCommandBus({
    ...{ stream, tenant, clock, metrics },
    replyTimeoutMs: options.replyTimeoutMs ?? REPLY_TIMEOUT_MS,
    group: group('replies'),
  })
  const live = createLiveHub({
    ...{ stream, tenant, metrics },
    group: group('alerts'),
    ...(options.counts && { counts: () => options.counts?.() ?? {} }),
  })
  const shared: Omit<ApiContext, 'countFailure'> = {
    ...{ options, tenant, clock, logger, metrics, commands, live, links, signInLink },
    cookies: createSessionCookies(options.auth.sessionKey, clock),
    secureCookie: publicUrl?.startsWith('https:') ?? false,
  }

  const stop = async () => {
    const running = app
    app = undefined
    await live.stop()
    await commands.stop()
    await running?.close()
  }

  return {
    name: 'api',
    get port() {
      return port
    },
    get url() {
      return url()
    },
    signInLink,
    stop,
    async start() {
      app = await buildServer(shared, namesOf(options))
      await commands.start()
      await live.start()
      try {
        await app.listen({ host: options.host, port: options.port })
      } catch (cause) {
        await stop()
        throw listenError(cause, options)
      }
      port = (app.server.address() as AddressInfo).port
      logger.info({ url: url() }, 'The API answers.')
    },
  }
}
