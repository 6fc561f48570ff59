import { BlockList, isIP } from 'node:net'
import { NightjarError } from '@nightjar/core'
import { DELIVER_CODES } from '../errors.ts'

/** IPv4 that is not a public unicast address (IANA special-purpose registry). */
const REFUSED_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]
/** Of IPv6 only 2000::/3 is public; in it, these are tunnels, protocol assignments and documentation. */
const PUBLIC_V6 = ['2000::', 3] as const
const REFUSED_V6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

/** Says which addresses alerts may be sent to. */
export interface AddressGuard {
  /** Why an address is refused; undefined where it is allowed. Over plain http only listed networks are. */
  refusal(address: string, protocol: string): string | undefined
}

/** An address in one spelling: IPv4 in IPv6 (`::ffff:a.b.c.d`) is judged as IPv4. Undefined for what is none. */
function canonical(address: string): { address: string; family: 'ipv4' | 'ipv6' } | undefined {
  const version = isIP(address)
  if (version === 4) return { address, family: 'ipv4' }
  if (version !== 6 || address.includes('%')) return undefined
  const spelled = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(spelled)
  if (mapped === null) return { address: spelled, family: 'ipv6' }
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)]
  return { address: [high >> 8, high & 255, low >> 8, low & 255].join('.'), family: 'ipv4' }
}

function addNetwork(list: BlockList, text: string): void {
  const [network = '', bits, ...more] = text.trim().split('/')
  const parsed = canonical(network)
  const longest = parsed?.family === 'ipv4' ? 32 : 128
  const prefix = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : -1
  if (parsed === undefined || more.length > 0 || prefix < 0 || prefix > longest)
    throw new NightjarError(DELIVER_CODES.allowInvalid, `"${text}" is not a network.`, {
      hint: 'Write networks as CIDR, e.g. 127.0.0.0/8, 10.20.0.0/16 or fd00::/8.',
    })
  list.addSubnet(parsed.address, prefix, parsed.family)
}

/**
 * The guard against requests to inside addresses. Loopback, private, link-local (cloud metadata too), unique-local,
 * mapped, tunnelled, multicast and reserved addresses are refused unless `allow` (CIDRs) holds them.
 * Throws DELIVER_ALLOW_INVALID for a network that cannot be read.
 */
export function createAddressGuard(allow: readonly string[]): AddressGuard {
  const allowed = new BlockList()
  for (const network of allow) addNetwork(allowed, network)
  const refused = new BlockList()
  for (const [network, bits] of REFUSED_V4) refused.addSubnet(network, bits, 'ipv4')
  for (const [network, bits] of REFUSED_V6) refused.addSubnet(network, bits, 'ipv6')
  const publicV6 = new BlockList()
  publicV6.addSubnet(...PUBLIC_V6, 'ipv6')

  return {
    refusal(address, protocol) {
      const parsed = canonical(address)
      if (parsed === undefined) return `${address} is not an address.`
      if (allowed.check(parsed.address, parsed.family)) return undefined
      const isPublic =
        !refused.check(parsed.address, parsed.family) &&
        (parsed.family === 'ipv4' || publicV6.check(parsed.address, 'ipv6'))
      if (!isPublic)
        return `${address} is not a public address; NIGHTJAR_DELIVER_ALLOW can allow its network.`
      if (protocol !== 'https:')
        return 'Alerts leave by https only; NIGHTJAR_DELIVER_ALLOW can allow http into a network.'
      return undefined
    },
  }
}
