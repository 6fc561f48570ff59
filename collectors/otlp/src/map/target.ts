import { domainToASCII } from 'node:url'
import type { Members } from '../redact/members.ts'

/** Argument names that say what a call reads or changes, most telling first. */
const TARGET_KEYS = ranked([
  ...['path', 'file_path', 'filePath', 'filepath', 'uri', 'url', 'file', 'filename'],
  ...['paths', 'files', 'urls', 'source', 'directory', 'dir'],
  ...['table', 'table_name', 'tableName', 'collection', 'bucket', 'database'],
])

/** Argument names that say where a call sends something. */
const SEND_KEYS = [
  ...['webhook', 'webhook_url', 'webhookUrl', 'callback_url', 'to', 'recipient', 'recipients'],
  ...['endpoint', 'destination', 'url', 'uri', 'urls', 'remote', 'domain'],
]
/** Argument names that say what a call merely connects to or asks about. */
const CONTACT_KEYS = ['host', 'hostname', 'server', 'address', 'base_url', 'baseUrl', 'email']
const DESTINATION_KEYS = ranked([...SEND_KEYS, ...CONTACT_KEYS])
/** Values of these may be bare host names; elsewhere a word without scheme or `@` is no host. */
const BARE_HOST: ReadonlySet<string> = new Set(['domain', ...CONTACT_KEYS])

const MAX_HOST = 253
const HOST_LABEL = /^[a-z0-9_-]{1,63}$/
const IPV6 = /^[0-9a-f:.]{2,45}$/
const LOCAL = /^(?:localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|::1)$/

function ranked(keys: readonly string[]): ReadonlyMap<string, number> {
  return new Map(keys.map((key, rank) => [key, rank]))
}

/** The member of a call's arguments that says what it reads or changes; -1 when none does. */
export function targetOf(args: Members): number {
  let best = TARGET_KEYS.size
  let target = -1
  for (let i = 0; i < args.count; i++) {
    const rank = TARGET_KEYS.get(args.nameAt(i))
    if (rank === undefined || rank >= best) continue
    if (!args.locate(i) && args.textAt(i) === '') continue
    best = rank
    target = i
  }
  return target
}

/** Where the arguments of a call send something, as a lower-case host without port. */
export interface Destination {
  readonly host: string
  /** True where data leaves this machine for it. */
  readonly egress: boolean
}

/** The host of a URL, e-mail address or host name among the arguments. */
export function destinationOf(args: Members): Destination | undefined {
  let best = DESTINATION_KEYS.size
  let host = ''
  for (let i = 0; i < args.count; i++) {
    const key = args.nameAt(i)
    const rank = DESTINATION_KEYS.get(key)
    if (rank === undefined || rank >= best) continue
    const named = hostOf(args.textAt(i), BARE_HOST.has(key))
    if (named === '') continue
    best = rank
    host = named
  }
  return host === '' ? undefined : { host, egress: best < SEND_KEYS.length && !LOCAL.test(host) }
}

/** The host of a URL or e-mail address, of a bare host name too where `bare`; `''` for anything else. */
function hostOf(text: string, bare = false): string {
  const trimmed = text.slice(0, 2048).trim()
  const scheme = trimmed.indexOf('://')
  if (scheme > 0) {
    if (trimmed.startsWith('file:')) return ''
    const authority = trimmed.slice(scheme + 3).split(/[/?#\\]/, 1)[0] ?? ''
    return plainHost(authority.slice(authority.lastIndexOf('@') + 1))
  }
  const at = trimmed.lastIndexOf('@')
  if (at > 0) return plainHost(trimmed.slice(at + 1).replace(/[>\s].*$/s, ''))
  return bare ? plainHost(trimmed) : ''
}

function plainHost(authority: string): string {
  if (authority.startsWith('[')) {
    const address = authority.slice(1).split(']', 1)[0]?.toLowerCase() ?? ''
    return IPV6.test(address) ? address : ''
  }
  const host = (authority.split(':', 1)[0] ?? '').toLowerCase().replace(/\.$/, '')
  const ascii = /[^ -~]/.test(host) ? domainToASCII(host) : host
  const labels = ascii.length > MAX_HOST ? [] : ascii.split('.')
  return labels.length > 0 && labels.every((label) => HOST_LABEL.test(label)) ? ascii : ''
}
