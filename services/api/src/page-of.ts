import { createHash } from 'node:crypto'
import type { Page } from '@nightjar/core'
import { ApiError } from './http/problems.ts'

/**
 * A page of a list that is small and in memory, in its own order. The cursor names the last item shown; when that is
 * gone the walk starts again.
 */
export function pageOf<T>(
  list: string,
  items: readonly T[],
  idOf: (item: T) => string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Page<T> {
  const hash = createHash('sha256').update(list).digest('base64url').slice(0, 12)
  const start = cursor === undefined ? 0 : startOf(cursor, hash, items.map(idOf))
  const page = items.slice(start, start + limit)
  const last = page.at(-1)
  const more = start + limit < items.length && last !== undefined
  return {
    items: page,
    nextCursor: more ? Buffer.from(JSON.stringify([hash, idOf(last)])).toString('base64url') : null,
    total: items.length,
  }
}

function startOf(cursor: string, hash: string, ids: readonly string[]): number {
  try {
    const [given, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (given === hash) return ids.indexOf(id) + 1
  } catch {
    // Answered below, like a cursor of another list.
  }
  throw new ApiError('API_BAD_CURSOR', 'The cursor is not one of this list.', {
    hint: 'Use nextCursor of the previous page with the same filters, or leave the cursor out.',
  })
}
