import type { EventBatch } from '@nightjar/core'

/** Rows of a batch on their way into the store; `positions` gives the place of the i-th in the log. */
export interface EventRows {
  readonly batch: EventBatch
  readonly rows: Uint32Array
  readonly positions: (index: number) => number
}

/** Days one insert may touch. A day is a partition, and ClickHouse takes a hundred of them in one insert. */
const MAX_DAYS = 90
const DAY_MICROS = 86_400_000_000

function dayOf({ batch, rows }: EventRows, index: number): number {
  return Math.floor((batch.columns.time.data[rows[index] as number] as number) / DAY_MICROS)
}

/** Splits rows into parts that touch a bounded number of days each. Nearly always that is one part, as it came. */
export function splitByDay(all: readonly EventRows[]): readonly EventRows[][] {
  const days = new Set<number>()
  for (const part of all) for (let i = 0; i < part.rows.length; i++) days.add(dayOf(part, i))
  if (days.size <= MAX_DAYS) return [[...all]]
  const partOf = new Map(
    [...days].sort((a, b) => a - b).map((day, i) => [day, Math.floor(i / MAX_DAYS)]),
  )
  return Array.from({ length: Math.ceil(days.size / MAX_DAYS) }, (_, part) =>
    all.map((rows) => pick(rows, (index) => partOf.get(dayOf(rows, index)) === part)),
  )
}

function pick(from: EventRows, wanted: (index: number) => boolean): EventRows {
  const indexes = Array.from(from.rows.keys()).filter(wanted)
  return {
    batch: from.batch,
    rows: Uint32Array.from(indexes, (index) => from.rows[index] as number),
    positions: (i) => from.positions(indexes[i] as number),
  }
}
