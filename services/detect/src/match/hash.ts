import { randomInt } from 'node:crypto'

/**
 * 64-bit keys of values as two 32-bit halves, with a seed of this process: integers instead of strings as keys, without
 * a table of strings that grows, and without collisions anybody could prepare. Keys mean nothing outside the process.
 */
const SEED_1 = randomInt(2 ** 31)
const SEED_2 = randomInt(2 ** 31)

const encoder = new TextEncoder()

/** A key under construction. Reused: read `h1` and `h2` before the next `start`. */
export class Key {
  h1 = 0
  h2 = 0
  /** The group's number as the directory noted it, -1 for none, and when. */
  number = -1
  version = -1

  start(kind: number): this {
    this.number = -1
    this.h1 = SEED_1 ^ kind
    this.h2 = SEED_2 + kind
    return this
  }

  word(value: number): this {
    let a = Math.imul(this.h1 ^ value, 0xcc9e2d51)
    a = (a << 15) | (a >>> 17)
    this.h1 = (Math.imul(a, 0x1b873593) + 0xe6546b64) | 0
    let b = Math.imul(this.h2 + value, 0x85ebca6b)
    b = (b << 13) | (b >>> 19)
    this.h2 = Math.imul(b, 0xc2b2ae35) ^ (this.h1 >>> 16)
    return this
  }

  bytes(bytes: Uint8Array, start: number, end: number): this {
    let at = start
    for (; at + 4 <= end; at += 4)
      this.word(
        (bytes[at] as number) |
          ((bytes[at + 1] as number) << 8) |
          ((bytes[at + 2] as number) << 16) |
          ((bytes[at + 3] as number) << 24),
      )
    let rest = end - start
    for (; at < end; at++) rest = (rest << 8) | (bytes[at] as number)
    return this.word(rest)
  }

  /** The UTF-8 bytes of a string; without encoding it where it is ASCII. */
  text(text: string): this {
    const { length } = text
    for (let i = 0; i < length; i++)
      if (text.charCodeAt(i) > 0x7f) {
        const bytes = encoder.encode(text)
        return this.bytes(bytes, 0, bytes.length)
      }
    let at = 0
    for (; at + 4 <= length; at += 4)
      this.word(
        text.charCodeAt(at) |
          (text.charCodeAt(at + 1) << 8) |
          (text.charCodeAt(at + 2) << 16) |
          (text.charCodeAt(at + 3) << 24),
      )
    let rest = length
    for (; at < length; at++) rest = (rest << 8) | text.charCodeAt(at)
    return this.word(rest)
  }

  /** Mixes the halves once more, so that low bits can address a table. */
  end(): this {
    this.h1 = Math.imul(this.h1 ^ (this.h1 >>> 16), 0x7feb352d)
    this.h2 = Math.imul(this.h2 ^ (this.h2 >>> 15), 0x846ca68b)
    this.h1 ^= this.h1 >>> 15
    this.h2 ^= this.h2 >>> 16
    return this
  }
}

/** Keys of the values of a dictionary, worked out once per value and batch. */
export class DictionaryKeys {
  #values: readonly string[] = []
  #h1 = new Int32Array(64)
  #h2 = new Int32Array(64)
  #known = new Uint8Array(64)
  readonly #key = new Key()

  /** Takes a batch's dictionary; one that is the same array keeps what is known. */
  prepare(values: readonly string[]): void {
    if (values === this.#values) return
    this.#values = values
    if (values.length > this.#known.length) {
      const size = 2 ** Math.ceil(Math.log2(values.length))
      this.#h1 = new Int32Array(size)
      this.#h2 = new Int32Array(size)
      this.#known = new Uint8Array(size)
    } else this.#known.fill(0, 0, values.length)
  }

  /** Adds the key of `code` to `into`. */
  add(code: number, into: Key): void {
    if (this.#known[code] === 0) {
      const key = this.#key
        .start(0)
        .text(this.#values[code] ?? '')
        .end()
      this.#h1[code] = key.h1
      this.#h2[code] = key.h2
      this.#known[code] = 1
    }
    into.word(this.#h1[code] as number).word(this.#h2[code] as number)
  }
}
