import { createHash } from 'node:crypto'
import { NightjarError } from '@nightjar/core'

/** Where a page ended: the sort key of its last item, with the total and the `now` of the first page. */
export interface Cursor {
  readonly key: readonly (string | number)[]
  readonly total: number
  readonly nowMs: number
}

/** Names a question, so that a cursor serves only the question that gave it. */
export function questionHash(list: string, question: object): string {
  const known = Object.entries(question)
    .filter(([name, value]) => value !== undefined && name !== 'cursor' && name !== 'limit')
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([list, known]))
    .digest('base64url')
    .slice(0, 12)
}

function badCursor(detail: string): NightjarError {
  return new NightjarError('API_BAD_CURSOR', detail, {
    hint: 'Use nextCursor of the previous page with the same filters, or leave the cursor out.',
  })
}

/** An opaque text for the client to hand back. */
export function writeCursor(hash: string, { key, total, nowMs }: Cursor): string {
  return Buffer.from(JSON.stringify([hash, total, nowMs, ...key])).toString('base64url')
}

function isCursor(value: unknown, keys: number): value is [string, number, number, ...unknown[]] {
  return (
    Array.isArray(value) &&
    value.length === 3 + keys &&
    typeof value[0] === 'string' &&
    Number.isSafeInteger(value[1]) &&
    Number.isSafeInteger(value[2]) &&
    value.slice(3).every((part) => typeof part === 'string' || Number.isFinite(part))
  )
}

/** Reads a cursor of this question; throws API_BAD_CURSOR for anything else. `keys` is the length of its sort key. */
export function readCursor(text: string, hash: string, keys: number): Cursor {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    throw badCursor('the cursor is not one of this API')
  }
  if (!isCursor(value, keys)) throw badCursor('the cursor is not one of this API')
  if (value[0] !== hash) throw badCursor('the cursor belongs to another question')
  return { key: value.slice(3) as (string | number)[], total: value[1], nowMs: value[2] }
}
