import { type KeyId, knownKeys } from '../keys.ts'
import type { Reader } from './reader.ts'

/**
 * Finds the number of a known attribute key from its bytes, four at a time: a cheap hash over two words of it, then a
 * comparison. The table is read-only; a key that hashes badly costs at most the comparisons of one chain.
 */
export class KeyTable {
  /** How many keys were known when the table was made. */
  readonly size: number
  /** Every key, padded with zeros to whole words, back to back. */
  readonly #words: Int32Array
  /** By key: its first word, and its length in bytes. */
  readonly #firsts: Int32Array
  readonly #lengths: Int32Array
  readonly #slots: Int16Array
  readonly #mask: number

  constructor(names: readonly string[] = knownKeys()) {
    const keys = names.map((name) => Buffer.from(name))
    this.size = keys.length
    this.#firsts = new Int32Array(keys.length)
    this.#lengths = Int32Array.from(keys, (key) => key.length)
    this.#words = new Int32Array(keys.reduce((sum, key) => sum + ((key.length + 3) >> 2), 0))
    let slots = 256
    while (slots < keys.length * 4) slots *= 2
    this.#mask = slots - 1
    this.#slots = new Int16Array(slots).fill(-1)
    let word = 0
    keys.forEach((key, id) => {
      const view = new DataView(key.buffer, key.byteOffset, key.length)
      this.#firsts[id] = word
      for (let i = 0; i < key.length; i += 4) this.#words[word++] = wordAt(view, i, key.length)
      let slot = hash(view, 0, key.length) & this.#mask
      while ((this.#slots[slot] as number) >= 0) slot = (slot + 1) & this.#mask
      this.#slots[slot] = id
    })
  }

  /** Number of the key in the reader's bytes from `start` to `end`, -1 if nobody asks for it. */
  find(reader: Reader, start: number, end: number): KeyId {
    if (end === start) return -1
    const { view } = reader
    for (let slot = hash(view, start, end) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const id = this.#slots[slot] as number
      if (id < 0 || (this.#lengths[id] === end - start && this.#equal(id, view, start, end)))
        return id
    }
  }

  #equal(id: KeyId, view: DataView, start: number, end: number): boolean {
    let word = this.#firsts[id] as number
    let at = start
    for (; at + 4 <= end; at += 4) if (view.getInt32(at, true) !== this.#words[word++]) return false
    return at === end || wordAt(view, at, end) === this.#words[word]
  }
}

/** Up to four bytes as a word, little end first, zeros where the key has ended. */
function wordAt(view: DataView, at: number, end: number): number {
  if (at + 4 <= end) return view.getInt32(at, true)
  let word = 0
  for (let i = end - 1; i >= at; i--) word = (word << 8) | view.getUint8(i)
  return word
}

// Keys share prefixes, and many a suffix; the middle and the end together tell most apart.
function hash(view: DataView, start: number, end: number): number {
  const length = end - start
  if (length < 4) return Math.imul(wordAt(view, start, end), 0x9e3779b1) >>> 16
  const last = view.getInt32(end - 4, true)
  const middle = view.getInt32(start + ((length - 4) >>> 1), true)
  const h = Math.imul(last ^ Math.imul(middle, 0x85ebca6b) ^ length, 0x9e3779b1)
  return h ^ (h >>> 15)
}
