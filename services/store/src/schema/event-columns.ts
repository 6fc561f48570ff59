import { COLUMN_NAMES, type ColumnName, columnSpec, sqlName } from '@nightjar/core'

/** How an event column is stored: its ClickHouse type, as the Native format writes it, and its codec. */
export interface StoredColumn {
  readonly name: ColumnName
  readonly sql: string
  readonly type: string
  readonly codec: string
}

const TEXT = { type: 'String', codec: 'CODEC(ZSTD(1))' } as const

function storage(name: ColumnName): { type: string; codec: string } {
  const { kind, unique, width } = columnSpec(name)
  switch (kind) {
    case 'dict':
      return unique ? TEXT : { type: 'LowCardinality(String)', codec: '' }
    case 'text':
      return TEXT
    case 'list':
      return { type: 'Array(LowCardinality(String))', codec: '' }
    case 'bytes':
      return { type: `FixedString(${width ?? 0})`, codec: 'CODEC(ZSTD(1))' }
    case 'time':
      return { type: "DateTime64(6, 'UTC')", codec: 'CODEC(Delta(8), ZSTD(1))' }
    case 'count':
      return { type: 'UInt64', codec: 'CODEC(T64, LZ4)' }
  }
}

/** The columns of `nightjar.events` that come from the dictionary, in its order; `seq` follows them. */
export const STORED_COLUMNS: readonly StoredColumn[] = COLUMN_NAMES.map((name) => ({
  name,
  sql: sqlName(name),
  ...storage(name),
}))

/** `column type codec` of one event column, as CREATE TABLE and ADD COLUMN want it. */
export function columnDefinition({ sql, type, codec }: StoredColumn): string {
  return `\`${sql}\` ${type} ${codec}`.trim()
}
