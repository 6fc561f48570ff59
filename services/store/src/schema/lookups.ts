/** Columns of `nightjar.event_lookups`: the number of a look-up and the sort key of an event. */
export const LOOKUP_COLUMNS = [
  { name: 'lookup', type: 'UInt64' },
  { name: 'tenant', type: 'String' },
  { name: 'server', type: 'String' },
  { name: 'tool', type: 'String' },
  { name: 'time', type: "DateTime64(6, 'UTC')" },
  { name: 'id', type: 'FixedString(16)' },
] as const

/** Rows the table keeps; a look-up uses its rows at once. */
export const LOOKUP_ROWS = 131_072

/** Statements that make the table where events stand for the moment they are looked up; it lives in memory. */
export function lookupStatements(): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS nightjar.event_lookups (
  ${LOOKUP_COLUMNS.map(({ name, type }) => `${name} ${type}`).join(',\n  ')}
) ENGINE = Memory SETTINGS max_rows_to_keep = ${LOOKUP_ROWS}, min_rows_to_keep = 0`,
  ]
}
