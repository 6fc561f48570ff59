import { doubles } from './slabs.ts'

/** When each slot last fired; a slot that fired stays quiet for a cooldown, by event time. */
export class Quiet {
  readonly #fired = doubles(Number.NEGATIVE_INFINITY)
  readonly #cooldown: number

  constructor(cooldown: number) {
    this.#cooldown = cooldown
  }

  reset(slot: number): void {
    this.#fired.reserve(slot + 1)
    this.#fired.data[slot] = Number.NEGATIVE_INFINITY
  }

  /** True, and noted, when a slot may speak at this time. */
  fires(slot: number, time: number): boolean {
    if (time < (this.#fired.data[slot] as number) + this.#cooldown) return false
    this.#fired.data[slot] = time
    return true
  }

  firedAt(slot: number): number {
    return this.#fired.data[slot] as number
  }

  restore(slot: number, time: number): void {
    this.#fired.data[slot] = time
  }
}
