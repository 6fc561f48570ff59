import type { BytesColumn, DictColumn, ListColumn, NumberColumn, TextColumn } from './column.ts'
import { Dictionary } from './dictionary.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const FIRST_ROWS = 1024
const FIRST_BYTES = 4096
/** Up to so many bytes a loop is faster than a call. */
const MAX_LOOP = 48

function grown<T extends Uint32Array | Float64Array | Uint8Array>(array: T, need: number): T {
  let size = Math.max(array.length, 16)
  while (size < need) size *= 2
  const next = new (array.constructor as new (n: number) => T)(size)
  next.set(array as never)
  return next
}

/** Builds a {@link DictColumn}. Rows that were not set are absent. */
export class DictBuilder {
  readonly dictionary = new Dictionary()
  #codes: Uint32Array

  constructor(rows = FIRST_ROWS) {
    this.#codes = new Uint32Array(rows)
  }

  set(row: number, value: string): void {
    if (value !== '') this.setCode(row, this.dictionary.code(value))
  }

  setBytes(row: number, bytes: Uint8Array, start: number, end: number): void {
    this.setCode(row, this.dictionary.codeOfBytes(bytes, start, end))
  }

  /** Sets a value whose bytes were set in some row before; false, and nothing done, for any other. */
  setKnownBytes(row: number, bytes: Uint8Array, start: number, end: number): boolean {
    const code = this.dictionary.knownCodeOf(bytes, start, end)
    if (code < 0) return false
    this.setCode(row, code)
    return true
  }

  setCode(row: number, code: number): void {
    if (row >= this.#codes.length) this.#codes = grown(this.#codes, row + 1)
    this.#codes[row] = code
  }

  /** Value of a row already set. */
  get(row: number): string {
    return this.dictionary.values[this.#codes[row] ?? 0] as string
  }

  truncate(rows: number): void {
    this.#codes.fill(0, rows)
  }

  finish(rows: number): DictColumn {
    if (this.#codes.length < rows) this.#codes = grown(this.#codes, rows)
    return { kind: 'dict', codes: this.#codes.subarray(0, rows), values: this.dictionary.values }
  }
}

/**
 * Where rows end in what is stored back to back. Rows are settled when a later one is written, so that a column costs
 * nothing in rows that leave it out.
 */
class RowEnds {
  #ends: Uint32Array
  /** Rows whose end is settled; what is stored beyond it belongs to row `settled`. */
  settled = 0

  constructor(rows: number) {
    this.#ends = new Uint32Array(rows)
  }

  /** End of a settled row. */
  of(row: number): number {
    return row < 0 ? 0 : (this.#ends[row] as number)
  }

  /** Settles all rows before `row`; `length` is what is stored so far. */
  upTo(row: number, length: number): void {
    if (row > this.#ends.length) this.#ends = grown(this.#ends, row)
    for (let i = this.settled; i < row; i++) this.#ends[i] = length
    if (row > this.settled) this.settled = row
  }

  /** Drops the rows from `row` on and gives the length of what stays. */
  cut(row: number, length: number): number {
    this.upTo(row, length)
    this.settled = row
    return this.of(row - 1)
  }

  finish(rows: number, length: number): Uint32Array {
    this.upTo(rows, length)
    return this.#ends.subarray(0, rows)
  }
}

/** Builds a {@link TextColumn}. Rows are written in order; setting a row again appends. */
export class TextBuilder {
  readonly #ends: RowEnds
  #bytes: Uint8Array
  #length = 0

  constructor(rows = FIRST_ROWS) {
    this.#ends = new RowEnds(rows)
    this.#bytes = new Uint8Array(FIRST_BYTES)
  }

  set(row: number, value: string): void {
    if (value === '') return
    this.#reserve(row, value.length * 3)
    this.#length += encoder.encodeInto(value, this.#bytes.subarray(this.#length)).written
  }

  setBytes(row: number, bytes: Uint8Array, start: number, end: number): void {
    if (end <= start) return
    this.#reserve(row, end - start)
    if (end - start > MAX_LOOP) this.#bytes.set(bytes.subarray(start, end), this.#length)
    else {
      const into = this.#bytes
      let at = this.#length
      for (let i = start; i < end; i++) into[at++] = bytes[i] as number
    }
    this.#length += end - start
  }

  /** Value of a row. */
  get(row: number): string {
    const { settled } = this.#ends
    if (row > settled) return ''
    const end = row === settled ? this.#length : this.#ends.of(row)
    return decoder.decode(this.#bytes.subarray(this.#ends.of(row - 1), end))
  }

  #reserve(row: number, more: number): void {
    this.#ends.upTo(row, this.#length)
    if (this.#length + more > this.#bytes.length)
      this.#bytes = grown(this.#bytes, this.#length + more)
  }

  truncate(rows: number): void {
    this.#length = this.#ends.cut(rows, this.#length)
  }

  finish(rows: number): TextColumn {
    return {
      kind: 'text',
      ends: this.#ends.finish(rows, this.#length),
      bytes: this.#bytes.subarray(0, this.#length),
    }
  }
}

/** Builds a {@link ListColumn}; values of a row are added one by one, repeats within a row are dropped. */
export class ListBuilder {
  readonly dictionary = new Dictionary()
  readonly #ends: RowEnds
  #codes: Uint32Array
  #length = 0

  constructor(rows = FIRST_ROWS) {
    this.#ends = new RowEnds(rows)
    this.#codes = new Uint32Array(rows)
  }

  add(row: number, value: string): void {
    if (value === '') return
    this.#push(row, this.dictionary.code(value))
  }

  addBytes(row: number, bytes: Uint8Array, start: number, end: number): void {
    if (end > start) this.#push(row, this.dictionary.codeOfBytes(bytes, start, end))
  }

  #push(row: number, code: number): void {
    this.#ends.upTo(row, this.#length)
    for (let i = this.#ends.of(row - 1); i < this.#length; i++) if (this.#codes[i] === code) return
    if (this.#length >= this.#codes.length) this.#codes = grown(this.#codes, this.#length + 1)
    this.#codes[this.#length++] = code
  }

  truncate(rows: number): void {
    this.#length = this.#ends.cut(rows, this.#length)
  }

  finish(rows: number): ListColumn {
    return {
      kind: 'list',
      ends: this.#ends.finish(rows, this.#length),
      codes: this.#codes.subarray(0, this.#length),
      values: this.dictionary.values,
    }
  }
}

/** Builds a {@link BytesColumn}. */
export class BytesBuilder {
  readonly width: number
  #data: Uint8Array

  constructor(width: number, rows = FIRST_ROWS) {
    this.width = width
    this.#data = new Uint8Array(rows * width)
  }

  setBytes(row: number, bytes: Uint8Array, start: number): void {
    const at = row * this.width
    if (at + this.width > this.#data.length) this.#data = grown(this.#data, at + this.width)
    const data = this.#data
    for (let i = 0; i < this.width; i++) data[at + i] = bytes[start + i] ?? 0
  }

  truncate(rows: number): void {
    this.#data.fill(0, rows * this.width)
  }

  finish(rows: number): BytesColumn {
    const need = rows * this.width
    if (this.#data.length < need) this.#data = grown(this.#data, need)
    return { kind: 'bytes', width: this.width, data: this.#data.subarray(0, need) }
  }
}

/** Builds a {@link NumberColumn}. */
export class NumberBuilder {
  readonly kind: 'time' | 'count'
  #data: Float64Array

  constructor(kind: 'time' | 'count', rows = FIRST_ROWS) {
    this.kind = kind
    this.#data = new Float64Array(rows)
  }

  set(row: number, value: number): void {
    if (row >= this.#data.length) this.#data = grown(this.#data, row + 1)
    this.#data[row] = value
  }

  get(row: number): number {
    return this.#data[row] ?? 0
  }

  truncate(rows: number): void {
    this.#data.fill(0, rows)
  }

  finish(rows: number): NumberColumn {
    if (this.#data.length < rows) this.#data = grown(this.#data, rows)
    return { kind: this.kind, data: this.#data.subarray(0, rows) }
  }
}
