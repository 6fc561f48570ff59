import type { EventColumns } from '@nightjar/core'

const WORDS = 4
const FIRST_SLOTS = 4096
const MAX_LOAD = 0.75

/** A 128-bit key in four 32-bit words. */
export type IdKey = Uint32Array

function fnv(text: string): number {
  let hash = 2166136261
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619)
  return hash >>> 0
}

/** Reads keys of a batch's rows: the whole event id, with the tenant mixed in so that tenants never meet. */
export class IdKeys {
  readonly #ids: DataView
  readonly #codes: Uint32Array
  readonly #tenants: Uint32Array

  constructor({ columns }: { readonly columns: Pick<EventColumns, 'id' | 'tenant'> }) {
    const { data } = columns.id
    this.#ids = new DataView(data.buffer, data.byteOffset, data.byteLength)
    this.#codes = columns.tenant.codes
    this.#tenants = Uint32Array.from(columns.tenant.values, fnv)
  }

  /** Puts the key of a row into `key`. */
  read(row: number, key: IdKey): void {
    const at = row * 16
    key[0] = this.#ids.getUint32(at, true) ^ (this.#tenants[this.#codes[row] as number] as number)
    key[1] = this.#ids.getUint32(at + 4, true)
    key[2] = this.#ids.getUint32(at + 8, true)
    // An empty slot is all zero; the one key that is too takes its neighbour's place.
    key[3] = this.#ids.getUint32(at + 12, true)
    if ((key[0] | key[1] | key[2] | key[3]) === 0) key[3] = 1
  }
}

function slotHash(key: IdKey): number {
  let hash = Math.imul((key[0] as number) ^ Math.imul(key[2] as number, 0x85ebca6b), 0x9e3779b1)
  hash ^= hash >>> 15
  hash = Math.imul(hash ^ (key[1] as number) ^ Math.imul(key[3] as number, 0xc2b2ae35), 0x85ebca77)
  return (hash ^ (hash >>> 13)) >>> 0
}

/**
 * A set of ids by open addressing in one typed array: 16 bytes a slot, exact (the whole id is kept, so a hit needs no
 * confirmation), grown by doubling up to its capacity.
 */
export class IdTable {
  readonly capacity: number
  #slots: Uint32Array
  #size = 0

  constructor(capacity: number) {
    this.capacity = capacity
    this.#slots = new Uint32Array(FIRST_SLOTS * WORDS)
  }

  get size(): number {
    return this.#size
  }

  get full(): boolean {
    return this.#size >= this.capacity
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#slots.byteLength
  }

  has(key: IdKey): boolean {
    return this.#find(key) < 0
  }

  /** Adds a key; false when it was there. */
  add(key: IdKey): boolean {
    const at = this.#find(key)
    if (at < 0) return false
    this.#slots.set(key, at)
    this.#size += 1
    if (this.#size * WORDS > this.#slots.length * MAX_LOAD) this.#grow()
    return true
  }

  clear(): void {
    this.#slots.fill(0)
    this.#size = 0
  }

  /** Place of the free slot for a key, or -1 when the key is there. */
  #find(key: IdKey): number {
    const slots = this.#slots
    const count = slots.length / WORDS
    const [a, b, c, d] = key as unknown as [number, number, number, number]
    for (let slot = Math.floor((slotHash(key) / 4294967296) * count); ; slot = (slot + 1) % count) {
      const at = slot * WORDS
      const w0 = slots[at] as number
      const w1 = slots[at + 1] as number
      const w2 = slots[at + 2] as number
      const w3 = slots[at + 3] as number
      if ((w0 | w1 | w2 | w3) === 0) return at
      if (w0 === a && w1 === b && w2 === c && w3 === d) return -1
    }
  }

  #grow(): void {
    const old = this.#slots
    const most = Math.ceil((this.capacity + 1) / MAX_LOAD) * WORDS
    this.#slots = new Uint32Array(
      Math.max(Math.min(old.length * 2, most), old.length + WORDS * 1024),
    )
    const key: IdKey = new Uint32Array(WORDS)
    for (let at = 0; at < old.length; at += WORDS) {
      for (let i = 0; i < WORDS; i++) key[i] = old[at + i] as number
      if (((key[0] as number) | (key[1] as number) | (key[2] as number) | (key[3] as number)) !== 0)
        this.#slots.set(key, this.#find(key))
    }
  }
}
