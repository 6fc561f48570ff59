import type { Clock, Page } from '@nightjar/core'
import type { Ask } from './ask.ts'
import { type Conditions, conditions } from './conditions.ts'
import { type Found, type ListQuestion, readPage, type SortKey } from './page.ts'

/** A part of a sort key: SQL of a column, cast to its type, largest first. */
export interface SortPart {
  readonly sql: string
  readonly type: 'Int64' | 'Float64' | 'String'
}

/** SQL of a time column as a sort part, in milliseconds. */
export const newestBy = (column: string): SortPart => ({
  sql: `toUnixTimestamp64Milli(${column})`,
  type: 'Int64',
})

/** A table whose rows hold a document as JSON, newest version of a key wins. */
export interface DocTable {
  readonly table: string
  readonly order: readonly SortPart[]
}

/** A state table by name and order; the id is always the last part, so that no two rows have one key. */
export function docTable(table: string, ...order: readonly SortPart[]): DocTable {
  return { table, order: [...order, { sql: 'id', type: 'String' }] }
}

function addAfter(where: Conditions, order: readonly SortPart[], after: SortKey): void {
  const marks = order.map((_, index) => `{${index}}`)
  where.add(
    `(${order.map(({ sql }) => sql).join(', ')}) < (${marks.join(', ')})`,
    ...order.map(({ type }, index) => {
      const part = after[index] ?? ''
      return [type, type === 'String' ? String(part) : Number(part)] as const
    }),
  )
}

/** Reads a page of documents, largest sort key first. `fill` adds the question's own conditions. */
export function listDocs<T>(
  ask: Ask,
  clock: Clock,
  { table, order }: DocTable,
  question: ListQuestion,
  fill: (where: Conditions, nowMs: number) => void,
): Promise<Page<T>> {
  const whereOf = (nowMs: number) => {
    const where = conditions(question.tenant)
    fill(where, nowMs)
    return where
  }
  return readPage<T>(question, clock, {
    list: table,
    keys: order.length,
    async read(after, count, nowMs): Promise<Found<T>> {
      const where = whereOf(nowMs)
      if (after) addAfter(where, order, after)
      const keys = order.map(({ sql }, index) => `${sql} AS k${index}`)
      const rows = await ask<Record<string, string | number>>(
        `SELECT ${keys.join(', ')}, doc AS json FROM nightjar.${table} FINAL WHERE ${where.sql()}
         ORDER BY ${order.map((_, index) => `k${index} DESC`).join(', ')} LIMIT ${count}`,
        where.params(),
      )
      return {
        rows: rows.map((row) => ({
          item: JSON.parse(String(row.json)) as T,
          key: order.map((_, index) => row[`k${index}`] ?? ''),
        })),
      }
    },
    async total(nowMs) {
      const where = whereOf(nowMs)
      const [counted] = await ask<{ n: number }>(
        `SELECT count() AS n FROM nightjar.${table} FINAL WHERE ${where.sql()}`,
        where.params(),
      )
      return counted?.n ?? 0
    },
  })
}

/** All documents that match, at most `count`, in no order. */
export async function readDocs<T>(
  ask: Ask,
  table: string,
  where: Conditions,
  count: number,
): Promise<T[]> {
  const rows = await ask<{ json: string }>(
    `SELECT doc AS json FROM nightjar.${table} FINAL WHERE ${where.sql()} LIMIT ${count}`,
    where.params(),
  )
  return rows.map(({ json }) => JSON.parse(json) as T)
}

/** The document of an id, or undefined. */
export async function findDoc<T>(
  ask: Ask,
  table: string,
  tenant: string,
  id: string,
): Promise<T | undefined> {
  const where = conditions(tenant)
  where.oneOf('id', [id])
  return (await readDocs<T>(ask, table, where, 1))[0]
}
