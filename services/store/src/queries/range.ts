import { NightjarError, parseMicros } from '@nightjar/core'
import type { Conditions } from './conditions.ts'

/** A time range; RFC 3339 or `now-24h`. `from` is included, `to` is not. */
export interface TimeRange {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
const RELATIVE = /^now(?:-(\d{1,5})([smhdw]))?$/
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/i

/** Microseconds of an RFC 3339 time, or of `now` and `now-24h` (s, m, h, d, w); undefined if it is neither. */
export function readTime(text: string, nowMs: number): number | undefined {
  const relative = RELATIVE.exec(text)
  if (relative) return (nowMs - Number(relative[1] ?? 0) * (UNITS[relative[2] ?? ''] ?? 0)) * 1000
  if (!RFC3339.test(text) || Number.isNaN(Date.parse(text))) return undefined
  return parseMicros(text)
}

/** As {@link readTime}; throws API_BAD_TIME. */
export function timeMicros(text: string, nowMs: number): number {
  const time = readTime(text, nowMs)
  if (time === undefined)
    throw new NightjarError('API_BAD_TIME', 'not a time', {
      hint: 'Write RFC 3339 (2026-01-31T12:00:00Z), now, or now-24h (s, m, h, d, w).',
    })
  return time
}

/** SQL of a bound microsecond time as DateTime64(6). */
export const micros = (placeholder: string) => `fromUnixTimestamp64Micro(${placeholder}, 'UTC')`

/** Bounds a DateTime64 column by a time range. */
export function addTimeRange(
  where: Conditions,
  column: string,
  { from, to }: TimeRange,
  nowMs: number,
): void {
  if (from !== undefined)
    where.add(`${column} >= ${micros('{0}')}`, ['Int64', timeMicros(from, nowMs)])
  if (to !== undefined) where.add(`${column} < ${micros('{0}')}`, ['Int64', timeMicros(to, nowMs)])
}
