import { timingSafeEqual } from 'node:crypto'
import type { Secret } from '@nightjar/core'
import type { Authenticate } from '@nightjar/otlp'
import { isLoopbackHost } from '@nightjar/runtime'

/** The one tenant of a process without tenants of its own. */
export const DEFAULT_TENANT = 'default'

const unmapped = (address: string) => address.replace(/^::ffff:/i, '')

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/**
 * Who may send telemetry: from loopback anybody without a token; a token that is given must be valid; beyond loopback
 * one is required.
 */
export function ingestAuthentication(adminToken: Secret): Authenticate {
  return (bearer, remoteAddress) => {
    if (bearer === undefined)
      return isLoopbackHost(unmapped(remoteAddress))
        ? { tenant: DEFAULT_TENANT }
        : { error: 'missing' }
    return equal(bearer, adminToken.reveal()) ? { tenant: DEFAULT_TENANT } : { error: 'invalid' }
  }
}
