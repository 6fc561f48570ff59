import type { Key } from '../match/hash.ts'
import type { Directory } from './directory.ts'
import { ints } from './slabs.ts'

/** Numbers kept of a slot, side by side. */
const SLOT = 4
const GROUP = 0
const NEWER = 1
const OLDER = 2
/** Use counter when the group was last put in front. */
const MOVED = 3

/**
 * Groups by key, each with a slot that its owner uses as an index into slabs. Holds at most `cap` groups: a new one
 * takes the place of the one that was used longest ago, and `onEvict` tells the owner first. A group is put in front
 * only when a quarter of the cap has been used since, which keeps every one that was used within three quarters.
 */
export class GroupTable {
  readonly #directory: Directory
  readonly #cap: number
  readonly #onEvict: (slot: number) => void
  /** For each number of the directory its slot plus one, 0 where it has none. */
  readonly #slotOf = ints()
  readonly #slots = ints()
  readonly #free: number[] = []
  #uses = 0
  #used = 0
  #size = 0
  #newest = -1
  #oldest = -1
  /** Groups evicted because the table was full. */
  evicted = 0

  constructor(directory: Directory, cap: number, onEvict: (slot: number) => void) {
    this.#directory = directory
    this.#cap = cap
    this.#onEvict = onEvict
  }

  /** Whether a group has a slot. Does not count as use. */
  has(key: Key): boolean {
    return this.#slotFor(this.#directory.numberOf(key)) >= 0
  }

  #slotFor(group: number): number {
    const slots = this.#slotOf.data
    return group >= 0 && group < slots.length ? (slots[group] as number) - 1 : -1
  }

  /** The slot of a group, made if need be; `reset` is called for a new one. Counts as use. */
  slot(key: Key, reset: (slot: number) => void): number {
    const known = this.#slotFor(this.#directory.numberOf(key))
    // The counter may wrap: a group then moves to the front one use later.
    this.#uses = (this.#uses + 1) | 0
    if (known < 0) return this.#add(key, reset)
    const since = (this.#uses - (this.#slots.data[known * SLOT + MOVED] as number)) | 0
    if (since > this.#cap / 4) {
      this.#unlink(known)
      this.#link(known)
    }
    return known
  }

  /** Gives up the group used longest ago, unless it is `keep`; false when there is none. */
  evictOldest(keep: number): boolean {
    const { data } = this.#slots
    const slot =
      this.#oldest === keep && keep >= 0 ? (data[keep * SLOT + NEWER] as number) : this.#oldest
    if (slot < 0) return false
    this.#onEvict(slot)
    this.evicted += 1
    this.#unlink(slot)
    const group = data[slot * SLOT + GROUP] as number
    this.#slotOf.data[group] = 0
    this.#directory.release(group)
    this.#size -= 1
    this.#free.push(slot)
    return true
  }

  #add(key: Key, reset: (slot: number) => void): number {
    if (this.#size >= this.#cap) this.evictOldest(-1)
    const group = this.#directory.hold(key)
    const slot = this.#free.pop() ?? this.#used++
    this.#slotOf.reserve(group + 1)
    this.#slotOf.data[group] = slot + 1
    this.#slots.reserve((slot + 1) * SLOT)
    this.#slots.data[slot * SLOT + GROUP] = group
    this.#size += 1
    this.#link(slot)
    reset(slot)
    return slot
  }

  #link(slot: number): void {
    const { data } = this.#slots
    const at = slot * SLOT
    data[at + MOVED] = this.#uses
    data[at + OLDER] = this.#newest
    data[at + NEWER] = -1
    if (this.#newest >= 0) data[this.#newest * SLOT + NEWER] = slot
    this.#newest = slot
    if (this.#oldest < 0) this.#oldest = slot
  }

  #unlink(slot: number): void {
    const { data } = this.#slots
    const newer = data[slot * SLOT + NEWER] as number
    const older = data[slot * SLOT + OLDER] as number
    if (newer >= 0) data[newer * SLOT + OLDER] = older
    else this.#newest = older
    if (older >= 0) data[older * SLOT + NEWER] = newer
    else this.#oldest = newer
  }
}
