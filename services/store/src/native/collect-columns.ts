import {
  type BytesColumn,
  type DictColumn,
  type ListColumn,
  NightjarError,
  type NumberColumn,
  type TextColumn,
} from '@nightjar/core'
import type { BlockReader } from './block-reader.ts'

/** Gathers one column over the blocks of an answer. */
export interface Collector<C> {
  /** Reads the column's part of a block of `rows` rows (at least one). */
  read(reader: BlockReader, rows: number): void
  finish(): C
}

/** Strings to codes over all blocks; 0 is `''`. */
class Values {
  readonly list: string[] = ['']
  readonly #codes = new Map<string, number>([['', 0]])

  code(value: string): number {
    const known = this.#codes.get(value)
    if (known !== undefined) return known
    this.list.push(value)
    this.#codes.set(value, this.list.length - 1)
    return this.list.length - 1
  }
}

function readPrefix(reader: BlockReader): void {
  const version = reader.uint64()
  if (version !== 1)
    throw new NightjarError('STORE_BLOCK', `Unknown LowCardinality version ${version} in a block.`)
}

/** Reads `count` entries of a LowCardinality column as codes of `values`. */
function readEntries(reader: BlockReader, count: number, values: Values, out: number[]): void {
  for (let left = count; left > 0; ) {
    const flags = reader.uint64()
    const keys = Array.from({ length: reader.uint64() }, () => values.code(reader.string()))
    const rows = reader.uint64()
    const width = 1 << (flags & 0xff)
    const start = reader.take(rows * width)
    for (let i = 0; i < rows; i++) {
      const index = reader.bytes.readUIntLE(start + i * width, Math.min(width, 4))
      out.push(keys[index] ?? 0)
    }
    if (rows === 0) throw new NightjarError('STORE_BLOCK', 'A block of the store has no rows left.')
    left -= rows
  }
}

export class DictCollector implements Collector<DictColumn> {
  readonly #plain: boolean
  readonly #values = new Values()
  readonly #codes: number[] = []

  /** `plain` where the column is stored as String. */
  constructor(plain: boolean) {
    this.#plain = plain
  }

  read(reader: BlockReader, rows: number): void {
    if (this.#plain) {
      for (let i = 0; i < rows; i++) this.#codes.push(this.#values.code(reader.string()))
    } else {
      readPrefix(reader)
      readEntries(reader, rows, this.#values, this.#codes)
    }
  }

  finish(): DictColumn {
    return { kind: 'dict', codes: Uint32Array.from(this.#codes), values: this.#values.list }
  }
}

export class ListCollector implements Collector<ListColumn> {
  readonly #values = new Values()
  readonly #codes: number[] = []
  readonly #ends: number[] = []

  read(reader: BlockReader, rows: number): void {
    readPrefix(reader)
    const base = this.#codes.length
    let total = 0
    for (let i = 0; i < rows; i++) {
      total = reader.uint64()
      this.#ends.push(base + total)
    }
    readEntries(reader, total, this.#values, this.#codes)
  }

  finish(): ListColumn {
    return {
      kind: 'list',
      ends: Uint32Array.from(this.#ends),
      codes: Uint32Array.from(this.#codes),
      values: this.#values.list,
    }
  }
}

export class TextCollector implements Collector<TextColumn> {
  readonly #ends: number[] = []
  #bytes = new Uint8Array(1024)
  #length = 0

  read(reader: BlockReader, rows: number): void {
    for (let i = 0; i < rows; i++) {
      const length = reader.varint()
      const start = reader.take(length)
      if (this.#length + length > this.#bytes.length) this.#grow(length)
      this.#bytes.set(reader.bytes.subarray(start, start + length), this.#length)
      this.#length += length
      this.#ends.push(this.#length)
    }
  }

  #grow(more: number): void {
    const next = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more))
    next.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = next
  }

  finish(): TextColumn {
    return {
      kind: 'text',
      ends: Uint32Array.from(this.#ends),
      bytes: this.#bytes.slice(0, this.#length),
    }
  }
}

export class BytesCollector implements Collector<BytesColumn> {
  readonly #width: number
  readonly #parts: Uint8Array[] = []

  constructor(width: number) {
    this.#width = width
  }

  read(reader: BlockReader, rows: number): void {
    const start = reader.take(rows * this.#width)
    this.#parts.push(reader.bytes.subarray(start, start + rows * this.#width))
  }

  finish(): BytesColumn {
    const data = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of this.#parts) {
      data.set(part, at)
      at += part.length
    }
    return { kind: 'bytes', width: this.#width, data }
  }
}

export class NumberCollector implements Collector<NumberColumn> {
  readonly #kind: 'time' | 'count'
  readonly #data: number[] = []

  constructor(kind: 'time' | 'count') {
    this.#kind = kind
  }

  read(reader: BlockReader, rows: number): void {
    for (let i = 0; i < rows; i++)
      this.#data.push(this.#kind === 'time' ? reader.int64() : reader.uint64())
  }

  finish(): NumberColumn {
    return { kind: this.#kind, data: Float64Array.from(this.#data) }
  }
}
