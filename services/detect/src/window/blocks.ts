import { doubles } from './slabs.ts'

/** Numbers of one entry. */
export const ENTRY = 3
const FIRST = 4

/**
 * One array of doubles cut into blocks of 4, 8, 16, … entries of three numbers, so that what belongs to one group lies
 * side by side. A block that is given back is used again for the next of its size.
 */
export class Blocks {
  readonly #pool = doubles()
  readonly #free: number[][] = []
  #used = 0

  /** The array: entry `e` is `data[e * ENTRY]` and the two after it. A new one after `grown`. */
  get data(): Float64Array {
    return this.#pool.data
  }

  /**
   * A larger block in place of one of `capacity` entries at `base`, with its entries; the smallest when `capacity` is 0.
   * Gives the first entry of a block of {@link nextCapacity} entries.
   */
  grown(base: number, capacity: number): number {
    const next = nextCapacity(capacity)
    const to = this.#free[Math.log2(next)]?.pop() ?? this.#take(next)
    if (capacity > 0) {
      this.data.copyWithin(to * ENTRY, base * ENTRY, (base + capacity) * ENTRY)
      this.release(base, capacity)
    }
    return to
  }

  release(base: number, capacity: number): void {
    if (capacity === 0) return
    const size = Math.log2(capacity)
    const free = this.#free[size]
    if (free) free.push(base)
    else this.#free[size] = [base]
  }

  #take(capacity: number): number {
    const base = this.#used
    this.#used += capacity
    this.#pool.reserve(this.#used * ENTRY)
    return base
  }
}

/** The capacity after `capacity`. */
export function nextCapacity(capacity: number): number {
  return capacity === 0 ? FIRST : capacity * 2
}
