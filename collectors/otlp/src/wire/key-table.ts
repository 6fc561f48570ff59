import { type KeyId, knownKeys } from '../keys.ts'

/**
 * Finds the number of a known attribute key from its bytes: a cheap hash over a few of them, then a comparison.
 * The table is read-only; a wrong hash costs at most the comparisons of one chain of known keys.
 */
export class KeyTable {
  /** How many keys were known when the table was made. */
  readonly size: number
  readonly #keys: readonly Uint8Array[]
  readonly #slots: Int16Array
  readonly #mask: number

  constructor(names: readonly string[] = knownKeys()) {
    this.size = names.length
    this.#keys = names.map((name) => new TextEncoder().encode(name))
    let slots = 256
    while (slots < names.length * 4) slots *= 2
    this.#mask = slots - 1
    this.#slots = new Int16Array(slots).fill(-1)
    this.#keys.forEach((key, id) => {
      let slot = hash(key, 0, key.length) & this.#mask
      while ((this.#slots[slot] as number) >= 0) slot = (slot + 1) & this.#mask
      this.#slots[slot] = id
    })
  }

  /** Number of the key in `bytes[start .. end)`, -1 if nobody asks for it. */
  find(bytes: Uint8Array, start: number, end: number): KeyId {
    if (end === start) return -1
    for (let slot = hash(bytes, start, end) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const id = this.#slots[slot] as number
      if (id < 0 || equal(this.#keys[id] as Uint8Array, bytes, start, end)) return id
    }
  }
}

// Keys share prefixes and suffixes, so the samples come from all along the key.
function hash(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start
  const third = (length / 3) | 0
  let h = length * 31 + (bytes[start] as number)
  h = Math.imul(h, 0x01000193) ^ (bytes[start + third] as number)
  h = Math.imul(h, 0x01000193) ^ (bytes[start + (length >>> 1)] as number)
  h = Math.imul(h, 0x01000193) ^ (bytes[start + third + third] as number)
  h = Math.imul(h, 0x01000193) ^ (bytes[end - 1] as number)
  return h ^ (h >>> 13)
}

function equal(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (key.length !== end - start) return false
  for (let i = 0; i < key.length; i++) if (key[i] !== bytes[start + i]) return false
  return true
}
