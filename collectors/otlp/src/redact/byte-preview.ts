import { Buffer } from 'node:buffer'
import type { JsonPass } from './json-pass.ts'
import { HEADROOM } from './keyed-hash.ts'
import { MAX_STRING } from './preview.ts'
import { copyBytes } from './text.ts'

/** `…` */
const ELLIPSIS = Buffer.from('…')

/** The preview of content that one pass over its bytes found clean: the same text as a {@link PreviewWriter} writes. */
export class BytePreview {
  bytes: Uint8Array
  from = 0
  to = 0
  readonly #max: number
  readonly #buffer: Buffer
  #chars = 0
  #limit = 0

  constructor(max: number) {
    this.#max = max
    this.#buffer = Buffer.alloc(max * ELLIPSIS.length + ELLIPSIS.length)
    this.bytes = this.#buffer
  }

  /** False where the preview is not a cut of the bytes. */
  write(pass: JsonPass): boolean {
    const { bytes, end, long, longest } = pass
    let chars = end - HEADROOM
    if (longest <= MAX_STRING && chars <= this.#max) {
      this.bytes = bytes
      this.from = HEADROOM
      this.to = end
      return true
    }
    if (pass.odd) return false
    for (let i = 0; i < long.length; i += 2)
      chars -= (long[i + 1] as number) - (long[i] as number) - MAX_STRING
    this.#limit = chars > this.#max ? this.#max - 1 : chars
    this.#chars = 0
    this.bytes = this.#buffer
    this.from = this.to = 0
    this.#pieces(bytes, end, long)
    if (chars > this.#max) this.#ellipsis()
    return true
  }

  #pieces(bytes: Buffer, end: number, long: readonly number[]): void {
    let at = HEADROOM
    for (let i = 0; i < long.length && this.#chars < this.#limit; i += 2) {
      this.#add(bytes, at, (long[i] as number) + MAX_STRING - 1)
      if (this.#chars < this.#limit) this.#ellipsis()
      at = long[i + 1] as number
    }
    this.#add(bytes, at, end)
  }

  #add(bytes: Buffer, from: number, to: number): void {
    const length = Math.min(to - from, this.#limit - this.#chars)
    if (length <= 0) return
    copyBytes(bytes, from, from + length, this.#buffer, this.to)
    this.to += length
    this.#chars += length
  }

  #ellipsis(): void {
    for (const byte of ELLIPSIS) this.#buffer[this.to++] = byte
    this.#chars += 1
  }
}
