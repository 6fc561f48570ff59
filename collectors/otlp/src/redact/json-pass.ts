import { Buffer } from 'node:buffer'
import { type KeyBook, type KeyFacts, MAX_BOOKED } from './key-book.ts'
import { HEADROOM } from './keyed-hash.ts'
import { MemberOrder } from './member-order.ts'
import type { Members } from './members.ts'
import type { Patterns, Side } from './patterns.ts'
import { isEncodedAt, MAX_DEPTH } from './structure.ts'

const QUOTE = 34
const COMMA = 44
const MINUS = 45
const COLON = 58
const OPEN_LIST = 91
const CLOSE_LIST = 93
const OPEN = 123
const CLOSE = 125
const WORDS = new Map(
  ['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]),
)
const MAX_DIGITS = 15
const MAX_FRACTION = 6
/** Most strings of one content that are too long to be shown whole. */
const MAX_LONG = 64
const FAILED = -1

/**
 * One pass over the bytes of JSON that is what nearly all content is: printable ASCII, nothing in it that the literal
 * pass would meet, no key that names a secret. It checks the grammar and writes the canonical text (RFC 8785). What it
 * declines, for whatever reason, is read the slower way: it never takes what `JSON.parse` would not.
 */
export class JsonPass implements Members {
  /** The canonical text stands at `[HEADROOM .. end)`. */
  bytes: Buffer = Buffer.allocUnsafe(16 * 1024)
  end = 0
  from = 0
  to = 0
  /** Characters of the longest string that is a value. */
  longest = 0
  /** A preview of strings that are cut, or of keys, needs more than these bytes. */
  odd = false
  /** Where strings longer than `cut` begin and end within their quotes, in the order of the text. */
  readonly long: number[] = []
  readonly #book: KeyBook
  readonly #patterns: Patterns
  readonly #cut: number
  readonly #order = new MemberOrder()
  #top = 0
  #in: Buffer = this.bytes
  #at = 0
  #stop = 0
  #side: Side = 'args'

  constructor(patterns: Patterns, book: KeyBook, cut: number) {
    this.#patterns = patterns
    this.#book = book
    this.#cut = cut
  }

  /** Reads `bytes[start .. end)`; false when this is not for it to read. */
  read(bytes: Buffer, start: number, end: number, side: Side): boolean {
    const first = bytes[start]
    if (first !== OPEN && first !== OPEN_LIST) return false
    if (HEADROOM + end - start > this.bytes.length)
      this.bytes = Buffer.allocUnsafe((HEADROOM + end - start) * 2)
    this.#in = bytes
    this.#at = start
    this.#stop = end
    this.#side = side
    this.end = HEADROOM
    this.longest = 0
    this.odd = false
    this.long.length = 0
    this.#order.clear()
    this.#top = 0
    const read = first === OPEN ? this.#object(0) : this.#list(0)
    this.#in = this.bytes
    if (!read || this.#at !== end) return false
    if (first === OPEN) this.#top = this.#order.count
    return true
  }

  get count(): number {
    return this.#top
  }

  /** Facts of a member's name. Members are in the order of the canonical text. */
  keyAt(member: number): KeyFacts {
    return this.#order.keyAt(member)
  }

  nameAt(member: number): string {
    return this.#order.keyAt(member).name
  }

  textAt(member: number): string {
    const at = this.#textAt(member)
    if (at < 0) return ''
    let end = at + 1
    while (this.bytes[end] !== QUOTE) end += this.bytes[end] === 92 ? 2 : 1
    return JSON.parse(this.bytes.toString('latin1', at, end + 1)) as string
  }

  locate(member: number): boolean {
    const at = this.#textAt(member)
    if (at < 0) return false
    let end = at + 1
    for (; this.bytes[end] !== QUOTE; end++) if (this.bytes[end] === 92) return false
    this.from = at + 1
    this.to = end
    return end > at + 1
  }

  boolAt(member: number): boolean | undefined {
    const first = this.bytes[this.#order.valueAt(member)]
    return first === 116 ? true : first === 102 ? false : undefined
  }

  isListAt(member: number): boolean {
    return this.bytes[this.#order.valueAt(member)] === OPEN_LIST
  }

  /** Where the quote of a member's text stands, -1 where it has none. */
  #textAt(member: number): number {
    const at = this.#order.valueAt(member)
    const text = this.bytes[at] === OPEN_LIST ? at + 1 : at
    return this.bytes[text] === QUOTE ? text : FAILED
  }

  #value(depth: number): boolean {
    const byte = this.#next()
    if (byte === QUOTE) return this.#string() >= 0
    if (byte === OPEN) return depth < MAX_DEPTH && this.#object(depth)
    if (byte === OPEN_LIST) return depth < MAX_DEPTH && this.#list(depth)
    const word = WORDS.get(byte)
    return word === undefined ? this.#number(byte) : this.#word(word)
  }

  #object(depth: number): boolean {
    const order = this.#order
    const mark = order.count
    this.#at += 1
    this.bytes[this.end++] = OPEN
    if (this.#next() === CLOSE) return this.#close(CLOSE)
    for (;;) {
      const start = this.end
      const key = this.#key()
      if (key === undefined || !order.open(key, start, this.end)) return false
      const at = this.end
      const member = order.count - 1
      if (!this.#value(depth + 1)) return false
      if (key.label && this.bytes[at] === QUOTE && this.#names(at)) return false
      order.close(member, this.end)
      const byte = this.#next()
      if (byte === COMMA) this.bytes[this.end++] = this.#in[this.#at++] as number
      else if (byte !== CLOSE) return false
      else break
      if (this.#next() !== QUOTE) return false
    }
    if (!order.settle(mark, this.bytes, this.long)) return false
    if (depth > 0) order.drop(mark)
    return this.#close(CLOSE)
  }

  #list(depth: number): boolean {
    this.#at += 1
    this.bytes[this.end++] = OPEN_LIST
    if (this.#next() === CLOSE_LIST) return this.#close(CLOSE_LIST)
    for (;;) {
      const at = this.end
      if (!this.#value(depth + 1)) return false
      // A flag may name a secret that comes after it.
      if (this.bytes[at] === QUOTE && this.bytes[at + 1] === MINUS && this.#names(at)) return false
      const byte = this.#next()
      if (byte === COMMA) this.bytes[this.end++] = this.#in[this.#at++] as number
      else return byte === CLOSE_LIST && this.#close(CLOSE_LIST)
    }
  }

  #close(byte: number): boolean {
    this.#at += 1
    this.bytes[this.end++] = byte
    return true
  }

  /** True where the string just written, from its quote on, names a secret, or might. */
  #names(at: number): boolean {
    const to = this.end - 1
    if (this.#patterns.escapes > 0) return true
    return to - at > MAX_BOOKED || this.#book.of(this.bytes, at + 1, to).sensitive
  }

  /** Writes a key and its colon. */
  #key(): KeyFacts | undefined {
    if (this.#next() !== QUOTE) return undefined
    const from = this.#in
    const start = this.#at + 1
    let at = start
    for (; at < this.#stop; at++) {
      const byte = from[at] as number
      if (byte === QUOTE) break
      if (byte < 32 || byte > 126 || byte === 92) return undefined
    }
    if (at >= this.#stop || at - start > MAX_BOOKED) return undefined
    const key = this.#book.of(from, start, at)
    if (key.sensitive || key.met) return undefined
    if (!key.shown) this.odd = true
    this.#at = at + 1
    if (this.#next() !== COLON) return undefined
    this.#at += 1
    const out = this.bytes
    let to = this.end
    for (let i = start - 1; i <= at; i++) out[to++] = from[i] as number
    out[to++] = COLON
    this.end = to
    return key
  }

  /** Writes a string that is a value; -1 where it needs a closer look. */
  #string(): number {
    const start = this.end
    const stop = this.#patterns.copyString(this.#in, this.#at, this.#stop, this.bytes, start)
    if (stop < 0) return FAILED
    this.end = start + stop - this.#at
    this.#at = stop
    const escapes = this.#patterns.escapes
    const length = this.end - start - 2 - escapes
    const first = this.bytes[start + 1]
    if (first === OPEN || first === OPEN_LIST || this.long.length > MAX_LONG * 2) return FAILED
    if (this.#side === 'args' && isEncodedAt(this.bytes, start + 1, this.end - 1)) return FAILED
    // White space may hide JSON within a string.
    if (escapes > 0 || first === 32) this.odd = true
    if (length > this.longest) this.longest = length
    if (length > this.#cut) this.long.push(start + 1, this.end - 1)
    return length
  }

  /** Writes a number that stands in JSON as ECMAScript writes it. */
  #number(first: number): boolean {
    const from = this.#in
    const start = this.#at
    let at = first === MINUS ? start + 1 : start
    const whole = at
    while (isDigit(from[at] as number)) at += 1
    const leads = from[whole] === 48
    if (at === whole || (leads && at > whole + 1)) return false
    let digits = at - whole
    if (from[at] === 46) {
      const point = at
      at += 1
      while (isDigit(from[at] as number)) at += 1
      const fraction = at - point - 1
      if (fraction === 0 || fraction > MAX_FRACTION || from[at - 1] === 48) return false
      digits += fraction
    } else if (leads && whole > start) return false
    const after = from[at] as number
    if (digits > MAX_DIGITS || after === 46 || (after | 32) === 101 || at > this.#stop) return false
    const out = this.bytes
    for (let i = start; i < at; i++) out[this.end++] = from[i] as number
    this.#at = at
    return true
  }

  #word(word: Buffer): boolean {
    for (let i = 0; i < word.length; i++) {
      if (this.#in[this.#at + i] !== word[i]) return false
      this.bytes[this.end++] = word[i] as number
    }
    this.#at += word.length
    return this.#at <= this.#stop
  }

  /** The next byte that is no white space, -1 at the end. */
  #next(): number {
    const from = this.#in
    const stop = this.#stop
    for (; this.#at < stop; this.#at++) {
      const byte = from[this.#at] as number
      if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) return byte
    }
    return FAILED
  }
}

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57
