import { Buffer } from 'node:buffer'
import type { ContentState } from '@nightjar/core'
import { BytePreview } from './byte-preview.ts'
import { canonicalText } from './canonical.ts'
import { JsonPass } from './json-pass.ts'
import { KeyBook } from './key-book.ts'
import { KeyLists } from './key-lists.ts'
import { HEADROOM, type KeyedHash } from './keyed-hash.ts'
import { type Members, NO_MEMBERS, ParsedMembers } from './members.ts'
import { HIDDEN_BITS, MARKER_BIT, Patterns, SECRET_BITS, type Side } from './patterns.ts'
import { MAX_STRING, PreviewWriter } from './preview.ts'
import { repairTruncated, withoutLastWord } from './repair.ts'
import { MARGIN, MAX_TEXT, Scrubber } from './scrub.ts'
import { SensitiveKeys } from './sensitive-keys.ts'
import { firstCharacter, parseStructured, Shape } from './structure.ts'
import { cut } from './text.ts'

/** Most characters of one content that are looked at; the rest counts as cut off. */
const MAX_CONTENT = 1024 * 1024
/** Default length of a preview, in characters. */
const PREVIEW_CHARS = 300

const NO_BYTES = new Uint8Array(0)
/** Sizes from which content counts as large: more than a page of arguments, more than a document of result. */
const LARGE: Readonly<Record<Side, number>> = { args: 64 * 1024, result: 256 * 1024 }

/** What is known of content before it is read. */
export interface ContentHints {
  /** `truncated` when the emitter says that it cut. */
  readonly state?: ContentState
  /** Exact size in bytes by the emitter; 0 when it does not say. */
  readonly size: number
  /** True where a redaction marker in the text is the emitter's own work. */
  readonly redactsItself: boolean
}

/**
 * Arguments or result as they may be kept. One object per {@link Redactor}, overwritten by the next `read`.
 */
export interface ContentFacts {
  state: ContentState
  /** Bytes, 0 when unknown. */
  size: number
  /** True when `hash` holds the keyed hash of the whole content. */
  hashed: boolean
  readonly hash: Uint8Array
  /** Names of the top level, sorted, comma separated. */
  keys: string
  preview: string
  /** The preview as UTF-8 where `previewTo` is not 0; `preview` is empty then. */
  previewBytes: Uint8Array
  previewFrom: number
  previewTo: number
  /** What the content says at its top, for judging only. */
  members: Members
  /** True when the literal pass met nothing at all: no secret, no path of interest, nothing invisible. */
  plain: boolean
  /** False when the content held more to judge than the bounds allow. */
  judged: boolean
}

/** Reads content once: judges it, fingerprints it, and makes the preview that may be kept. */
export class Redactor {
  readonly scrubber: Scrubber
  readonly #patterns = new Patterns()
  readonly #sensitive = new SensitiveKeys()
  readonly #preview: PreviewWriter
  readonly #previewChars: number
  readonly #shape = new Shape()
  readonly #pass: JsonPass
  readonly #shown: BytePreview
  readonly #keys: KeyLists
  readonly #isSensitive = (key: string): boolean => this.#sensitive.has(key)
  #scratch = Buffer.allocUnsafe(64 * 1024)
  readonly #facts: ContentFacts = {
    state: 'absent',
    size: 0,
    hashed: false,
    hash: new Uint8Array(16),
    keys: '',
    preview: '',
    previewBytes: NO_BYTES,
    previewFrom: 0,
    previewTo: 0,
    members: NO_MEMBERS,
    plain: false,
    judged: true,
  }

  constructor(previewChars = PREVIEW_CHARS) {
    this.#previewChars = previewChars
    this.scrubber = new Scrubber(this.#patterns)
    this.#preview = new PreviewWriter(this.scrubber, this.#sensitive, previewChars)
    const book = new KeyBook(this.#patterns, this.scrubber, this.#sensitive)
    this.#pass = new JsonPass(this.#patterns, book, MAX_STRING)
    this.#shown = new BytePreview(previewChars)
    this.#keys = new KeyLists(this.scrubber)
  }

  /**
   * Reads content given as text; empty text is absent content. Signals go to `add`. The facts are valid until the
   * next call.
   */
  read(
    text: string,
    side: Side,
    hints: ContentHints,
    keyed: KeyedHash,
    add: (signal: string) => void,
  ): ContentFacts {
    const facts = this.#begin(hints)
    if (text === '') facts.state = hints.size > 0 ? 'size_only' : 'absent'
    else {
      const tooLong = text.length > MAX_CONTENT
      const whole = !tooLong && (hints.state ?? 'full') === 'full'
      const known = tooLong ? text.slice(0, MAX_CONTENT) : text
      if (!whole || !this.#readWhole(known, side, hints, keyed, add))
        this.#readPart(known, side, hints, whole, add)
      if (tooLong && facts.size === 0) facts.size = Buffer.byteLength(text)
    }
    if (facts.size >= LARGE[side]) add('data.large')
    return facts
  }

  /**
   * Reads content given as UTF-8 bytes where one pass over them is enough; undefined where it is not: `read` it as
   * text then.
   */
  readBytes(
    bytes: Buffer,
    start: number,
    end: number,
    side: Side,
    hints: ContentHints,
    keyed: KeyedHash,
    add: (signal: string) => void,
  ): ContentFacts | undefined {
    const pass = this.#pass
    if (end - start > MAX_CONTENT || (hints.state ?? 'full') !== 'full') return undefined
    if (!pass.read(bytes, start, end, side)) return undefined
    const facts = this.#begin(hints)
    facts.state = 'full'
    facts.plain = true
    facts.members = pass
    keyed.mac(pass.bytes, pass.end, facts.hash)
    facts.hashed = true
    if (facts.size === 0) facts.size = pass.end - HEADROOM
    if (side === 'args') facts.keys = this.#keys.of(pass)
    if (!this.#shown.write(pass)) {
      const text = pass.bytes.toString('latin1', HEADROOM, pass.end)
      facts.preview = this.#preview.write(JSON.parse(text), true)
    } else {
      facts.previewBytes = this.#shown.bytes
      facts.previewFrom = this.#shown.from
      facts.previewTo = this.#shown.to
    }
    if (facts.size >= LARGE[side]) add('data.large')
    return facts
  }

  #begin(hints: ContentHints): ContentFacts {
    const facts = this.#facts
    facts.size = hints.size
    facts.hashed = false
    facts.keys = ''
    facts.preview = ''
    facts.previewTo = 0
    facts.members = NO_MEMBERS
    facts.plain = false
    facts.judged = true
    return facts
  }

  /** Judges a name, path or URI as arguments are judged. */
  judgeName(text: string, add: (signal: string) => void): void {
    this.#judge(text.slice(0, MAX_TEXT), 'args', add)
  }

  /** Structured content that is all there. False when it is not JSON, or nested too deeply. */
  #readWhole(
    text: string,
    side: Side,
    hints: ContentHints,
    keyed: KeyedHash,
    add: (signal: string) => void,
  ): boolean {
    const value = parseStructured(text)
    if (value === undefined) return false
    const shape = this.#shape
    shape.look(value, this.#isSensitive)
    if (!shape.shallow) return false
    const facts = this.#facts
    const canonical = canonicalText(value)
    const { end, bits } = this.#judge(canonical, side, add)
    if (side === 'args' && shape.encoded) add('data.encoded')
    const redacted = hints.redactsItself && (bits & MARKER_BIT) !== 0
    facts.state = redacted ? 'redacted' : 'full'
    if (!redacted) {
      keyed.mac(this.#scratch, end, facts.hash)
      facts.hashed = true
    }
    if (facts.size === 0) facts.size = end - HEADROOM
    facts.members = new ParsedMembers(value)
    if (side === 'args') facts.keys = this.#keys.ofValue(value)
    const clean = (bits & (SECRET_BITS | HIDDEN_BITS)) === 0 && !shape.sensitive
    const short = shape.longest <= MAX_STRING && canonical.length <= this.#previewChars
    facts.preview = clean && short ? canonical : this.#preview.write(value, clean)
    return true
  }

  /** Text, and JSON that was cut or is not to be trusted as JSON. */
  #readPart(
    text: string,
    side: Side,
    hints: ContentHints,
    whole: boolean,
    add: (signal: string) => void,
  ): void {
    const facts = this.#facts
    const first = firstCharacter(text)
    const structured = first === '{' || first === '['
    const { end, bits } = this.#judge(text, side, add)
    if (hints.redactsItself && (bits & MARKER_BIT) !== 0) facts.state = 'redacted'
    else facts.state = whole && !structured ? 'text' : 'truncated'
    if (facts.size === 0 && facts.state !== 'truncated') facts.size = end - HEADROOM
    const value = structured ? repairTruncated(text) : undefined
    if (value !== undefined) {
      facts.members = new ParsedMembers(value)
      if (side === 'args') facts.keys = this.#keys.ofValue(value)
    }
    facts.preview =
      value === undefined
        ? this.scrubber.text(
            (facts.state === 'truncated' ? withoutLastWord(text) : text).slice(
              0,
              this.#previewChars + MARGIN,
            ),
            this.#previewChars,
          )
        : cut(`${this.#preview.write(value, false)}…`, this.#previewChars)
  }

  #judge(text: string, side: Side, add: (signal: string) => void): { end: number; bits: number } {
    const need = HEADROOM + text.length * 3
    if (need > this.#scratch.length) this.#scratch = Buffer.allocUnsafe(need)
    const end = HEADROOM + this.#scratch.write(text, HEADROOM)
    const bits = this.#patterns.scan(this.#scratch, HEADROOM, end)
    this.#facts.plain = bits === 0
    if (bits !== 0)
      this.#facts.judged = this.#patterns.judge(this.#scratch, HEADROOM, end, side, add)
    return { end, bits }
  }
}
