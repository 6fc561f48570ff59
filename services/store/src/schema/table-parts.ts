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
