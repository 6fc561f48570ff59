import { Buffer } from 'node:buffer'
import type { KeyFacts } from './key-book.ts'

const MAX_MEMBERS = 512
const FIELDS = 3
const COMMA = 44

/** The members of the objects that are open, where they lie in the text, and how they come into canonical order. */
export class MemberOrder {
  readonly #keys: KeyFacts[] = []
  /** By member: where it begins, where its value does, and where it ends. */
  readonly #places = new Int32Array(MAX_MEMBERS * FIELDS)
  readonly #moved = new Int32Array(MAX_MEMBERS * FIELDS)
  #scratch = Buffer.allocUnsafe(4096)
  count = 0

  clear(): void {
    this.count = 0
  }

  keyAt(member: number): KeyFacts {
    return this.#keys[member] as KeyFacts
  }

  /** Where the value of a member begins. */
  valueAt(member: number): number {
    return this.#places[member * FIELDS + 1] as number
  }

  /** A member of the object whose members began at `mark`; false where there are too many. */
  open(key: KeyFacts, start: number, value: number): boolean {
    if (this.count === MAX_MEMBERS) return false
    this.#keys[this.count] = key
    this.#places[this.count * FIELDS] = start
    this.#places[this.count * FIELDS + 1] = value
    this.count += 1
    return true
  }

  close(member: number, end: number): void {
    this.#places[member * FIELDS + 2] = end
  }

  /** Forgets the members of an object that is closed. */
  drop(mark: number): void {
    this.count = mark
  }

  /**
   * Brings the members from `mark` on into the order of their names, in the text and here; `long` holds offsets that
   * move with them. False where a name comes twice.
   */
  settle(mark: number, text: Buffer, long: number[]): boolean {
    let sorted = true
    for (let i = mark + 1; i < this.count; i++) {
      const order = compare(this.keyAt(i - 1), this.keyAt(i))
      if (order === 0) return false
      if (order > 0) sorted = false
    }
    return sorted || this.#sort(mark, text, long)
  }

  #sort(mark: number, text: Buffer, long: number[]): boolean {
    const from = this.#places[mark * FIELDS] as number
    const to = this.#places[(this.count - 1) * FIELDS + 2] as number
    if (to - from > this.#scratch.length) this.#scratch = Buffer.allocUnsafe((to - from) * 2)
    text.copy(this.#scratch, 0, from, to)
    const ranks = Array.from({ length: this.count - mark }, (_, i) => mark + i).sort((a, b) =>
      compare(this.keyAt(a), this.keyAt(b)),
    )
    const keys = ranks.map((member) => this.keyAt(member))
    const offsets = long.slice()
    let at = from
    for (let i = 0; i < ranks.length; i++) {
      if (i > 0 && compare(keys[i - 1] as KeyFacts, keys[i] as KeyFacts) === 0) return false
      if (i > 0) text[at++] = COMMA
      at = this.#move(ranks[i] as number, mark + i, at, from, text, offsets, long)
    }
    this.#places.set(this.#moved.subarray(mark * FIELDS, this.count * FIELDS), mark * FIELDS)
    keys.forEach((key, i) => {
      this.#keys[mark + i] = key
    })
    sortPairs(long)
    return true
  }

  /** Writes a member to its new place; gives where it ends there. */
  #move(
    member: number,
    rank: number,
    at: number,
    from: number,
    text: Buffer,
    offsets: readonly number[],
    long: number[],
  ): number {
    const start = this.#places[member * FIELDS] as number
    const end = this.#places[member * FIELDS + 2] as number
    this.#scratch.copy(text, at, start - from, end - from)
    for (let field = 0; field < FIELDS; field++)
      this.#moved[rank * FIELDS + field] =
        (this.#places[member * FIELDS + field] as number) - start + at
    for (let i = 0; i < offsets.length; i++) {
      const offset = offsets[i] as number
      if (offset >= start && offset < end) long[i] = offset - start + at
    }
    return at + end - start
  }
}

/** Pairs of offsets by the first of each. */
function sortPairs(pairs: number[]): void {
  for (let i = 2; i < pairs.length; i += 2)
    for (let j = i; j > 0 && (pairs[j] as number) < (pairs[j - 2] as number); j -= 2) {
      const pair = pairs.splice(j, 2)
      pairs.splice(j - 2, 0, ...pair)
    }
}

/** By code units, which for ASCII are bytes. */
function compare({ bytes: one }: KeyFacts, { bytes: other }: KeyFacts): number {
  const length = Math.min(one.length, other.length)
  for (let i = 0; i < length; i++) {
    const order = (one[i] as number) - (other[i] as number)
    if (order !== 0) return order
  }
  return one.length - other.length
}
