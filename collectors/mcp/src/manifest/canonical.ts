import { createHash } from 'node:crypto'
import { type Manifest, NightjarError } from '@nightjar/core'
import { MAX_DEPTH } from '../json-span.ts'

/** Keys of an item that change from one answer to the next and are no part of what is offered. */
const VOLATILE = new Set(['_meta', 'ttlMs', 'cacheScope', 'nextCursor', 'resultType'])

/**
 * A JSON value after RFC 8785: keys sorted by UTF-16 code units, no spaces, numbers as ECMAScript prints them. Throws
 * MCP_TOO_DEEP for nesting beyond 128.
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > MAX_DEPTH) {
    throw new NightjarError('MCP_TOO_DEEP', `JSON is nested deeper than ${MAX_DEPTH} levels`, {
      hint: 'The server sends a schema no client would read; look at it by hand.',
    })
  }
  if (Array.isArray(value)) {
    return `[${value.map((item) => canonicalJson(item ?? null, depth + 1)).join(',')}]`
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member, depth + 1)}`)
    return `{${members.join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}

function stable(item: object): object {
  // Only at the item's own level: a schema may well have a property called `_meta`.
  return Object.fromEntries(Object.entries(item).filter(([key]) => !VOLATILE.has(key)))
}

function list(items: readonly object[] | undefined, key: string): unknown {
  if (items === undefined) return undefined
  return items
    .map((item) => ({
      sortKey: String((item as Readonly<Record<string, unknown>>)[key] ?? ''),
      text: canonicalJson(stable(item)),
    }))
    .sort((a, b) => compare(a.sortKey, b.sortKey) || compare(a.text, b.text))
    .map(({ text }) => JSON.parse(text) as unknown)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * The one text of a manifest: items sorted by name or URI, keys sorted, volatile keys and the negotiated protocol
 * version (which depends on the client) left out. Lists that were not seen are absent.
 */
export function canonicalManifest(manifest: Manifest): string {
  return canonicalJson({
    serverInfo: manifest.serverInfo === undefined ? undefined : stable(manifest.serverInfo),
    instructions: manifest.instructions,
    tools: list(manifest.tools, 'name'),
    prompts: list(manifest.prompts, 'name'),
    resources: list(manifest.resources, 'uri'),
    resourceTemplates: list(manifest.resourceTemplates, 'uriTemplate'),
  })
}

/** `sha256:` and the hex SHA-256 of a canonical manifest text. */
export function hashCanonical(text: string): string {
  return `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`
}

/** Hash of the whole manifest: `sha256:` and 64 hex digits of its canonical text. */
export function manifestHash(manifest: Manifest): string {
  return hashCanonical(canonicalManifest(manifest))
}
