import { Buffer } from 'node:buffer'

/** Literals of one group; a hit on any of them sets the group's bit. */
export interface LiteralGroup {
  readonly literals: readonly string[]
}

const MAX_GROUPS = 31
const QUOTE = 34
const BACKSLASH = 92
/** What a byte is within a JSON string: 0 stands as it is, 1 a quote or backslash, 2 anything else. */
const IN_STRING = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === QUOTE || byte === BACKSLASH ? 1 : byte < 32 || byte > 126 ? 2 : 0,
)
/** What may follow a backslash in canonical JSON and stay as it is. */
const ESCAPED = Uint8Array.from({ length: 256 }, (_, byte) =>
  '"\\bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0,
)
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
  /** Where the automaton stands after a quote. */
  readonly #quoted: number
  /** Escapes in the string copied last. */
  escapes = 0

  constructor(groups: readonly LiteralGroup[]) {
    if (groups.length > MAX_GROUPS) throw new RangeError(`at most ${MAX_GROUPS} literal groups`)
    const literals = groups.flatMap(({ literals }, group) =>
      literals.map((text) => ({ bytes: Buffer.from(text).map(lower), group })),
    )
    if (literals.some(({ bytes }) => bytes.indexOf(QUOTE, 1) > 0))
      throw new RangeError('a quote may only begin a literal: strings are scanned one by one')
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
    this.#quoted = this.#next[this.#classes[QUOTE] as number] as number
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

  /**
   * Copies the JSON string whose opening quote is at `start`, and gives the offset after its closing quote. -1 where it
   * has no end, holds a literal, or anything but printable ASCII and short escapes. The hits are not kept.
   */
  copyString(from: Uint8Array, start: number, end: number, into: Uint8Array, at: number): number {
    const next = this.#next
    const classes = this.#classes
    let row = this.#quoted
    let out = at
    this.escapes = 0
    into[out++] = QUOTE
    for (let i = start + 1; i < end; i++) {
      let byte = from[i] as number
      const kind = IN_STRING[byte] as number
      if (kind !== 0) {
        if (byte === QUOTE) {
          into[out] = QUOTE
          return i + 1
        }
        const after = from[i + 1] as number
        if (kind === 2 || i + 1 >= end || ESCAPED[after] === 0) return -1
        row = next[row + (classes[BACKSLASH] as number)] as number
        if (row < 0) return -1
        into[out++] = BACKSLASH
        this.escapes += 1
        byte = after
        i += 1
      }
      row = next[row + (classes[byte] as number)] as number
      if (row < 0) return -1
      into[out++] = byte
    }
    return -1
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
