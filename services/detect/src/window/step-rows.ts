import { Blocks, ENTRY, nextCapacity } from './blocks.ts'
import { doubles } from './slabs.ts'

/** What a window holds: how many, and the sum of their values. */
export interface Tally {
  count: number
  sum: number
}

/** Numbers kept of a slot, side by side: one look at memory for all of them. */
const SLOT = 8
const BASE = 0
const CAPACITY = 1
/** First entry, and the one after the last, in the pool. */
const HEAD = 2
const END = 3
/** First entry of the window that ends with the newest. */
const FIRST = 4
const WINDOW_COUNT = 5
const WINDOW_SUM = 6
/** Count or sum of all entries: what no window exceeds. */
const TOTAL = 7

/**
 * For each slot its steps in order of time, each with a count and a sum, and a running tally of the window that ends
 * with the newest: steps in `(newest − span, newest]`. Steps a lateness further back are kept, so that what comes out of
 * order is judged within its own time. Nothing is allocated per event.
 */
export class StepRows {
  readonly #span: number
  readonly #keep: number
  readonly #maxEntries: number
  readonly #measure: number
  readonly #blocks = new Blocks()
  readonly #slots = doubles()
  /** Entries in all slots. */
  live = 0
  /** Entries given up because a slot held too many. */
  dropped = 0

  constructor(options: {
    readonly span: number
    /** How much older than the newest entry of its slot an entry may be. */
    readonly keep: number
    readonly maxEntries: number
    /** What `bound` speaks of. */
    readonly measure: 'count' | 'sum'
  }) {
    this.#span = options.span
    this.#keep = options.keep
    this.#maxEntries = options.maxEntries
    this.#measure = options.measure === 'count' ? 1 : 2
  }

  /** Makes a slot empty and usable. */
  reset(slot: number): void {
    this.#slots.reserve((slot + 1) * SLOT)
    this.#slots.data.fill(0, slot * SLOT, (slot + 1) * SLOT)
  }

  /** Gives back all entries of a slot. */
  drop(slot: number): void {
    const s = this.#slots.data
    const at = slot * SLOT
    this.live -= (s[at + END] as number) - (s[at + HEAD] as number)
    this.#blocks.release(s[at + BASE] as number, s[at + CAPACITY] as number)
    s.fill(0, at, at + SLOT)
  }

  /** Time of the newest entry. */
  newest(slot: number): number {
    const s = this.#slots.data
    const end = s[slot * SLOT + END] as number
    return end === s[slot * SLOT + HEAD]
      ? Number.NEGATIVE_INFINITY
      : (this.#blocks.data[(end - 1) * ENTRY] as number)
  }

  /** A number that the count (or sum) of no window of a slot exceeds. */
  bound(slot: number): number {
    return this.#slots.data[slot * SLOT + TOTAL] as number
  }

  /** Counts a value in the step of a time; gives its entry until the next `add`, -1 when it is too old to keep. */
  add(slot: number, time: number, value: number): number {
    const newest = this.newest(slot)
    if (time <= newest - this.#keep) return -1
    const at = slot * SLOT
    let entry = this.#place(at, time)
    const e = this.#blocks.data
    const s = this.#slots.data
    if (entry === s[at + END] || e[entry * ENTRY] !== time) entry = this.#insert(at, entry, time)
    const data = this.#blocks.data
    data[entry * ENTRY + 1] = (data[entry * ENTRY + 1] as number) + 1
    data[entry * ENTRY + 2] = (data[entry * ENTRY + 2] as number) + value
    s[at + TOTAL] = (s[at + TOTAL] as number) + (this.#measure === 1 ? 1 : value)
    if (time > newest - this.#span) this.#tally(at, 1, value)
    if (time > newest) this.#advance(at, time)
    if ((s[at + END] as number) - (s[at + HEAD] as number) > this.#maxEntries) {
      this.dropped += 1
      if (s[at + FIRST] === s[at + HEAD]) {
        this.#leave(at, s[at + FIRST] as number)
        s[at + FIRST] = (s[at + FIRST] as number) + 1
      }
      this.#dropHead(at)
    }
    return entry
  }

  /** The window that ends with the newest entry, written into `into`. */
  current(slot: number, into: Tally): void {
    into.count = this.#slots.data[slot * SLOT + WINDOW_COUNT] as number
    into.sum = this.#slots.data[slot * SLOT + WINDOW_SUM] as number
  }

  /** The largest count and the largest sum of any window that holds `entry`, written into `into`. */
  largest(slot: number, entry: number, into: Tally): void {
    const e = this.#blocks.data
    const head = this.#slots.data[slot * SLOT + HEAD] as number
    const end = this.#slots.data[slot * SLOT + END] as number
    const time = e[entry * ENTRY] as number
    let first = entry
    let count = e[entry * ENTRY + 1] as number
    let sum = e[entry * ENTRY + 2] as number
    while (first > head && (e[(first - 1) * ENTRY] as number) > time - this.#span) {
      first -= 1
      count += e[first * ENTRY + 1] as number
      sum += e[first * ENTRY + 2] as number
    }
    into.count = count
    into.sum = sum
    for (let i = entry + 1; i < end; i++) {
      const last = e[i * ENTRY] as number
      if (last >= time + this.#span) break
      count += e[i * ENTRY + 1] as number
      sum += e[i * ENTRY + 2] as number
      for (; (e[first * ENTRY] as number) <= last - this.#span; first++) {
        count -= e[first * ENTRY + 1] as number
        sum -= e[first * ENTRY + 2] as number
      }
      if (count > into.count) into.count = count
      if (sum > into.sum) into.sum = sum
    }
  }

  /** The entry of a time, or the one it would come before. */
  #place(at: number, time: number): number {
    const s = this.#slots.data
    const e = this.#blocks.data
    let low = s[at + HEAD] as number
    let high = s[at + END] as number
    if (high > low && (e[(high - 1) * ENTRY] as number) < time) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((e[middle * ENTRY] as number) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Makes an empty entry at a place; gives where it is, which differs when the others had to move. */
  #insert(at: number, place: number, time: number): number {
    const s = this.#slots.data
    let entry = place
    if (s[at + END] === (s[at + BASE] as number) + (s[at + CAPACITY] as number))
      entry += this.#makeRoom(at)
    const e = this.#blocks.data
    const end = s[at + END] as number
    if (entry < end) e.copyWithin((entry + 1) * ENTRY, entry * ENTRY, end * ENTRY)
    e[entry * ENTRY] = time
    e[entry * ENTRY + 1] = e[entry * ENTRY + 2] = 0
    const first = s[at + FIRST] as number
    // Before the window's first entry it is in the window only if its time is.
    if (entry < first || (entry === first && entry < end && !this.#inWindow(at, time)))
      s[at + FIRST] = first + 1
    s[at + END] = end + 1
    this.live += 1
    return entry
  }

  #inWindow(at: number, time: number): boolean {
    const end = this.#slots.data[at + END] as number
    return time > (this.#blocks.data[end * ENTRY] as number) - this.#span
  }

  /** Moves a slot's entries to where there is room behind them; gives by how much. */
  #makeRoom(at: number): number {
    const s = this.#slots.data
    const base = s[at + BASE] as number
    const capacity = s[at + CAPACITY] as number
    const head = s[at + HEAD] as number
    let move = base - head
    if (capacity > 0 && head - base >= capacity / 4) {
      this.#blocks.data.copyWithin(base * ENTRY, head * ENTRY, (base + capacity) * ENTRY)
    } else {
      const to = this.#blocks.grown(base, capacity)
      s[at + BASE] = to
      s[at + CAPACITY] = nextCapacity(capacity)
      move = to - base
    }
    for (const field of [HEAD, END, FIRST]) s[at + field] = (s[at + field] as number) + move
    return move
  }

  #tally(at: number, count: number, sum: number): void {
    const s = this.#slots.data
    s[at + WINDOW_COUNT] = (s[at + WINDOW_COUNT] as number) + count
    s[at + WINDOW_SUM] = (s[at + WINDOW_SUM] as number) + sum
  }

  /** An entry's events leave the current window. */
  #leave(at: number, entry: number): void {
    const e = this.#blocks.data
    this.#tally(at, -(e[entry * ENTRY + 1] as number), -(e[entry * ENTRY + 2] as number))
  }

  /** After a new newest entry: entries leave the window, and then the slot. */
  #advance(at: number, newest: number): void {
    const s = this.#slots.data
    const e = this.#blocks.data
    let first = s[at + FIRST] as number
    for (; (e[first * ENTRY] as number) <= newest - this.#span; first++) this.#leave(at, first)
    s[at + FIRST] = first
    while ((e[(s[at + HEAD] as number) * ENTRY] as number) <= newest - this.#keep)
      this.#dropHead(at)
  }

  #dropHead(at: number): void {
    const s = this.#slots.data
    const head = s[at + HEAD] as number
    s[at + TOTAL] =
      (s[at + TOTAL] as number) - (this.#blocks.data[head * ENTRY + this.#measure] as number)
    s[at + HEAD] = head + 1
    this.live -= 1
  }
}
