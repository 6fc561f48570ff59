import { doubles, ints } from './slabs.ts'
import type { Tally } from './step-rows.ts'

/**
 * For each slot a list of entries in order of time, and a running tally of the window that ends with the newest one:
 * entries in `(newest − span, newest]`. Entries a lateness further back are kept, so that what comes out of order is
 * judged within its own time. Entries come from one pool; nothing is allocated per event.
 */
export class TimeLists {
  readonly #span: number
  readonly #keep: number
  readonly #maxEntries: number
  readonly #onDrop: (slot: number, entry: number) => void
  readonly #time = doubles()
  readonly #count = doubles()
  readonly #value = doubles()
  readonly #prev = ints(-1)
  readonly #next = ints(-1)
  readonly #head = ints(-1)
  readonly #tail = ints(-1)
  /** First entry of the window that ends at the tail. */
  readonly #first = ints(-1)
  readonly #entries = ints()
  readonly #windowCount = doubles()
  readonly #windowSum = doubles()
  #free = -1
  #used = 0
  #live = 0
  /** Entries given up because a slot held too many. */
  dropped = 0

  constructor(options: {
    readonly span: number
    /** How much older than the newest entry of its slot an entry may be. */
    readonly keep: number
    readonly maxEntries: number
    readonly onDrop?: (slot: number, entry: number) => void
  }) {
    this.#span = options.span
    this.#keep = options.keep
    this.#maxEntries = options.maxEntries
    this.#onDrop = options.onDrop ?? (() => undefined)
  }

  /** Entries in all slots. */
  get live(): number {
    return this.#live
  }

  /** Entries in a slot. */
  size(slot: number): number {
    return this.#entries.data[slot] as number
  }

  /** Makes a slot empty and usable. */
  reset(slot: number): void {
    for (const slab of [this.#head, this.#tail, this.#first, this.#entries]) slab.reserve(slot + 1)
    this.#windowCount.reserve(slot + 1)
    this.#windowSum.reserve(slot + 1)
    this.#head.data[slot] = this.#tail.data[slot] = this.#first.data[slot] = -1
    this.#entries.data[slot] = 0
    this.#windowCount.data[slot] = this.#windowSum.data[slot] = 0
  }

  /** Gives back all entries of a slot. */
  drop(slot: number): void {
    while ((this.#head.data[slot] as number) >= 0) this.#dropHead(slot)
  }

  /** Time of the newest entry. */
  newest(slot: number): number {
    const tail = this.#tail.data[slot] as number
    return tail < 0 ? Number.NEGATIVE_INFINITY : (this.#time.data[tail] as number)
  }

  /** Time of the first entry of the current window. */
  windowStart(slot: number): number {
    return this.#time.data[this.#first.data[slot] as number] ?? 0
  }

  timeOf(entry: number): number {
    return this.#time.data[entry] as number
  }

  /**
   * Adds to a slot at a time; with `merge` to the entry of that very time if there is one. Gives the entry, -1 when it
   * is too old to keep.
   */
  add(slot: number, time: number, value: number, merge: boolean): number {
    const tail = this.#tail.data[slot] as number
    const newest = tail < 0 ? Number.NEGATIVE_INFINITY : (this.#time.data[tail] as number)
    if (time <= newest - this.#keep) return -1
    let before = tail
    while (before >= 0 && (this.#time.data[before] as number) > time)
      before = this.#prev.data[before] as number
    let entry = before
    if (!merge || before < 0 || this.#time.data[before] !== time)
      entry = this.#insert(slot, before, time)
    this.#count.data[entry] = (this.#count.data[entry] as number) + 1
    this.#value.data[entry] = (this.#value.data[entry] as number) + value
    if (time > newest - this.#span) this.#tally(slot, 1, value)
    if (time > newest) this.#advance(slot)
    if ((this.#entries.data[slot] as number) > this.#maxEntries) {
      this.dropped += 1
      if (this.#head.data[slot] === entry) {
        // Its owner does not know it yet, and never will.
        this.remove(slot, entry)
        return -1
      }
      this.#dropHead(slot)
    }
    return entry
  }

  /** Takes one entry out. */
  remove(slot: number, entry: number): void {
    const prev = this.#prev.data[entry] as number
    const next = this.#next.data[entry] as number
    const tail = this.#tail.data[slot] as number
    const inWindow =
      (this.#time.data[entry] as number) > (this.#time.data[tail] as number) - this.#span
    if (inWindow)
      this.#tally(slot, -(this.#count.data[entry] as number), -(this.#value.data[entry] as number))
    if (this.#first.data[slot] === entry) this.#first.data[slot] = next
    if (prev >= 0) this.#next.data[prev] = next
    else this.#head.data[slot] = next
    if (next >= 0) this.#prev.data[next] = prev
    else this.#tail.data[slot] = prev
    this.#release(slot, entry)
  }

  /** The window that ends with the newest entry, written into `into`. */
  current(slot: number, into: Tally): void {
    into.count = this.#windowCount.data[slot] as number
    into.sum = this.#windowSum.data[slot] as number
  }

  /** The largest count and the largest sum of any window that holds `entry`, written into `into`. */
  largest(entry: number, into: Tally): void {
    const time = this.#time.data[entry] as number
    let first = entry
    let count = this.#count.data[entry] as number
    let sum = this.#value.data[entry] as number
    for (let i = this.#prev.data[entry] as number; i >= 0; i = this.#prev.data[i] as number) {
      if ((this.#time.data[i] as number) <= time - this.#span) break
      count += this.#count.data[i] as number
      sum += this.#value.data[i] as number
      first = i
    }
    into.count = count
    into.sum = sum
    for (let i = this.#next.data[entry] as number; i >= 0; i = this.#next.data[i] as number) {
      const end = this.#time.data[i] as number
      if (end >= time + this.#span) break
      count += this.#count.data[i] as number
      sum += this.#value.data[i] as number
      while ((this.#time.data[first] as number) <= end - this.#span) {
        count -= this.#count.data[first] as number
        sum -= this.#value.data[first] as number
        first = this.#next.data[first] as number
      }
      if (count > into.count) into.count = count
      if (sum > into.sum) into.sum = sum
    }
  }

  #tally(slot: number, count: number, value: number): void {
    this.#windowCount.data[slot] = (this.#windowCount.data[slot] as number) + count
    this.#windowSum.data[slot] = (this.#windowSum.data[slot] as number) + value
  }

  /** After a new newest entry: entries leave the window, and then the list. */
  #advance(slot: number): void {
    const newest = this.newest(slot)
    for (;;) {
      const first = this.#first.data[slot] as number
      if ((this.#time.data[first] as number) > newest - this.#span) break
      this.#tally(slot, -(this.#count.data[first] as number), -(this.#value.data[first] as number))
      this.#first.data[slot] = this.#next.data[first] as number
    }
    while ((this.#time.data[this.#head.data[slot] as number] as number) <= newest - this.#keep)
      this.#dropHead(slot)
  }

  #dropHead(slot: number): void {
    const head = this.#head.data[slot] as number
    this.#onDrop(slot, head)
    this.remove(slot, head)
  }

  #insert(slot: number, before: number, time: number): number {
    const entry = this.#take()
    const after = (before < 0 ? this.#head.data[slot] : this.#next.data[before]) as number
    this.#time.data[entry] = time
    this.#count.data[entry] = this.#value.data[entry] = 0
    this.#prev.data[entry] = before
    this.#next.data[entry] = after
    if (before >= 0) this.#next.data[before] = entry
    else this.#head.data[slot] = entry
    if (after >= 0) this.#prev.data[after] = entry
    else this.#tail.data[slot] = entry
    const first = this.#first.data[slot] as number
    const inWindow = time > this.newest(slot) - this.#span
    if (first < 0 || (first === after && inWindow)) this.#first.data[slot] = entry
    this.#entries.data[slot] = (this.#entries.data[slot] as number) + 1
    this.#live += 1
    return entry
  }

  #take(): number {
    if (this.#free >= 0) {
      const entry = this.#free
      this.#free = this.#next.data[entry] as number
      return entry
    }
    const entry = this.#used++
    for (const slab of [this.#time, this.#count, this.#value]) slab.reserve(entry + 1)
    for (const slab of [this.#prev, this.#next]) slab.reserve(entry + 1)
    return entry
  }

  #release(slot: number, entry: number): void {
    this.#entries.data[slot] = (this.#entries.data[slot] as number) - 1
    this.#live -= 1
    this.#next.data[entry] = this.#free
    this.#free = entry
  }
}
