import type { Ask } from './ask.ts'
import type { Conditions } from './conditions.ts'

/** Matching rows by hour of their time (seconds since the epoch), newest first. */
export type Hours = readonly { readonly at: number; readonly matching: number }[]

/** Counts matching events by hour. */
export function countByHour(ask: Ask, where: Conditions): Promise<Hours> {
  return ask<Hours[number]>(
    `SELECT toUnixTimestamp(toStartOfHour(time)) AS at, count() AS matching
     FROM nightjar.events WHERE ${where.sql()} GROUP BY at ORDER BY at DESC`,
    where.params(),
  )
}

/** Start (microseconds) of the hour from which on the newest `count` rows lie; 0 where all rows are needed. */
export function floorOf(hours: Hours, count: number): number {
  let seen = 0
  const enough = hours.findIndex(({ matching }) => {
    seen += matching
    return seen >= count
  })
  return enough < 0 || enough === hours.length - 1 ? 0 : (hours[enough]?.at ?? 0) * 1_000_000
}

/**
 * Finds `want` folded items from the newest rows on, over eight times as many rows with each attempt. The table is
 * sorted by hour, so a page reads some hours and not all of the table. A few rows are read whole at once.
 */
export async function widening<T>(
  hours: Hours,
  rows: number,
  want: number,
  attempt: (floor: number) => Promise<T[]>,
): Promise<T[]> {
  const all = hours.reduce((sum, { matching }) => sum + matching, 0)
  if (all <= rows * 4) return attempt(0)
  for (let count = rows; ; count *= 8) {
    const floor = floorOf(hours, count)
    const found = await attempt(floor)
    if (floor === 0 || found.length >= want) return found
  }
}
