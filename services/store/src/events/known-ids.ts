import { type IdKey, IdTable } from './id-table.ts'

interface Generation {
  readonly table: IdTable
  /** Newest event time of its rows, microseconds. */
  newest: number
}

/**
 * The ids of the rows stored last, in two generations: when the newer is full the older is forgotten. What is not in
 * memory is bounded by time: every row that was forgotten has an event time of at most `horizon`. A row's time is the
 * same each time it is sent, so a row later than the horizon is judged by memory alone, and only an earlier one must be
 * looked for in the store.
 */
export class KnownIds {
  #current: Generation
  #previous: Generation
  #horizon = Number.NEGATIVE_INFINITY

  /** `capacity` ids in all; 16 bytes each, and a third more. */
  constructor(capacity: number) {
    const half = Math.max(1, Math.floor(capacity / 2))
    this.#current = { table: new IdTable(half), newest: Number.NEGATIVE_INFINITY }
    this.#previous = { table: new IdTable(half), newest: Number.NEGATIVE_INFINITY }
  }

  get size(): number {
    return this.#current.table.size + this.#previous.table.size
  }

  get bytes(): number {
    return this.#current.table.bytes + this.#previous.table.bytes
  }

  /** Newest event time of the rows not in memory, microseconds; minus infinity when all are. */
  get horizon(): number {
    return this.#horizon
  }

  /** Rows with an event time up to this may be in the store without being in memory. */
  forgetUpTo(micros: number): void {
    this.#horizon = Math.max(this.#horizon, micros)
  }

  has(key: IdKey): boolean {
    return this.#current.table.has(key) || this.#previous.table.has(key)
  }

  add(key: IdKey, timeMicros: number): void {
    if (this.#current.table.full) this.#turn()
    this.#current.table.add(key)
    if (timeMicros > this.#current.newest) this.#current.newest = timeMicros
  }

  #turn(): void {
    const forgotten = this.#previous
    this.forgetUpTo(forgotten.newest)
    forgotten.table.clear()
    forgotten.newest = Number.NEGATIVE_INFINITY
    this.#previous = this.#current
    this.#current = forgotten
  }
}
