import { malformed } from './malformed.ts'

const SHORT = 42 // characters whose UTF-8 surely fits a length of one byte
const PADDED = 4

/**
 * Writes protobuf front to back. The length of a message is not known before its end, so it is written as a varint
 * padded to four bytes, which every reader takes (encoding guide: a varint need not be the shortest).
 */
export class ProtoWriter {
  #bytes: Buffer
  #at = 0

  constructor(size = 1024) {
    this.#bytes = Buffer.allocUnsafe(size)
  }

  /** What was written. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#bytes.length) return
    const next = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + more))
    this.#bytes.copy(next, 0, 0, this.#at)
    this.#bytes = next
  }

  #byte(value: number): void {
    this.#bytes[this.#at++] = value
  }

  #varint(value: number): void {
    let rest = value
    while (rest > 127) {
      this.#byte((rest % 128) | 128)
      rest = Math.floor(rest / 128)
    }
    this.#byte(rest)
  }

  #tag(field: number, wire: number): void {
    this.#reserve(16)
    this.#varint(field * 8 + wire)
  }

  /** A varint field; whole and not negative. */
  uint(field: number, value: number): void {
    this.#tag(field, 0)
    this.#varint(value)
  }

  /** An int64 field. */
  int64(field: number, value: bigint): void {
    this.#tag(field, 0)
    let rest = BigInt.asUintN(64, value)
    while (rest > 127n) {
      this.#byte(Number(rest & 127n) | 128)
      rest >>= 7n
    }
    this.#byte(Number(rest))
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, 5)
    this.#at = this.#bytes.writeUInt32LE(value, this.#at)
  }

  fixed64(field: number, value: bigint): void {
    this.#tag(field, 1)
    this.#at = this.#bytes.writeBigUInt64LE(value, this.#at)
  }

  double(field: number, value: number): void {
    this.#tag(field, 1)
    this.#at = this.#bytes.writeDoubleLE(value, this.#at)
  }

  string(field: number, value: string): void {
    this.#tag(field, 2)
    if (value.length <= SHORT && this.#ascii(value)) return
    this.#reserve((value.length > 4096 ? Buffer.byteLength(value) : value.length * 3) + PADDED)
    const width = value.length <= SHORT ? 1 : PADDED
    const start = this.#at + width
    const end = start + this.#bytes.write(value, start, 'utf8')
    this.#length(end - start, width)
    this.#at = end
  }

  /** Writes a short string of ASCII with its length; false, and nothing written, for any other. */
  #ascii(value: string): boolean {
    this.#reserve(SHORT + 1)
    const bytes = this.#bytes
    const start = this.#at + 1
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i)
      if (code > 127) return false
      bytes[start + i] = code
    }
    bytes[this.#at] = value.length
    this.#at = start + value.length
    return true
  }

  /** A bytes field from text in an encoding. */
  bytesFrom(field: number, value: string, encoding: 'hex' | 'base64'): void {
    this.bytes(field, Buffer.from(value, encoding))
  }

  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, 2)
    this.#reserve(value.length + 10)
    this.#varint(value.length)
    this.#bytes.set(value, this.#at)
    this.#at += value.length
  }

  /** Begins a message field; give what it returns to {@link end}. */
  begin(field: number): number {
    this.#tag(field, 2)
    this.#at += PADDED
    return this.#at
  }

  /** Ends the message begun last. */
  end(start: number): void {
    const end = this.#at
    this.#at = start - PADDED
    this.#length(end - start, PADDED)
    this.#at = end
  }

  #length(length: number, width: number): void {
    if (length >= 128 ** width) throw malformed('a message is longer than 256 MiB')
    let rest = length
    for (let i = 1; i < width; i++) {
      this.#byte((rest & 127) | 128)
      rest >>>= 7
    }
    this.#byte(rest)
  }
}
