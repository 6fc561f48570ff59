import type { Column, DictColumn, EventBatch } from '@nightjar/core'
import { STORED_COLUMNS, type StoredColumn } from '../schema/event-columns.ts'
import { columnHeader } from './block-header.ts'
import { BlockWriter } from './block-writer.ts'
import {
  EncodeScratch,
  type RowList,
  writeFixed,
  writeInt64,
  writeLists,
  writeLowCardinality,
  writeLowCardinalityPrefix,
  writeNumbers,
  writeStrings,
  writeText,
} from './encode-columns.ts'

/** Columns of an encoded block, as an INSERT names them. */
export const EVENT_BLOCK_COLUMNS: readonly string[] = [
  ...STORED_COLUMNS.map(({ sql }) => sql),
  'seq',
]

interface Prepared extends StoredColumn {
  readonly header: Uint8Array
}

const COLUMNS: readonly Prepared[] = STORED_COLUMNS.map((column) => ({
  ...column,
  header: columnHeader(column.sql, column.type),
}))
const SEQ_HEADER = columnHeader('seq', 'UInt64')

/**
 * Writes rows of EventBatches as blocks of ClickHouse's Native format, straight from the columns: no object per row,
 * and strings only for dictionary entries. Several blocks one after another are one insert.
 */
export class EventEncoder {
  readonly #writer = new BlockWriter()
  readonly #scratch = new EncodeScratch()

  /** Forgets the blocks written so far. */
  reset(): void {
    this.#writer.reset()
  }

  /** Adds a block of these rows; `position` gives `seq` of the i-th. */
  add(batch: EventBatch, rows: RowList, position: (index: number) => number): void {
    const writer = this.#writer
    writer.varint(COLUMNS.length + 1)
    writer.varint(rows.length)
    for (const column of COLUMNS) {
      writer.raw(column.header)
      if (rows.length > 0) this.#column(batch.columns[column.name], column.type, rows)
    }
    writer.raw(SEQ_HEADER)
    writeInt64(writer, this.#scratch, rows.length, position)
  }

  /** The blocks since the last `reset`. Shares memory with the encoder. */
  blocks(): Uint8Array {
    return this.#writer.result()
  }

  #column(column: Column, type: string, rows: RowList): void {
    const writer = this.#writer
    const scratch = this.#scratch
    switch (column.kind) {
      case 'dict':
        this.#dict(column, type, rows)
        break
      case 'text':
        writeText(writer, column, rows)
        break
      case 'list':
        writeLowCardinalityPrefix(writer)
        writeLists(writer, scratch, column, rows)
        break
      case 'bytes':
        writeFixed(writer, column, rows)
        break
      case 'time':
      case 'count':
        writeNumbers(writer, scratch, column.data, rows)
        break
    }
  }

  #dict(column: DictColumn, type: string, rows: RowList): void {
    const writer = this.#writer
    const scratch = this.#scratch
    if (type === 'String') {
      writeStrings(writer, scratch, column, rows)
      return
    }
    const codes = scratch.codes(rows.length)
    for (let i = 0; i < rows.length; i++) codes[i] = column.codes[rows[i] as number] as number
    writeLowCardinalityPrefix(writer)
    writeLowCardinality(writer, scratch, codes, rows.length, column.values)
  }
}
