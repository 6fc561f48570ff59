import type { ColumnName, EVENT_COLUMNS } from '../columns.ts'

/** Dictionary-coded strings: row `i` is `values[codes[i]]`; `values[0]` is always `''` (absent). */
export interface DictColumn {
  readonly kind: 'dict'
  readonly codes: Uint32Array
  readonly values: readonly string[]
}

/** UTF-8 bytes of all rows back to back: row `i` is `bytes[ends[i-1] .. ends[i])`. */
export interface TextColumn {
  readonly kind: 'text'
  readonly ends: Uint32Array
  readonly bytes: Uint8Array
}

/** Lists of dictionary-coded strings: row `i` is `codes[ends[i-1] .. ends[i])`. */
export interface ListColumn {
  readonly kind: 'list'
  readonly ends: Uint32Array
  readonly codes: Uint32Array
  readonly values: readonly string[]
}

/** `width` bytes a row; all zero means absent. */
export interface BytesColumn {
  readonly kind: 'bytes'
  readonly width: number
  readonly data: Uint8Array
}

/** Microseconds since the Unix epoch (`time`) or a whole number (`count`), exact up to 2^53; 0 means absent. */
export interface NumberColumn {
  readonly kind: 'time' | 'count'
  readonly data: Float64Array
}

export type Column = DictColumn | TextColumn | ListColumn | BytesColumn | NumberColumn

interface ByKind {
  dict: DictColumn
  text: TextColumn
  list: ListColumn
  bytes: BytesColumn
  time: NumberColumn
  count: NumberColumn
}

/** The columns of an EventBatch by name, each of the kind the dictionary says. */
export type EventColumns = {
  readonly [N in ColumnName]: ByKind[(typeof EVENT_COLUMNS)[N]['kind']]
}

/**
 * What travels between rooms: `rows` observations as columns. Immutable once built; every typed array holds exactly
 * its rows.
 */
export interface EventBatch {
  readonly rows: number
  readonly columns: EventColumns
}
