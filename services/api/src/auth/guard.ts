import { createHash, timingSafeEqual } from 'node:crypto'
import type { Metrics } from '@nightjar/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiContext } from '../context.ts'
import type { App, Caller } from '../http/app.ts'
import { ApiError } from '../http/problems.ts'
import { LIMITS } from '../options.ts'
import { createHostCheck, isFromLoopback } from './loopback.ts'
import { COOKIE_NAME } from './session-cookie.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
const digest = (text: string) => createHash('sha256').update(text).digest()

/** Options of the session cookie. `Secure` is left out on plain HTTP alone. */
export function cookieOptions(secure: boolean) {
  return { httpOnly: true, sameSite: 'strict', path: '/', secure } as const
}

/** Counts a failed attempt of an address; throws API_TOO_MANY_ATTEMPTS past the limit. */
export type CountFailure = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/** Counts failures by address and minute. Valid credentials are never held up by another's failures. */
export function createFailureCount(app: App, metrics: Metrics): CountFailure {
  const count = app.createRateLimit({
    max: LIMITS.failuresPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => request.socket.remoteAddress ?? '',
  })
  return async (request, reply) => {
    metrics.add('nightjar_api_auth_failures_total', 1)
    const limit = await count(request)
    if (limit.isAllowed || !limit.isExceeded) return
    void reply.header('retry-after', String(limit.ttlInSeconds))
    throw new ApiError('API_TOO_MANY_ATTEMPTS', 'Too many failed attempts from this address.', {
      hint: 'Wait a minute.',
    })
  }
}

/** A browser sends its cookie with requests of foreign pages too: what changes something must come from our own. */
export function assertOwnPage(request: FastifyRequest): void {
  if (SAFE.has(request.method)) return
  const site = request.headers['sec-fetch-site']
  if (site === 'same-origin' || site === 'none') return
  const { origin, host } = request.headers
  if (site === undefined && origin !== undefined && URL.canParse(origin)) {
    if (new URL(origin).host === host) return
  }
  throw new ApiError('API_CROSS_SITE', 'A browser may change something from our own pages only.', {
    hint: 'Programs send Authorization: Bearer with the admin token.',
  })
}

/** Checks the name asked for on every request, and who asks on everything under /api that is not open. */
export function guard(app: App, context: ApiContext, names: readonly string[]): void {
  const { cookies, metrics, countFailure } = context
  const expected = digest(context.options.auth.adminToken.reveal())
  const isKnownHost = createHostCheck(names)

  const byToken = (header: string): Caller | undefined => {
    const [scheme = '', token = ''] = header.split(' ', 2)
    const right = timingSafeEqual(digest(token), expected)
    if (!right || scheme.toLowerCase() !== 'bearer') return undefined
    return { actor: 'admin', role: 'admin', how: 'token', stillValid: () => true }
  }
  const byCookie = (request: FastifyRequest, reply: FastifyReply): Caller | undefined => {
    const session = cookies.read(request.cookies[COOKIE_NAME])
    if (session === undefined) return undefined
    assertOwnPage(request)
    const fresh = cookies.refresh(session)
    if (fresh) void reply.setCookie(COOKIE_NAME, fresh, cookieOptions(context.secureCookie))
    return {
      actor: session.actor,
      role: 'admin',
      how: 'cookie',
      expiresAt: cookies.expiresAt(session),
      stillValid: () => !cookies.isRevoked(session),
    }
  }
  const authenticate = async (request: FastifyRequest, reply: FastifyReply) => {
    const header = request.headers.authorization
    const caller = header === undefined ? byCookie(request, reply) : byToken(header)
    if (caller) {
      request.caller = caller
      return
    }
    if (header !== undefined || request.cookies[COOKIE_NAME] !== undefined)
      await countFailure(request, reply)
    void reply.header('www-authenticate', 'Bearer realm="nightjar"')
    throw new ApiError('API_UNAUTHENTICATED', 'This needs a token or a signed-in browser.', {
      hint: 'Programs: Authorization: Bearer with the content of admin-token. People: npx nightjar token link.',
    })
  }

  app.decorateRequest('caller', null)
  app.addHook('onRequest', async (request, reply) => {
    const pattern = request.routeOptions.url ?? ''
    if (pattern === '/healthz' || pattern === '/readyz') return
    if (!isKnownHost(request.headers.host)) {
      metrics.add('nightjar_api_foreign_hosts_total', 1)
      throw new ApiError('API_WRONG_HOST', 'This service does not answer under that name.', {
        hint: 'Use localhost or the configured name.',
      })
    }
    if (pattern === '/metrics' && !isFromLoopback(request)) return authenticate(request, reply)
    const underApi = request.is404 ? request.url.startsWith('/api') : pattern.startsWith('/api')
    if (underApi && request.routeOptions.config?.open !== true) await authenticate(request, reply)
  })
}
