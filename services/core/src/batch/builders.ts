import type { BytesColumn, DictColumn, ListColumn, NumberColumn, TextColumn } from './column.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const FIRST_ROWS = 1024
const FNV = 16777619
const NO_BYTES = new Uint8Array(0)

function grown<T extends Uint32Array | Float64Array | Uint8Array>(array: T, need: number): T {
  let size = Math.max(array.length, 16)
  while (size < need) size *= 2
  const next = new (array.constructor as new (n: number) => T)(size)
  next.set(array as never)
  return next
}

/**
 * Strings to codes, by string or straight from bytes: a value is decoded only when it is first seen. The dictionary
 * lives as long as its batch, so its size is bounded by the batch.
 */
export class Dictionary {
  readonly values: string[] = ['']
  readonly #codes = new Map<string, number>([['', 0]])
  #slots = new Int32Array(256).fill(-1)
  #hashes = new Uint32Array(256)
  #bytes: Uint8Array[] = [NO_BYTES]
  #used = 0

  /** Code of a string. */
  code(value: string): number {
    let code = this.#codes.get(value)
    if (code === undefined) {
      code = this.values.length
      this.values.push(value)
      this.#codes.set(value, code)
      // Its bytes are learnt when it comes as bytes, if ever.
      this.#bytes.push(NO_BYTES)
    }
    return code
  }

  /** Code of the UTF-8 string in `bytes[start .. end)`. */
  codeOfBytes(bytes: Uint8Array, start: number, end: number): number {
    if (end <= start) return 0
    let hash = 2166136261
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), FNV)
    hash >>>= 0
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const code = this.#slots[slot] as number
      if (code < 0) return this.#learn(bytes, start, end, hash, slot)
      if (this.#hashes[slot] === hash && this.#equal(code, bytes, start, end)) return code
    }
  }

  #equal(code: number, bytes: Uint8Array, start: number, end: number): boolean {
    const known = this.#bytes[code] as Uint8Array
    if (known.length !== end - start) return false
    for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false
    return true
  }

  #learn(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    // Ill-formed UTF-8 decodes to U+FFFD and may meet an older value; its slot then points there.
    const code = this.code(decoder.decode(bytes.subarray(start, end)))
    this.#bytes[code] = bytes.slice(start, end)
    this.#slots[slot] = code
    this.#hashes[slot] = hash
    this.#used += 1
    if (this.#used * 2 > this.#slots.length) this.#rehash()
    return code
  }

  #rehash(): void {
    const oldSlots = this.#slots
    const oldHashes = this.#hashes
    this.#slots = new Int32Array(oldSlots.length * 2).fill(-1)
    this.#hashes = new Uint32Array(oldSlots.length * 2)
    const mask = this.#slots.length - 1
    for (let i = 0; i < oldSlots.length; i++) {
      const code = oldSlots[i] as number
      if (code < 0) continue
      let slot = (oldHashes[i] as number) & mask
      while ((this.#slots[slot] as number) >= 0) slot = (slot + 1) & mask
      this.#slots[slot] = code
      this.#hashes[slot] = oldHashes[i] as number
    }
  }
}

/** Builds a {@link DictColumn}. Rows that were not set are absent. */
export class DictBuilder {
  readonly dictionary = new Dictionary()
  #codes = new Uint32Array(FIRST_ROWS)

  set(row: number, value: string): void {
    if (value !== '') this.setCode(row, this.dictionary.code(value))
  }

  setBytes(row: number, bytes: Uint8Array, start: number, end: number): void {
    this.setCode(row, this.dictionary.codeOfBytes(bytes, start, end))
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

/** Builds a {@link TextColumn}; a row is set at most once. */
export class TextBuilder {
  #ends = new Uint32Array(FIRST_ROWS)
  #bytes = new Uint8Array(4096)
  #length = 0

  set(_row: number, value: string): void {
    if (value === '') return
    this.#reserve(value.length * 3)
    this.#length += encoder.encodeInto(value, this.#bytes.subarray(this.#length)).written
  }

  setBytes(_row: number, bytes: Uint8Array, start: number, end: number): void {
    if (end <= start) return
    this.#reserve(end - start)
    this.#bytes.set(bytes.subarray(start, end), this.#length)
    this.#length += end - start
  }

  /** Value of a row already ended, or of the row being written. */
  get(row: number): string {
    const start = row === 0 ? 0 : (this.#ends[row - 1] as number)
    const end = (this.#ends[row] as number) > start ? (this.#ends[row] as number) : this.#length
    return decoder.decode(this.#bytes.subarray(start, end))
  }

  #reserve(more: number): void {
    if (this.#length + more > this.#bytes.length)
      this.#bytes = grown(this.#bytes, this.#length + more)
  }

  endRow(row: number): void {
    if (row >= this.#ends.length) this.#ends = grown(this.#ends, row + 1)
    this.#ends[row] = this.#length
  }

  truncate(rows: number): void {
    this.#length = rows === 0 ? 0 : (this.#ends[rows - 1] as number)
    this.#ends.fill(0, rows)
  }

  finish(rows: number): TextColumn {
    return {
      kind: 'text',
      ends: this.#ends.subarray(0, rows),
      bytes: this.#bytes.subarray(0, this.#length),
    }
  }
}

/** Builds a {@link ListColumn}; values of a row are added one by one, repeats within a row are dropped. */
export class ListBuilder {
  readonly dictionary = new Dictionary()
  #ends = new Uint32Array(FIRST_ROWS)
  #codes = new Uint32Array(FIRST_ROWS)
  #start = 0
  #length = 0

  add(_row: number, value: string): void {
    if (value === '') return
    this.#push(this.dictionary.code(value))
  }

  addBytes(_row: number, bytes: Uint8Array, start: number, end: number): void {
    if (end > start) this.#push(this.dictionary.codeOfBytes(bytes, start, end))
  }

  #push(code: number): void {
    for (let i = this.#start; i < this.#length; i++) if (this.#codes[i] === code) return
    if (this.#length >= this.#codes.length) this.#codes = grown(this.#codes, this.#length + 1)
    this.#codes[this.#length++] = code
  }

  endRow(row: number): void {
    if (row >= this.#ends.length) this.#ends = grown(this.#ends, row + 1)
    this.#ends[row] = this.#length
    this.#start = this.#length
  }

  truncate(rows: number): void {
    this.#length = rows === 0 ? 0 : (this.#ends[rows - 1] as number)
    this.#start = this.#length
    this.#ends.fill(0, rows)
  }

  finish(rows: number): ListColumn {
    return {
      kind: 'list',
      ends: this.#ends.subarray(0, rows),
      codes: this.#codes.subarray(0, this.#length),
      values: this.dictionary.values,
    }
  }
}

/** Builds a {@link BytesColumn}. */
export class BytesBuilder {
  readonly width: number
  #data: Uint8Array

  constructor(width: number) {
    this.width = width
    this.#data = new Uint8Array(FIRST_ROWS * width)
  }

  setBytes(row: number, bytes: Uint8Array, start: number): void {
    const at = row * this.width
    if (at + this.width > this.#data.length) this.#data = grown(this.#data, at + this.width)
    for (let i = 0; i < this.width; i++) this.#data[at + i] = bytes[start + i] ?? 0
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
  #data = new Float64Array(FIRST_ROWS)

  constructor(kind: 'time' | 'count') {
    this.kind = kind
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
