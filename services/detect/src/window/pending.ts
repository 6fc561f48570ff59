import type { Key } from '../match/hash.ts'
import { doubles } from './slabs.ts'

/** Steps remembered at most, a power of two: 8 MB. */
const CAPACITY = 2 ** 18
const HEADS = 2 ** 15
const WIDTH = 4
const KEY = 0
const TIME = 1
const NUMBER = 2
/** How far back the step before it of the same head is (0: there is none), and the stage. */
const LINK = 3
const STAGES = 256

/** Takes one remembered step. */
export type TakeStep = (stage: number, time: number, number: number) => void

/**
 * Later steps of sequences of which the first step has not come: most never does, so they get no group, only a place in
 * one ring. The oldest are overwritten; by then a first step that happened before them would have come.
 */
export class PendingSteps {
  readonly #steps = doubles()
  /** Number of the newest step of each head, 0 where there is none. */
  readonly #heads = new Float64Array(HEADS)
  readonly #found: number[] = []
  #next = 1

  add(key: Key, stage: number, time: number, number: number): void {
    const step = this.#next++
    const at = (step & (CAPACITY - 1)) * WIDTH
    this.#steps.reserve(at + WIDTH)
    const head = key.h1 & (HEADS - 1)
    const before = this.#heads[head] as number
    const back = before === 0 || step - before >= CAPACITY ? 0 : step - before
    const { data } = this.#steps
    data[at + KEY] = wordOf(key)
    data[at + TIME] = time
    data[at + NUMBER] = number
    data[at + LINK] = back * STAGES + stage
    this.#heads[head] = step
  }

  /** Gives the steps of a group in the order in which they came. They stay: what is given twice is given as it was. */
  each(key: Key, take: TakeStep): void {
    const { data } = this.#steps
    const word = wordOf(key)
    const found = this.#found
    found.length = 0
    const oldest = this.#next - CAPACITY
    let step = this.#heads[key.h1 & (HEADS - 1)] as number
    while (step > 0 && step >= oldest) {
      const at = (step & (CAPACITY - 1)) * WIDTH
      if (data[at + KEY] === word) found.push(at)
      const back = Math.floor((data[at + LINK] as number) / STAGES)
      if (back === 0) break
      step -= back
    }
    for (let i = found.length - 1; i >= 0; i--) {
      const at = found[i] as number
      take(
        (data[at + LINK] as number) % STAGES,
        data[at + TIME] as number,
        data[at + NUMBER] as number,
      )
    }
  }
}

/** 52 bits of a key in one number. */
function wordOf({ h1, h2 }: Key): number {
  return (h1 >>> 0) * 2 ** 20 + (h2 & (2 ** 20 - 1))
}
