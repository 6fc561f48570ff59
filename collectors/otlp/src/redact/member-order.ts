import { Buffer } from 'node:buffer'
import type { KeyFacts } from './key-book.ts'
import { copyBytes } from './text.ts'

/** Members of all objects that are open; few, as they are put in order by insertion. */
const MAX_MEMBERS = 64
const FIELDS = 3
const COMMA = 44

/** The members of the objects that are open, where they lie in the text, and how they come into canonical order. */
export class MemberOrder {
  readonly #keys: KeyFacts[] = []
  /** By member: where it begins, where its value does, and where it ends. */
  readonly #places = new Int32Array(MAX_MEMBERS * FIELDS)
  readonly #moved = new Int32Array(MAX_MEMBERS * FIELDS)
  readonly #ranks = new Int32Array(MAX_MEMBERS)
  readonly #ranked: KeyFacts[] = []
  readonly #offsets: number[] = []
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
    const places = this.#places
    const from = places[mark * FIELDS] as number
    const to = places[(this.count - 1) * FIELDS + 2] as number
    if (to - from > this.#scratch.length) this.#scratch = Buffer.allocUnsafe((to - from) * 2)
    copyBytes(text, from, to, this.#scratch, 0)
    this.#rank(mark)
    const shifted = long.length
    this.#offsets.length = 0
    for (const offset of long) this.#offsets.push(offset)
    let at = from
    for (let i = mark; i < this.count; i++) {
      if (i > mark) {
        if (compare(this.#ranked[i - 1] as KeyFacts, this.#ranked[i] as KeyFacts) === 0)
          return false
        text[at++] = COMMA
      }
      at = this.#move(this.#ranks[i] as number, i, at, from, text, long)
    }
    for (let i = mark; i < this.count; i++) this.#keys[i] = this.#ranked[i] as KeyFacts
    for (let i = mark * FIELDS; i < this.count * FIELDS; i++) places[i] = this.#moved[i] as number
    if (shifted > 2) sortPairs(long)
    return true
  }

  /** Members from `mark` on in the order of their names, by insertion: most objects have few. */
  #rank(mark: number): void {
    const ranks = this.#ranks
    for (let i = mark; i < this.count; i++) {
      const key = this.keyAt(i)
      let j = i
      for (; j > mark && compare(this.#ranked[j - 1] as KeyFacts, key) > 0; j--) {
        ranks[j] = ranks[j - 1] as number
        this.#ranked[j] = this.#ranked[j - 1] as KeyFacts
      }
      ranks[j] = i
      this.#ranked[j] = key
    }
  }

  /** Writes a member to its new place; gives where it ends there. */
  #move(
    member: number,
    rank: number,
    at: number,
    from: number,
    text: Buffer,
    long: number[],
  ): number {
    const start = this.#places[member * FIELDS] as number
    const end = this.#places[member * FIELDS + 2] as number
    copyBytes(this.#scratch, start - from, end - from, text, at)
    for (let field = 0; field < FIELDS; field++)
      this.#moved[rank * FIELDS + field] =
        (this.#places[member * FIELDS + field] as number) - start + at
    for (let i = 0; i < this.#offsets.length; i++) {
      const offset = this.#offsets[i] as number
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
