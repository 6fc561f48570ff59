import { type BytesColumn, hexAt } from '@nightjar/core'
import { doubles, ints } from './slabs.ts'

const ID_BYTES = 16
const FIRST = 1024

/** Ids of one claim's events, newest last, and how many there are in all. */
export interface EvidenceOf {
  readonly ids: readonly string[]
  /** Time of the oldest one told, in milliseconds; 0 without any. */
  readonly firstTime: number
}

/**
 * The last events that counted towards anything, in one ring for all rules; each entry points to the one before it of
 * the same group. Grows up to `cap` entries (28 bytes each), then the oldest are overwritten: a finding then names
 * fewer events, and counts them all the same.
 */
export class EvidenceRing {
  #ids = new Uint8Array(FIRST * ID_BYTES)
  readonly #times = doubles()
  readonly #before = ints()
  #capacity = FIRST
  readonly #cap: number
  #next = 1

  constructor(cap: number) {
    this.#cap = 2 ** Math.floor(Math.log2(Math.max(cap, FIRST)))
    this.#times.reserve(FIRST)
    this.#before.reserve(FIRST)
  }

  /** Notes the event of a row, after `before` (0: it is the group's first); gives its number. */
  add(ids: BytesColumn, row: number, time: number, before: number): number {
    if (this.#next >= this.#capacity && this.#capacity < this.#cap) this.#grow()
    const number = this.#next++
    const at = number & (this.#capacity - 1)
    const from = row * ID_BYTES
    const to = at * ID_BYTES
    for (let i = 0; i < ID_BYTES; i++) this.#ids[to + i] = ids.data[from + i] as number
    this.#times.data[at] = time
    this.#before.data[at] = before === 0 ? 0 : Math.min(number - before, 2 ** 31 - 1)
    return number
  }

  /** Id of one noted event; `''` when it has been overwritten. */
  idOf(number: number): string {
    return this.#held(number) ? hexAt(this.#ids, ID_BYTES, number & (this.#capacity - 1)) : ''
  }

  /** Ids of the group whose newest event is `last`, back to (not including) time `after`, at most `limit`. */
  chain(last: number, after: number, limit: number): EvidenceOf {
    const ids: string[] = []
    let firstTime = 0
    for (let number = last; this.#held(number) && ids.length < limit; ) {
      const at = number & (this.#capacity - 1)
      const time = this.#times.data[at] as number
      if (time > after) {
        ids.push(hexAt(this.#ids, ID_BYTES, at))
        firstTime = firstTime === 0 ? time : Math.min(firstTime, time)
      }
      const step = this.#before.data[at] as number
      if (step === 0) break
      number -= step
    }
    return { ids: ids.reverse(), firstTime }
  }

  #held(number: number): boolean {
    return number > 0 && number < this.#next && number > this.#next - this.#capacity
  }

  #grow(): void {
    this.#capacity *= 2
    const ids = new Uint8Array(this.#capacity * ID_BYTES)
    ids.set(this.#ids)
    this.#ids = ids
    this.#times.reserve(this.#capacity)
    this.#before.reserve(this.#capacity)
  }
}
