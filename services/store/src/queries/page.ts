import type { Clock, Page } from '@nightjar/core'
import { type Cursor, questionHash, readCursor, writeCursor } from './cursor.ts'

/** What every list is asked with. */
export interface ListQuestion {
  readonly tenant: string
  /** Items of a page, 1 to 1000; 50 by default. */
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}

/** The sort key of an item. */
export type SortKey = Cursor['key']

/** One item with the sort key a cursor would need to begin after it. */
export interface Keyed<T> {
  readonly item: T
  readonly key: SortKey
}

/** Rows of a page, and the total where it came along. */
export interface Found<T> {
  readonly rows: readonly Keyed<T>[]
  readonly total?: number
}

/** A list's own part of paging. */
export interface PageSource<T> {
  readonly list: string
  /** How many parts a sort key has. */
  readonly keys: number
  /** Items after the cursor, at most `count`. */
  read(after: SortKey | undefined, count: number, nowMs: number): Promise<Found<T>>
  total(nowMs: number): Promise<number>
}

/**
 * Reads one page by keyset. Relative times mean the same on every page of a walk, and the total is counted once, on
 * the first.
 */
export async function readPage<T>(
  question: ListQuestion,
  clock: Clock,
  source: PageSource<T>,
): Promise<Page<T>> {
  const hash = questionHash(source.list, question)
  const limit = Math.min(Math.max(question.limit ?? 50, 1), 1000)
  const cursor =
    question.cursor === undefined ? undefined : readCursor(question.cursor, hash, source.keys)
  const nowMs = cursor?.nowMs ?? clock.now()
  const found = await source.read(cursor?.key, limit + 1, nowMs)
  const { rows } = found
  const last = rows.length > limit ? rows[limit - 1] : undefined
  const counted = found.total ?? (last === undefined ? rows.length : undefined)
  const total = cursor?.total ?? counted ?? (await source.total(nowMs))
  return {
    items: rows.slice(0, limit).map(({ item }) => item),
    nextCursor: last ? writeCursor(hash, { key: last.key, total, nowMs }) : null,
    total,
  }
}
