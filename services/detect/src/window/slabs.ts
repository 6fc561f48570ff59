type Numbers = Int32Array | Uint32Array | Float64Array

/** A typed array that doubles when an index beyond its end is needed. New elements hold `empty`. */
export class Slab<T extends Numbers> {
  data: T
  readonly #empty: number

  constructor(data: T, empty = 0) {
    this.data = data
    this.#empty = empty
    if (empty !== 0) data.fill(empty)
  }

  /** Makes room for `length` elements. */
  reserve(length: number): void {
    if (length <= this.data.length) return
    let size = Math.max(this.data.length, 8)
    while (size < length) size *= 2
    const next = new (this.data.constructor as new (length: number) => T)(size)
    next.set(this.data as never)
    if (this.#empty !== 0) next.fill(this.#empty, this.data.length)
    this.data = next
  }
}

/** A slab of 32-bit integers. */
export function ints(empty = 0): Slab<Int32Array> {
  return new Slab(new Int32Array(16), empty)
}

/** A slab of doubles: times, counts and sums, exact up to 2^53. */
export function doubles(empty = 0): Slab<Float64Array> {
  return new Slab(new Float64Array(16), empty)
}
