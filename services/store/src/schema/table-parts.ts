/** What a schema depends on besides the dictionary. */
export interface SchemaOptions {
  /** Days an event, a rollup row or a finding is kept. */
  readonly retentionDays: number
}

/** Table settings of everything that is acknowledged: on disk before the answer. */
export const DURABLE = 'fsync_after_insert = 1, fsync_part_directory = 1'

/** TTL expression: `column` plus the retention. */
export function until(column: string, days: number): string {
  return `toDate(${column}) + toIntervalDay(${days})`
}

/**
 * A fresh insert (tens of megabytes) becomes a part of a few files, not of two per column: with sixty columns and fsync
 * that is twice as fast. Merges make wide parts of them.
 */
export const FRESH_PARTS_COMPACT = 'min_bytes_for_wide_part = 134217728'
