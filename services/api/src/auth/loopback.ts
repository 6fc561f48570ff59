import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/

/** True where the socket comes from this machine and no proxy stands between. */
export function isFromLoopback(request: FastifyRequest): boolean {
  const { headers, socket } = request
  if (headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined) return false
  return LOOPBACK.test(socket.remoteAddress ?? '')
}

/** The name in a Host header, without port and brackets. */
function nameOf(host: string): string {
  const name = host.startsWith('[') ? host.slice(1, host.indexOf(']')) : host.replace(/:\d+$/, '')
  return name.toLowerCase().replace(/\.$/, '')
}

/**
 * Whether a Host header names this service. A page that rebinds its own name to this address keeps its name in Host;
 * an IP address cannot be rebound.
 */
export function createHostCheck(names: readonly string[]): (host: string | undefined) => boolean {
  const known = new Set(['localhost', ...names.map(nameOf)])
  return (host) => {
    if (host === undefined || host === '') return false
    const name = nameOf(host)
    return known.has(name) || isIP(name) !== 0
  }
}
