import { Buffer } from 'node:buffer'

/** Literals of one group; a hit on any of them sets the group's bit. */
export interface LiteralGroup {
  readonly literals: readonly string[]
}

const MAX_GROUPS = 31
/** Most hits of one scan that are kept. */
export const MAX_HITS = 512

const lower = (byte: number): number => (byte >= 65 && byte <= 90 ? byte + 32 : byte)

/** A literal that ends in a state. */
interface Ending {
  readonly group: number
  readonly length: number
}

/**
 * Finds many literals in one pass over UTF-8 bytes (Aho-Corasick as a dense automaton, ASCII case ignored). Its size
 * is fixed by its literals. The hits of the last scan are kept, by rising end, up to {@link MAX_HITS};
 * `overflowed` says when there were more.
 */
export class LiteralScanner {
  /**
   * Row of the next state by row of the state plus class of the byte; rows are `1 << #shift` apart, and the row of a
   * state where a literal ends is given as its complement.
   */
  readonly #next: Int32Array
  readonly #classes: Uint8Array
  readonly #shift: number
  /** Groups that end in a state, as bits. */
  readonly #bits: Int32Array
  readonly #endings: readonly (readonly Ending[])[]
  readonly #hits = new Int32Array(MAX_HITS * 2)
  #count = 0
  #overflowed = false

  constructor(groups: readonly LiteralGroup[]) {
    if (groups.length > MAX_GROUPS) throw new RangeError(`at most ${MAX_GROUPS} literal groups`)
    const literals = groups.flatMap(({ literals }, group) =>
      literals.map((text) => ({ bytes: Buffer.from(text).map(lower), group })),
    )
    const states = literals.reduce((sum, { bytes }) => sum + bytes.length, 1)
    const next = new Int32Array(states * 256).fill(-1)
    const endings: Ending[][] = Array.from({ length: states }, () => [])
    let used = 1
    for (const { bytes, group } of literals) {
      let state = 0
      for (const byte of bytes) {
        if ((next[state * 256 + byte] as number) < 0) next[state * 256 + byte] = used++
        state = next[state * 256 + byte] as number
      }
      endings[state]?.push({ group, length: bytes.length })
    }
    complete(next, endings)
    this.#endings = endings.slice(0, used)
    const { classes, count } = classesOf(literals.map(({ bytes }) => bytes))
    this.#classes = classes
    this.#shift = Math.ceil(Math.log2(count))
    this.#next = compact(next, this.#endings, classes, this.#shift)
    this.#bits = Int32Array.from(this.#endings, (list) =>
      list.reduce((bits, { group }) => bits | (1 << group), 0),
    )
  }

  /** Number of hits kept of the last scan. */
  get count(): number {
    return this.#count
  }

  /** True when the last scan met more hits than are kept. */
  get overflowed(): boolean {
    return this.#overflowed
  }

  /** Group of a kept hit. */
  groupAt(hit: number): number {
    return this.#hits[hit * 2] as number
  }

  /** Where a kept hit's literal begins. */
  startAt(hit: number): number {
    return this.#hits[hit * 2 + 1] as number
  }

  /** Scans `bytes[start .. end)` and gives the bits of all groups met. */
  scan(bytes: Uint8Array, start: number, end: number): number {
    const next = this.#next
    const classes = this.#classes
    const bits = this.#bits
    const shift = this.#shift
    let row = 0
    let seen = 0
    this.#count = 0
    this.#overflowed = false
    for (let i = start; i < end; i++) {
      row = next[row + (classes[bytes[i] as number] as number)] as number
      if (row < 0) {
        row = ~row
        const state = row >>> shift
        seen |= bits[state] as number
        this.#keep(state, i + 1)
      }
    }
    return seen
  }

  #keep(state: number, end: number): void {
    for (const { group, length } of this.#endings[state] as readonly Ending[]) {
      if (this.#count === MAX_HITS) {
        this.#overflowed = true
        return
      }
      this.#hits[this.#count * 2] = group
      this.#hits[this.#count * 2 + 1] = end - length
      this.#count += 1
    }
  }
}

/** Fills in the failure transitions, breadth first, and folds upper case onto lower. */
function complete(next: Int32Array, endings: Ending[][]): void {
  const fail = new Int32Array(endings.length)
  const queue: number[] = []
  for (let byte = 0; byte < 256; byte++) {
    const to = next[byte] as number
    if (to < 0) next[byte] = 0
    else queue.push(to)
  }
  for (let at = 0; at < queue.length; at++) {
    const state = queue[at] as number
    const back = fail[state] as number
    endings[state]?.push(...(endings[back] ?? []))
    for (let byte = 0; byte < 256; byte++) {
      const to = next[state * 256 + byte] as number
      const viaFail = next[back * 256 + byte] as number
      if (to < 0) next[state * 256 + byte] = viaFail
      else {
        fail[to] = viaFail
        queue.push(to)
      }
    }
  }
  for (const state of [0, ...queue])
    for (let byte = 65; byte <= 90; byte++)
      next[state * 256 + byte] = next[state * 256 + byte + 32] as number
}

/** Bytes no literal tells apart share a class, so that the automaton fits the processor's near cache. */
function classesOf(literals: readonly Uint8Array[]): { classes: Uint8Array; count: number } {
  const classes = new Uint8Array(256)
  let count = 1
  for (const literal of literals)
    for (const byte of literal) if (classes[byte] === 0) classes[byte] = count++
  for (let byte = 65; byte <= 90; byte++) classes[byte] = classes[byte + 32] as number
  return { classes, count }
}

/** The automaton by classes, its states as rows; see `#next`. */
function compact(
  next: Int32Array,
  endings: readonly (readonly Ending[])[],
  classes: Uint8Array,
  shift: number,
): Int32Array {
  const compacted = new Int32Array(endings.length << shift)
  for (let state = 0; state < endings.length; state++)
    for (let byte = 0; byte < 256; byte++) {
      const to = next[state * 256 + byte] as number
      const row = to << shift
      compacted[(state << shift) + (classes[byte] as number)] =
        (endings[to]?.length ?? 0) > 0 ? ~row : row
    }
  return compacted
}
