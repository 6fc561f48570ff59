/** What a schema depends on besides the dictionary. */
export interface SchemaOptions {
  /** Days an event, a rollup row or a finding is kept. */
  readonly retentionDays: number
}

/** Table settings of everything that is acknowledged: on disk before the answer. */
export const DURABLE = 'fsync_after_insert = 1, fsync_part_directory = 1'

/**
 * TTL expression: the later of these times plus the retention. Where a row has a receive time it counts too, so that
 * history sent today is kept as long as what happened today.
 */
function until(columns: readonly string[], days: number): string {
  const dates = columns.map((column) => `toDate(${column})`)
  const age = dates.length === 1 ? dates[0] : `greatest(${dates.join(', ')})`
  return `${age} + toIntervalDay(${days})`
}

/** Tables that forget with the retention, and the columns their age is read from. */
export const RETAINED = {
  events: ['time', 'received_time'],
  calls_by_minute: ['minute', 'received'],
  events_by_source: ['hour', 'last_seen'],
  principals_by_hour: ['hour', 'received'],
  findings: ['time', 'archived_at'],
  deliveries: ['created_at'],
} as const

/** TTL expression of a table that forgets. */
export function retention(table: keyof typeof RETAINED, days: number): string {
  return until(RETAINED[table], days)
}

/**
 * A fresh insert (tens of megabytes) becomes a part of a few files, not of two per column: with sixty columns and fsync
 * that is twice as fast. Merges make wide parts of them.
 */
export const FRESH_PARTS_COMPACT = 'min_bytes_for_wide_part = 134217728'

/** No statistics of the values of each column: nothing asks for them, and each insert and merge would compute them. */
export const UNEXAMINED = "auto_statistics_types = ''"
