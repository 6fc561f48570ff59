import { Buffer } from 'node:buffer'
import type { BytesColumn, DictColumn, ListColumn, TextColumn } from '@nightjar/core'
import type { BlockWriter } from './block-writer.ts'

/** LowCardinality: keys come with the block (HasAdditionalKeys) and replace the dictionary (NeedUpdateDictionary). */
const KEYS_IN_BLOCK = 0x600
const LOW_CARDINALITY_VERSION = 1

/** Rows of a batch that go into a block, in order. */
export type RowList = Uint32Array

/** Working memory of the encoder, kept so that a block allocates nothing in proportion to its rows. */
export class EncodeScratch {
  /** Index in the block's dictionary by code in the batch's, plus one; 0 where not met yet. */
  #local = new Uint32Array(1024)
  #used = new Uint32Array(1024)
  #codes = new Uint32Array(1024)
  #pairs = new Uint32Array(2048)
  #starts = new Int32Array(1024)

  local(size: number): Uint32Array {
    if (this.#local.length < size) {
      this.#local = new Uint32Array(size * 2)
      this.#used = new Uint32Array(size * 2)
    }
    return this.#local
  }

  used(): Uint32Array {
    return this.#used
  }

  codes(size: number): Uint32Array {
    if (this.#codes.length < size) this.#codes = new Uint32Array(size * 2)
    return this.#codes
  }

  /** Two 32-bit halves per 64-bit number. */
  pairs(count: number): Uint32Array {
    if (this.#pairs.length < count * 2) this.#pairs = new Uint32Array(count * 4)
    return this.#pairs
  }

  /** Start and end of the bytes of a code in the block, -1 where not written yet; filled with -1. */
  starts(size: number): Int32Array {
    if (this.#starts.length < size * 2) this.#starts = new Int32Array(size * 4)
    this.#starts.fill(-1, 0, size * 2)
    return this.#starts
  }
}

/** Writes 64-bit integers given as doubles: whole, and exact up to 2^53 either way. */
export function writeInt64(
  writer: BlockWriter,
  scratch: EncodeScratch,
  count: number,
  at: (index: number) => number,
): void {
  const pairs = scratch.pairs(count)
  for (let i = 0; i < count; i++) {
    const value = at(i)
    const high = Math.floor(value / 4294967296)
    pairs[i * 2] = value - high * 4294967296
    pairs[i * 2 + 1] = high
  }
  writer.raw(new Uint8Array(pairs.buffer, 0, count * 8))
}

/** Numbers of the chosen rows. */
export function writeNumbers(
  writer: BlockWriter,
  scratch: EncodeScratch,
  data: Float64Array,
  rows: RowList,
): void {
  const pairs = scratch.pairs(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const value = data[rows[i] as number] as number
    const high = Math.floor(value / 4294967296)
    pairs[i * 2] = value - high * 4294967296
    pairs[i * 2 + 1] = high
  }
  writer.raw(new Uint8Array(pairs.buffer, 0, rows.length * 8))
}

export function writeFixed(writer: BlockWriter, { data, width }: BytesColumn, rows: RowList): void {
  writer.reserve(rows.length * width)
  const { bytes } = writer
  let { at } = writer
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] as number) * width
    for (let j = 0; j < width; j++) bytes[at++] = data[from + j] as number
  }
  writer.at = at
}

export function writeText(writer: BlockWriter, { ends, bytes }: TextColumn, rows: RowList): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    writer.range(bytes, row === 0 ? 0 : (ends[row - 1] as number), ends[row] as number)
  }
}

/** A dictionary-coded column as plain strings: a value is encoded once and copied within the block after that. */
export function writeStrings(
  writer: BlockWriter,
  scratch: EncodeScratch,
  { codes, values }: DictColumn,
  rows: RowList,
): void {
  const places = scratch.starts(values.length)
  for (let i = 0; i < rows.length; i++) {
    const code = codes[rows[i] as number] as number
    const start = places[code * 2] as number
    if (start >= 0) {
      writer.range(writer.bytes, start, places[code * 2 + 1] as number)
      continue
    }
    const value = values[code] as string
    writer.string(value)
    places[code * 2] = writer.at - Buffer.byteLength(value)
    places[code * 2 + 1] = writer.at
  }
}

/** The version that stands before all data of a LowCardinality column, even inside an array. */
export function writeLowCardinalityPrefix(writer: BlockWriter): void {
  writer.uint64(LOW_CARDINALITY_VERSION)
}

/** Keys that occur and an index per entry, in the narrowest integers that hold them. */
export function writeLowCardinality(
  writer: BlockWriter,
  scratch: EncodeScratch,
  entries: Uint32Array,
  count: number,
  values: readonly string[],
): void {
  if (count === 0) return
  const local = scratch.local(values.length)
  const used = scratch.used()
  let keys = 0
  for (let i = 0; i < count; i++) {
    const code = entries[i] as number
    if ((local[code] as number) === 0) {
      used[keys++] = code
      local[code] = keys
    }
  }
  const width = keys <= 0x100 ? 0 : keys <= 0x10000 ? 1 : 2
  writer.uint64(KEYS_IN_BLOCK + width)
  writer.uint64(keys)
  for (let i = 0; i < keys; i++) writer.string(values[used[i] as number] as string)
  writer.uint64(count)
  writeIndexes(writer, entries, count, local, width)
  for (let i = 0; i < keys; i++) local[used[i] as number] = 0
}

function writeIndexes(
  writer: BlockWriter,
  entries: Uint32Array,
  count: number,
  local: Uint32Array,
  width: number,
): void {
  writer.reserve(count << width)
  const { bytes } = writer
  let { at } = writer
  for (let i = 0; i < count; i++) {
    const index = (local[entries[i] as number] as number) - 1
    bytes[at++] = index
    if (width > 0) bytes[at++] = index >>> 8
    if (width > 1) {
      bytes[at++] = index >>> 16
      bytes[at++] = index >>> 24
    }
  }
  writer.at = at
}

/** A list column: where each row's entries end, then all entries. */
export function writeLists(
  writer: BlockWriter,
  scratch: EncodeScratch,
  { ends, codes, values }: ListColumn,
  rows: RowList,
): void {
  let total = 0
  for (let i = 0; i < rows.length; i++) total += lengthOf(ends, rows[i] as number)
  const taken = scratch.codes(total)
  const pairs = scratch.pairs(rows.length)
  let at = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    const end = ends[row] as number
    for (let j = row === 0 ? 0 : (ends[row - 1] as number); j < end; j++)
      taken[at++] = codes[j] as number
    pairs[i * 2] = at
    pairs[i * 2 + 1] = 0
  }
  writer.raw(new Uint8Array(pairs.buffer, 0, rows.length * 8))
  writeLowCardinality(writer, scratch, taken, total, values)
}

function lengthOf(ends: Uint32Array, row: number): number {
  return (ends[row] as number) - (row === 0 ? 0 : (ends[row - 1] as number))
}
