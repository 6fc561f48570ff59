import type { KeyId } from '../keys.ts'
import { type AttributeSet, VALUE } from '../record.ts'
import { readAnyValue, type ValueAt } from './any-value.ts'
import type { KeyTable } from './key-table.ts'
import { expectWire, type Reader, WIRE } from './reader.ts'
import type { StringCache } from './string-cache.ts'
import { intNumber, scalarText, valueToJson } from './value-json.ts'

const EMPTY = Buffer.alloc(0)

/**
 * Attributes filed by known key into typed arrays that are never cleared: a slot counts only when its stamp is the
 * present generation. A key that comes twice keeps its last value, as `SetAttribute` does.
 */
export class AttributeSlots implements AttributeSet {
  count = 0
  /** Attributes beyond the bound, which are not filed. */
  excess = 0
  readonly #table: KeyTable
  readonly #strings: StringCache
  readonly #most: number
  readonly #stamps: Uint32Array
  readonly #kinds: Uint8Array
  readonly #starts: Uint32Array
  readonly #ends: Uint32Array
  readonly #value: ValueAt = { kind: 0, start: 0, end: 0 }
  #generation = 0
  #bytes: Buffer = EMPTY

  constructor(table: KeyTable, strings: StringCache, most: number) {
    this.#table = table
    this.#strings = strings
    this.#most = most
    this.#stamps = new Uint32Array(table.size)
    this.#kinds = new Uint8Array(table.size)
    this.#starts = new Uint32Array(table.size)
    this.#ends = new Uint32Array(table.size)
  }

  /** Forgets all attributes; what is filed next lies in these bytes. */
  clear(bytes: Buffer): void {
    this.#bytes = bytes
    this.count = 0
    this.excess = 0
    if (this.#generation === 0xffffffff) {
      this.#stamps.fill(0)
      this.#generation = 0
    }
    this.#generation += 1
  }

  /** Reads and files the KeyValue between the cursor and `end`. */
  file(reader: Reader, end: number): void {
    if (!this.#fileShortString(reader, end)) this.#fileAny(reader, end)
  }

  /**
   * Files a KeyValue laid out as nearly all are: field 1 the key, field 2 an AnyValue that is a string, all lengths in
   * one byte and each ending where its message ends. False, and nothing done, for any other.
   */
  #fileShortString(reader: Reader, end: number): boolean {
    const { bytes, at } = reader
    if (end - at < 6 || end - at > 129 || bytes[at] !== 0x0a) return false
    const key = at + 2
    const value = key + (bytes[at + 1] as number)
    if (value + 4 > end || bytes[value] !== 0x12 || bytes[value + 2] !== 0x0a) return false
    const start = value + 4
    if (start + (bytes[value + 3] as number) !== end) return false
    if (start - 2 + (bytes[value + 1] as number) !== end) return false
    reader.at = end
    this.count += 1
    if (this.count > this.#most) {
      this.excess += 1
      return true
    }
    const id = this.#table.find(reader, key, value)
    if (id >= 0) this.#keep(id, VALUE.string, start, end)
    return true
  }

  #fileAny(reader: Reader, end: number): void {
    const value = this.#value
    value.kind = VALUE.none
    let id = -1
    while (reader.at < end) {
      const tag = reader.tag(end)
      if (tag >>> 3 > 2) {
        reader.skip(tag, end)
        continue
      }
      expectWire(tag, WIRE.len)
      const stop = reader.stop(end)
      if (tag >>> 3 === 1) id = this.#table.find(reader, reader.at, stop)
      else readAnyValue(reader, stop, value)
      reader.at = stop
    }
    this.count += 1
    if (this.count > this.#most) this.excess += 1
    else if (id >= 0 && value.kind !== VALUE.none)
      this.#keep(id, value.kind, value.start, value.end)
  }

  #keep(id: KeyId, kind: number, start: number, end: number): void {
    this.#stamps[id] = this.#generation
    this.#kinds[id] = kind
    this.#starts[id] = start
    this.#ends[id] = end
  }

  kindOf(key: KeyId): number {
    return this.#stamps[key] === this.#generation ? (this.#kinds[key] as number) : VALUE.none
  }

  startOf(key: KeyId): number {
    return this.#stamps[key] === this.#generation ? (this.#starts[key] as number) : -1
  }

  endOf(key: KeyId): number {
    return this.#stamps[key] === this.#generation ? (this.#ends[key] as number) : -1
  }

  text(key: KeyId): string {
    const kind = this.kindOf(key)
    if (kind === VALUE.none) return ''
    const start = this.#starts[key] as number
    const end = this.#ends[key] as number
    if (kind === VALUE.string) return this.#strings.get(this.#bytes, start, end)
    if (kind === VALUE.array || kind === VALUE.map)
      return valueToJson(this.#bytes, kind, start, end)
    return scalarText(this.#bytes, kind, start, end)
  }

  number(key: KeyId): number {
    switch (this.kindOf(key)) {
      case VALUE.int:
        return intNumber(this.#bytes, this.#starts[key] as number, this.#ends[key] as number)
      case VALUE.double:
        return this.#bytes.readDoubleLE(this.#starts[key])
      case VALUE.string:
        return numberOf(this.text(key))
      default:
        return Number.NaN
    }
  }

  bool(key: KeyId): boolean | undefined {
    const kind = this.kindOf(key)
    if (kind !== VALUE.bool && kind !== VALUE.string) return undefined
    const text = this.text(key)
    return text === 'true' ? true : text === 'false' ? false : undefined
  }
}

function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text)
}
