import type { Key } from '../match/hash.ts'
import { HashIndex } from './hash-index.ts'
import { doubles, ints, type Slab } from './slabs.ts'

/**
 * Groups by key, each with a slot that its owner uses as an index into slabs. Holds at most `cap` groups: a new one
 * takes the place of the one that was used longest ago, and `onEvict` tells the owner first. A group is put in front
 * only when a quarter of the cap has been used since, which keeps every one that was used within three quarters.
 */
export class GroupTable {
  readonly #index = new HashIndex()
  readonly #cap: number
  readonly #onEvict: (slot: number) => void
  readonly #h1 = ints()
  readonly #h2 = ints()
  readonly #newer = ints(-1)
  readonly #older = ints(-1)
  /** Use counter when a group was last put in front. */
  readonly #moved = doubles()
  readonly #free: number[] = []
  #uses = 0
  #slots = 0
  #newest = -1
  #oldest = -1
  /** Groups evicted because the table was full. */
  evicted = 0

  constructor(cap: number, onEvict: (slot: number) => void) {
    this.#cap = cap
    this.#onEvict = onEvict
  }

  get size(): number {
    return this.#index.size
  }

  /** Highest slot ever given out, plus one: how long the owner's slabs must be. */
  get slots(): number {
    return this.#slots
  }

  /** The slot of a group, -1 if it is not there. Does not count as use. */
  find(key: Key): number {
    return this.#index.find(key.h1, key.h2, 0)
  }

  /** The slot of a group, made if need be; `reset` is called for a new one. Counts as use. */
  slot(key: Key, reset: (slot: number) => void): number {
    const known = this.#index.find(key.h1, key.h2, 0)
    this.#uses += 1
    if (known >= 0) {
      if (this.#uses - (this.#moved.data[known] as number) > this.#cap / 4) {
        this.#unlink(known)
        this.#link(known)
      }
      return known
    }
    if (this.#index.size >= this.#cap) this.evictOldest(-1)
    const slot = this.#free.pop() ?? this.#slots++
    for (const slab of [this.#h1, this.#h2, this.#newer, this.#older] satisfies Slab<Int32Array>[])
      slab.reserve(slot + 1)
    this.#moved.reserve(slot + 1)
    this.#h1.data[slot] = key.h1
    this.#h2.data[slot] = key.h2
    this.#index.add(key.h1, key.h2, 0, slot)
    this.#link(slot)
    reset(slot)
    return slot
  }

  /** Gives up the group used longest ago, unless it is `keep`; false when there is none. */
  evictOldest(keep: number): boolean {
    const slot = this.#oldest === keep ? (this.#newer.data[keep] ?? -1) : this.#oldest
    if (slot < 0) return false
    this.#onEvict(slot)
    this.evicted += 1
    this.#unlink(slot)
    this.#index.remove(this.#h1.data[slot] as number, this.#h2.data[slot] as number, 0)
    this.#free.push(slot)
    return true
  }

  #link(slot: number): void {
    this.#moved.data[slot] = this.#uses
    this.#older.data[slot] = this.#newest
    this.#newer.data[slot] = -1
    if (this.#newest >= 0) this.#newer.data[this.#newest] = slot
    this.#newest = slot
    if (this.#oldest < 0) this.#oldest = slot
  }

  #unlink(slot: number): void {
    const newer = this.#newer.data[slot] as number
    const older = this.#older.data[slot] as number
    if (newer >= 0) this.#older.data[newer] = older
    else this.#newest = older
    if (older >= 0) this.#newer.data[older] = newer
    else this.#oldest = newer
  }
}
