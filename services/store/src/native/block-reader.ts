import { Buffer } from 'node:buffer'
import { NightjarError } from '@nightjar/core'

/** Reads the parts of Native blocks from bytes, and refuses to read past their end. */
export class BlockReader {
  readonly bytes: Buffer
  at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get done(): boolean {
    return this.at >= this.bytes.length
  }

  /** Place of the next `length` bytes, which are then passed over. */
  take(length: number): number {
    const start = this.at
    if (start + length > this.bytes.length)
      throw new NightjarError('STORE_BLOCK', 'A block of the store is cut short.')
    this.at = start + length
    return start
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.bytes[this.take(1)] as number
      value += (byte & 127) * scale
      if (byte < 128) return value
      scale *= 128
    }
  }

  uint64(): number {
    const at = this.take(8)
    return this.bytes.readUInt32LE(at) + this.bytes.readUInt32LE(at + 4) * 4294967296
  }

  int64(): number {
    const at = this.take(8)
    return this.bytes.readUInt32LE(at) + this.bytes.readInt32LE(at + 4) * 4294967296
  }

  string(): string {
    const length = this.varint()
    const start = this.take(length)
    return this.bytes.toString('utf8', start, start + length)
  }
}
