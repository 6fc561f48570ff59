import { malformed } from './malformed.ts'

/** Protobuf wire types (encoding guide, "Message Structure"). */
export const WIRE = { varint: 0, i64: 1, len: 2, startGroup: 3, endGroup: 4, i32: 5 } as const

/** How deep messages of foreign content may nest. */
export const MAX_DEPTH = 64

const EMPTY = Buffer.alloc(0)

/**
 * A cursor over protobuf bytes. Every step is given the end of the message it is in and throws `OTLP_MALFORMED`
 * rather than read past it.
 */
export class Reader {
  bytes: Buffer = EMPTY
  /** The same bytes, for words of several bytes. */
  view: DataView = new DataView(EMPTY.buffer, 0, 0)
  at = 0

  /** Points the cursor at the first of other bytes, which are not copied. */
  reset(bytes: Uint8Array): void {
    this.bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = 0
  }

  /** A varint as a number, rounded beyond 2^53. */
  varint(end: number): number {
    if (this.at >= end) throw malformed('a number is cut off')
    const byte = this.bytes[this.at] as number
    if (byte > 127) return this.#longVarint(end)
    this.at += 1
    return byte
  }

  #longVarint(end: number): number {
    const { bytes } = this
    let value = 0
    let scale = 1
    for (let i = 0; i < 10; i++) {
      if (this.at >= end) throw malformed('a number is cut off')
      const byte = bytes[this.at++] as number
      value += (byte & 127) * scale
      if (byte < 128) {
        if (i === 9 && byte > 1) break
        return value
      }
      scale *= 128
    }
    throw malformed('a number is longer than 64 bits')
  }

  /** A field's tag: its number times 8, plus its wire type. */
  tag(end: number): number {
    const tag = this.varint(end)
    if (tag > 0xffffffff || tag < 8) throw malformed('a field has no valid number')
    return tag
  }

  /** End of the length-delimited field whose length comes next. */
  stop(end: number): number {
    const length = this.varint(end)
    if (length > end - this.at) throw malformed('a field is longer than its message')
    return this.at + length
  }

  /** Start of a field of fixed width, passed over. */
  fixed(width: number, end: number): number {
    const start = this.at
    if (width > end - start) throw malformed('a field is longer than its message')
    this.at = start + width
    return start
  }

  /** Passes over a field after its tag; groups are passed over whole. */
  skip(tag: number, end: number, depth = 0): void {
    switch (tag & 7) {
      case WIRE.varint:
        this.varint(end)
        return
      case WIRE.i64:
        this.fixed(8, end)
        return
      case WIRE.len:
        this.at = this.stop(end)
        return
      case WIRE.i32:
        this.fixed(4, end)
        return
      case WIRE.startGroup:
        this.#skipGroup(tag >>> 3, end, depth + 1)
        return
      default:
        throw malformed('a field has no valid wire type')
    }
  }

  #skipGroup(field: number, end: number, depth: number): void {
    if (depth > MAX_DEPTH) throw malformed('groups nest too deep')
    for (;;) {
      const tag = this.tag(end)
      if ((tag & 7) === WIRE.endGroup) {
        if (tag >>> 3 !== field) throw malformed('a group ends that did not begin')
        return
      }
      this.skip(tag, end, depth)
    }
  }

  /**
   * Microseconds of a fixed64 of nanoseconds at an offset. In halves, because 64 bits of nanoseconds do not fit a
   * double: 2^32 ns are 4294967 us and 296 ns.
   */
  micros(at: number): number {
    const low = this.view.getUint32(at, true)
    const high = this.view.getUint32(at + 4, true)
    return high * 4294967 + Math.floor((high * 296 + low) / 1000)
  }
}

/** Throws `OTLP_MALFORMED` when a known field does not have the wire type the protocol gives it. */
export function expectWire(tag: number, wire: number): void {
  if ((tag & 7) !== wire) throw malformed('a field has the wrong wire type')
}
