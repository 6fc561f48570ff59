import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '@nightjar/core'
import { LIMITS } from '../options.ts'

/** One-time tokens that are exchanged for a session; only their hashes are kept. */
export interface SignInLinks {
  /** A token for ten minutes and one use. The oldest open one goes when there are a hundred. */
  create(): string
  /** True once for a token that is open. */
  redeem(token: string): boolean
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

/** Sign-in tokens in memory. */
export function createSignInLinks(clock: Clock): SignInLinks {
  const open = new Map<string, number>()
  return {
    create() {
      const token = randomBytes(32).toString('base64url')
      open.set(hashOf(token), clock.now() + LIMITS.signInLinkMs)
      const [oldest] = open.keys()
      if (open.size > LIMITS.signInLinks && oldest !== undefined) open.delete(oldest)
      return token
    },
    redeem(token) {
      const hash = hashOf(token)
      const expiresAt = open.get(hash)
      open.delete(hash)
      return expiresAt !== undefined && clock.now() < expiresAt
    },
  }
}
