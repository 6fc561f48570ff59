import { Blocks, ENTRY, nextCapacity } from './blocks.ts'
import { doubles } from './slabs.ts'

const SLOT = 4
const BASE = 0
const CAPACITY = 1
const LENGTH = 2
const NEWEST = 3

/** Takes one noted value. */
export type TakeValue = (time: number, h1: number, h2: number) => void

/**
 * Values of groups that have too few to matter, as they came: noting one is a write to the end of a block. Which are the
 * same is asked only once there are enough.
 */
export class NearLog {
  readonly #keep: number
  readonly #blocks = new Blocks()
  readonly #slots = doubles()
  /** Values of all slots. */
  live = 0

  /** `keep`: how much older than the newest value of its slot a value may be, in milliseconds. */
  constructor(keep: number) {
    this.#keep = keep
  }

  reset(slot: number): void {
    this.#slots.reserve((slot + 1) * SLOT)
    this.drop(slot)
  }

  /** Forgets all values of a slot. */
  drop(slot: number): void {
    const s = this.#slots.data
    const at = slot * SLOT
    this.live -= s[at + LENGTH] as number
    this.#blocks.release(s[at + BASE] as number, s[at + CAPACITY] as number)
    s.fill(0, at, at + NEWEST)
    s[at + NEWEST] = Number.NEGATIVE_INFINITY
  }

  newest(slot: number): number {
    return this.#slots.data[slot * SLOT + NEWEST] as number
  }

  /** How many values a slot has, the same ones over again included. */
  size(slot: number): number {
    return this.#slots.data[slot * SLOT + LENGTH] as number
  }

  add(slot: number, time: number, h1: number, h2: number): void {
    const s = this.#slots.data
    const at = slot * SLOT
    const length = s[at + LENGTH] as number
    const capacity = s[at + CAPACITY] as number
    if (length === capacity) {
      s[at + BASE] = this.#blocks.grown(s[at + BASE] as number, capacity)
      s[at + CAPACITY] = nextCapacity(capacity)
    }
    const { data } = this.#blocks
    const to = ((s[at + BASE] as number) + length) * ENTRY
    data[to] = time
    data[to + 1] = h1
    data[to + 2] = h2
    s[at + LENGTH] = length + 1
    if (time > (s[at + NEWEST] as number)) s[at + NEWEST] = time
    this.live += 1
  }

  /** Forgets the values of a slot that are too old by now. */
  prune(slot: number): void {
    const s = this.#slots.data
    const { data } = this.#blocks
    const at = slot * SLOT
    const oldest = (s[at + NEWEST] as number) - this.#keep
    const from = (s[at + BASE] as number) * ENTRY
    const end = from + (s[at + LENGTH] as number) * ENTRY
    let to = from
    for (let i = from; i < end; i += ENTRY) {
      if ((data[i] as number) <= oldest) continue
      data[to] = data[i] as number
      data[to + 1] = data[i + 1] as number
      data[to + 2] = data[i + 2] as number
      to += ENTRY
    }
    s[at + LENGTH] = (to - from) / ENTRY
    this.live -= (end - to) / ENTRY
  }

  /** Gives the values of a slot as they came. */
  each(slot: number, take: TakeValue): void {
    const { data } = this.#blocks
    const from = (this.#slots.data[slot * SLOT + BASE] as number) * ENTRY
    const end = from + this.size(slot) * ENTRY
    for (let i = from; i < end; i += ENTRY)
      take(data[i] as number, data[i + 1] as number, data[i + 2] as number)
  }
}
