import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '@nightjar/core'
import { LIMITS } from '../options.ts'

/** Name of the cookie. */
export const COOKIE_NAME = 'nightjar_session'

/** A browser's session, held in its cookie alone. Times are milliseconds. */
export interface Session {
  readonly id: string
  readonly actor: string
  readonly issuedAt: number
  readonly seenAt: number
}

/** Issues, reads and revokes session cookies. */
export interface SessionCookies {
  issue(actor: string): string
  /** The session of a cookie that is genuine, not idle for 8 h, not older than 24 h and not revoked. */
  read(cookie: string | undefined): Session | undefined
  /** The cookie again, seen now; undefined while the last one is recent. */
  refresh(session: Session): string | undefined
  revoke(session: Session): void
  isRevoked(session: Session): boolean
  expiresAt(session: Session): number
}

const REFRESH_MS = 5 * 60_000

function isSession(value: unknown): value is Session {
  const { id, actor, issuedAt, seenAt } = (value ?? {}) as Partial<Session>
  return (
    typeof id === 'string' &&
    typeof actor === 'string' &&
    Number.isFinite(issuedAt) &&
    Number.isFinite(seenAt)
  )
}

/** Session cookies signed with HMAC-SHA-256 under `key`. */
export function createSessionCookies(key: Buffer, clock: Clock): SessionCookies {
  const revoked = new Set<string>()
  const sign = (text: string) => createHmac('sha256', key).update(text).digest()
  const write = (session: Session) => {
    const text = Buffer.from(JSON.stringify(session)).toString('base64url')
    return `${text}.${sign(text).toString('base64url')}`
  }
  const expiresAt = ({ issuedAt, seenAt }: Session) =>
    Math.min(issuedAt + LIMITS.sessionMaxMs, seenAt + LIMITS.sessionIdleMs)

  const verified = (cookie: string): Session | undefined => {
    const [text = '', signature = ''] = cookie.split('.')
    const given = Buffer.from(signature, 'base64url')
    const expected = sign(text)
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
    const session: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return isSession(session) ? session : undefined
  }

  return {
    expiresAt,
    isRevoked: ({ id }) => revoked.has(id),
    issue(actor) {
      const now = clock.now()
      const id = randomBytes(16).toString('base64url')
      return write({ id, actor, issuedAt: now, seenAt: now })
    },
    read(cookie) {
      if (cookie === undefined || cookie.length > 1024) return undefined
      const session = verified(cookie)
      if (session === undefined || revoked.has(session.id)) return undefined
      return clock.now() < expiresAt(session) ? session : undefined
    },
    refresh(session) {
      const now = clock.now()
      return now - session.seenAt < REFRESH_MS ? undefined : write({ ...session, seenAt: now })
    },
    revoke({ id }) {
      revoked.add(id)
      if (revoked.size <= LIMITS.revokedSessions) return
      const [oldest] = revoked
      if (oldest !== undefined) revoked.delete(oldest)
    },
  }
}
