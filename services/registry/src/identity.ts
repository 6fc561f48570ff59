import { createHash } from 'node:crypto'
import type { Server } from '@nightjar/core'

export type KeyKind = Server['keyKind']

/** How much a key proves, weakest first. */
const LADDER: readonly KeyKind[] = ['label', 'command', 'url', 'package', 'digest']

/** What kind of identity a server key is; `label` when there is none. */
export function keyKindOf(key: string): KeyKind {
  if (key === '') return 'label'
  if (/^(digest|sha256|sha512):/.test(key)) return 'digest'
  if (/^(package|pkg):/.test(key)) return 'package'
  if (/^(url:|https?:)/.test(key)) return 'url'
  return 'command'
}

/** True when `a` proves more than `b`. */
export function stronger(a: KeyKind, b: KeyKind): boolean {
  return LADDER.indexOf(a) > LADDER.indexOf(b)
}

/** What stays of a key over releases: a package without its version, so that an update is a change of one server. */
export function identityOf(key: string): string {
  return keyKindOf(key) === 'package' ? key.replace(/(?<=[^/])@[^@/]+$/, '') : key
}

function hex(parts: readonly string[], length: number): string {
  return createHash('sha256').update(parts.join('\0'), 'utf8').digest('hex').slice(0, length)
}

/** Id of a server, from what it was first known by. */
export function serverIdOf(tenant: string, key: string, label: string): string {
  const identity = key === '' ? `label:${label}` : identityOf(key)
  return `srv_${hex([tenant, identity], 24)}`
}

/** sha-256 hex (first 32) of tenant, family and entity: findings that share it share an alert. */
export function fingerprintOf(tenant: string, family: string, entity: string): string {
  return hex([tenant, family, entity], 32)
}

/** Deterministic id of a finding. */
export function findingIdOf(parts: readonly string[]): string {
  return hex(parts, 32)
}
