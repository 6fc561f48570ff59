import { Buffer } from 'node:buffer'

const FIRST_BYTES = 1 << 20

/** A growing buffer that a Native block is written into; reused from block to block. */
export class BlockWriter {
  bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES)
  at = 0

  reset(): void {
    this.at = 0
  }

  /** Makes sure that `more` bytes fit; `bytes` may be another buffer afterwards. */
  reserve(more: number): void {
    const need = this.at + more
    if (need <= this.bytes.length) return
    let size = this.bytes.length
    while (size < need) size *= 2
    const next = Buffer.allocUnsafe(size)
    this.bytes.copy(next, 0, 0, this.at)
    this.bytes = next
  }

  varint(value: number): void {
    this.reserve(10)
    let rest = value
    while (rest >= 128) {
      this.bytes[this.at++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.bytes[this.at++] = rest
  }

  uint64(value: number): void {
    this.reserve(8)
    this.bytes.writeUInt32LE(value % 4294967296, this.at)
    this.bytes.writeUInt32LE(Math.floor(value / 4294967296), this.at + 4)
    this.at += 8
  }

  raw(data: Uint8Array): void {
    this.reserve(data.length)
    this.bytes.set(data, this.at)
    this.at += data.length
  }

  /** `source[start .. end)` with its length before it. */
  range(source: Uint8Array, start: number, end: number): void {
    const length = end - start
    this.reserve(length + 10)
    this.varint(length)
    const { bytes } = this
    let { at } = this
    if (length < 64) for (let i = start; i < end; i++) bytes[at++] = source[i] as number
    else {
      bytes.set(source.subarray(start, end), at)
      at += length
    }
    this.at = at
  }

  /** A string as UTF-8 with its length before it. */
  string(value: string): void {
    const length = Buffer.byteLength(value)
    this.varint(length)
    this.reserve(length)
    this.at += this.bytes.write(value, this.at, length, 'utf8')
  }

  /** What was written. Shares memory with the writer: valid until the next `reset`. */
  result(): Buffer {
    return this.bytes.subarray(0, this.at)
  }
}
