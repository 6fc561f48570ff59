import type { EventBatch } from '@nightjar/core'
import { LOOKUP_COLUMNS } from '../schema/lookups.ts'
import { columnHeader } from './block-header.ts'
import { BlockWriter } from './block-writer.ts'
import {
  EncodeScratch,
  type RowList,
  writeFixed,
  writeInt64,
  writeNumbers,
  writeStrings,
} from './encode-columns.ts'

const HEADERS = LOOKUP_COLUMNS.map(({ name, type }) => columnHeader(name, type))

/** Writes the sort keys of events as Native blocks for `nightjar.event_lookups`, under the number of a look-up. */
export class LookupEncoder {
  readonly #writer = new BlockWriter()
  readonly #scratch = new EncodeScratch()

  reset(): void {
    this.#writer.reset()
  }

  add(lookup: number, { columns }: EventBatch, rows: RowList): void {
    const writer = this.#writer
    const scratch = this.#scratch
    writer.varint(HEADERS.length)
    writer.varint(rows.length)
    const write = [
      () => writeInt64(writer, scratch, rows.length, () => lookup),
      () => writeStrings(writer, scratch, columns.tenant, rows),
      () => writeStrings(writer, scratch, columns.server, rows),
      () => writeStrings(writer, scratch, columns.tool, rows),
      () => writeNumbers(writer, scratch, columns.time.data, rows),
      () => writeFixed(writer, columns.id, rows),
    ]
    HEADERS.forEach((header, i) => {
      writer.raw(header)
      write[i]?.()
    })
  }

  /** The blocks since the last `reset`. Shares memory with the encoder. */
  blocks(): Uint8Array {
    return this.#writer.result()
  }
}
