import { Buffer } from 'node:buffer'
import type { ContentState } from '@nightjar/core'
import { canonicalText } from './canonical.ts'
import { HEADROOM, type KeyedHash } from './keyed-hash.ts'
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

const MAX_KEYS = 48
const MAX_KEY_CHARS = 64
const MAX_KEY_LISTS = 4096
const MAX_KEY_LIST_CHARS = 1024
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
  /** The parsed content, for judging only: it is not redacted and must not be written. */
  value: object | undefined
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
  readonly #isSensitive = (key: string): boolean => this.#sensitive.has(key)
  /** Lists of key names by the names as they came; bounded. */
  readonly #keyLists = new Map<string, string>()
  #scratch = Buffer.allocUnsafe(64 * 1024)
  readonly #facts: ContentFacts = {
    state: 'absent',
    size: 0,
    hashed: false,
    hash: new Uint8Array(16),
    keys: '',
    preview: '',
    value: undefined,
    plain: false,
    judged: true,
  }

  constructor(previewChars = PREVIEW_CHARS) {
    this.#previewChars = previewChars
    this.scrubber = new Scrubber(this.#patterns)
    this.#preview = new PreviewWriter(this.scrubber, this.#sensitive, previewChars)
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
    const facts = this.#facts
    facts.size = hints.size
    facts.hashed = false
    facts.keys = ''
    facts.preview = ''
    facts.value = undefined
    facts.plain = false
    facts.judged = true
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
    facts.value = value
    if (side === 'args') facts.keys = this.#keyNames(value)
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
      facts.value = value
      if (side === 'args') facts.keys = this.#keyNames(value)
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

  #keyNames(value: object): string {
    if (Array.isArray(value)) return ''
    const names = Object.keys(value).sort()
    const raw = names.join('\0')
    const known = this.#keyLists.get(raw)
    if (known !== undefined) return known
    const shown = names
      .slice(0, MAX_KEYS)
      .map((name) => cut(this.scrubber.name(name).replaceAll(',', '_'), MAX_KEY_CHARS))
    if (shown.length < names.length) shown.push('…')
    const list = shown.join(',')
    if (this.#keyLists.size >= MAX_KEY_LISTS) this.#keyLists.clear()
    if (raw.length <= MAX_KEY_LIST_CHARS) this.#keyLists.set(raw, list)
    return list
  }
}
