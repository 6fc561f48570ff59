import { domainToASCII } from 'node:url'

/** Argument names that say what a call reads or changes, most telling first. */
const TARGET_KEYS = [
  'path',
  'file_path',
  'filePath',
  'filepath',
  'uri',
  'url',
  'file',
  'filename',
  'paths',
  'files',
  'urls',
  'source',
  'directory',
  'dir',
  'table',
  'table_name',
  'tableName',
  'collection',
  'bucket',
  'database',
] as const

/** Argument names that say where a call sends something. `sends` is false where merely connecting is meant. */
const DESTINATION_KEYS: readonly { readonly key: string; readonly sends: boolean }[] = [
  ...['webhook', 'webhook_url', 'webhookUrl', 'callback_url', 'to', 'recipient', 'recipients'].map(
    (key) => ({ key, sends: true }),
  ),
  ...['endpoint', 'destination', 'url', 'uri', 'urls', 'remote', 'domain'].map((key) => ({
    key,
    sends: true,
  })),
  ...['host', 'hostname', 'server', 'address', 'base_url', 'baseUrl', 'email'].map((key) => ({
    key,
    sends: false,
  })),
]

const MAX_HOST = 253
const HOST_LABEL = /^[a-z0-9_-]{1,63}$/
const IPV6 = /^[0-9a-f:.]{2,45}$/
const LOCAL = /^(?:localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|::1)$/

type Arguments = Readonly<Record<string, unknown>>

function firstText(value: unknown): string {
  if (typeof value === 'string') return value
  return Array.isArray(value) && typeof value[0] === 'string' ? value[0] : ''
}

/** What the arguments of a call say it reads or changes, unscrubbed; `''` when they do not say. */
export function targetOf(args: Arguments): string {
  for (const key of TARGET_KEYS) {
    const text = Object.hasOwn(args, key) ? firstText(args[key]) : ''
    if (text !== '') return text
  }
  return ''
}

/** Where the arguments of a call send something, as a lower-case host without port. */
export interface Destination {
  readonly host: string
  /** True where data leaves this machine for it. */
  readonly egress: boolean
}

/** The host of a URL, e-mail address or host name among the arguments. */
export function destinationOf(args: Arguments): Destination | undefined {
  for (const { key, sends } of DESTINATION_KEYS) {
    const text = Object.hasOwn(args, key) ? firstText(args[key]) : ''
    const host = text === '' ? '' : hostOf(text, !sends || key === 'domain')
    if (host !== '') return { host, egress: sends && !LOCAL.test(host) }
  }
  return undefined
}

/** The host of a URL or e-mail address, of a bare host name too where `bare`; `''` for anything else. */
export function hostOf(text: string, bare = false): string {
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
