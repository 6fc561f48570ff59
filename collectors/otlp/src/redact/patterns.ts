import type { Buffer } from 'node:buffer'
import { RE2JS } from 're2js'
import { CONTENT_PATTERNS, REDACTION_MARKERS } from './content-patterns.ts'
import { LiteralScanner, MAX_HITS } from './literals.ts'
import { SECRET_PATTERNS, type SecretPattern } from './secret-patterns.ts'

/** Which side of a call a text belongs to. */
export type Side = 'args' | 'result'

const SECRETS = SECRET_PATTERNS.length
const MARKER = SECRETS + CONTENT_PATTERNS.length
const bitsOf = (from: number, to: number): number => {
  let bits = 0
  for (let i = from; i < to; i++) bits |= 1 << i
  return bits
}
const contentBits = (wanted: (id: string, side: string) => boolean): number =>
  CONTENT_PATTERNS.reduce(
    (bits, { id, side }, i) => (wanted(id, side) ? bits | (1 << (SECRETS + i)) : bits),
    0,
  )

/** Bits of {@link Patterns.scan} that mean text must be masked before it is shown. */
export const SECRET_BITS = bitsOf(0, SECRETS)
/** Bit of text that the emitter redacted itself. */
export const MARKER_BIT = 1 << MARKER
/** Bits of invisible characters. */
export const HIDDEN_BITS = contentBits((id) => id === 'text.hidden')

const RESULT_BITS = SECRET_BITS | contentBits((_, side) => side === 'both')
const ARGS_BITS = bitsOf(0, MARKER)

/** First length of text an expression is shown; doubled while the match reaches its end. */
const REACH = 256
const MAX_REACH = 64 * 1024
/** Most places of one text where one pattern is tried for a signal. */
const MAX_TRIES = 64

interface Compiled {
  /** Matches at the beginning of its input only; undefined where the literal decides. */
  readonly re: RE2JS | undefined
  /** Bytes before which the literal may not begin. */
  readonly barred: (before: number) => boolean
  readonly secret: SecretPattern | undefined
  readonly signal: (side: Side) => string
}

const isWord = (byte: number): boolean =>
  (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)
const midPath = (byte: number): boolean => isWord(byte) || byte === 0x2d || byte === 0x2e
const nowhere = (): boolean => false
const compile = (pattern: string | undefined): RE2JS | undefined =>
  pattern === undefined ? undefined : RE2JS.compile(pattern)

/**
 * The pattern tables, compiled: one literal pass over the bytes says where an expression is worth running, and there
 * it runs from the literal on, so that the cost of hostile content is bounded.
 */
export class Patterns {
  readonly #compiled: readonly Compiled[] = [
    ...SECRET_PATTERNS.map((secret) => ({
      re: compile(secret.pattern),
      barred: secret.begins === undefined ? nowhere : isWord,
      secret,
      signal: (side: Side) => `secret.${secret.type}.${side}`,
    })),
    ...CONTENT_PATTERNS.map(({ id, pattern, begins }) => ({
      re: compile(pattern),
      barred: begins === undefined ? nowhere : midPath,
      secret: undefined,
      signal: () => id,
    })),
  ]
  readonly #scanner = new LiteralScanner([
    ...SECRET_PATTERNS,
    ...CONTENT_PATTERNS,
    { literals: REDACTION_MARKERS },
  ])
  readonly #tries = new Uint8Array(MARKER)
  /** Of the last match: where its masked part begins and ends. */
  #maskFrom = 0
  #maskTo = 0

  /** One pass over `bytes[start .. end)`: bits of everything that might be there. */
  scan(bytes: Uint8Array, start: number, end: number): number {
    return this.#scanner.scan(bytes, start, end)
  }

  /** Copies a JSON string in which nothing is met; see {@link LiteralScanner.copyString}. */
  copyString(from: Uint8Array, start: number, end: number, into: Uint8Array, at: number): number {
    return this.#scanner.copyString(from, start, end, into, at)
  }

  /** Escapes in the string copied last. */
  get escapes(): number {
    return this.#scanner.escapes
  }

  /** Adds the signals of the text scanned last. False when there was more to look at than the bounds allow. */
  judge(
    bytes: Buffer,
    start: number,
    end: number,
    side: Side,
    add: (signal: string) => void,
  ): boolean {
    const scanner = this.#scanner
    let open = side === 'args' ? ARGS_BITS : RESULT_BITS
    let complete = !scanner.overflowed
    this.#tries.fill(0)
    for (let hit = 0; hit < scanner.count && open !== 0; hit++) {
      const group = scanner.groupAt(hit)
      const pattern = this.#compiled[group]
      if (pattern === undefined || (open & (1 << group)) === 0) continue
      const tries = (this.#tries[group] as number) + 1
      this.#tries[group] = tries
      const found =
        this.#matches(pattern, bytes, start, scanner.startAt(hit), end) &&
        (pattern.secret?.signals?.(this.#masked(bytes)) ?? true)
      if (found) add(pattern.signal(side))
      else if (tries < MAX_TRIES) continue
      else complete = false
      open &= ~(1 << group)
    }
    return complete
  }

  /** The text of `bytes[start .. end)`, just scanned, with every secret masked. */
  mask(bytes: Buffer, start: number, end: number): string {
    const scanner = this.#scanner
    let out = ''
    let done = start
    for (;;) {
      for (let hit = 0; hit < scanner.count; hit++) {
        const at = scanner.startAt(hit)
        const pattern = this.#compiled[scanner.groupAt(hit)]
        if (pattern?.secret === undefined || at < done) continue
        if (!this.#matches(pattern, bytes, start, at, end)) continue
        out += `${bytes.toString('utf8', done, this.#maskFrom)}[redacted:${pattern.secret.type}]`
        done = this.#maskTo
      }
      if (!scanner.overflowed) return out + bytes.toString('utf8', done, end)
      // More hits than are kept: the rest is scanned again from the last one on.
      const resume = Math.max(done, scanner.startAt(MAX_HITS - 1) + 1)
      out += bytes.toString('utf8', done, resume)
      done = resume
      scanner.scan(bytes, resume, end)
    }
  }

  #masked(bytes: Buffer): string {
    return bytes.toString('latin1', this.#maskFrom, Math.min(this.#maskTo, this.#maskFrom + REACH))
  }

  /** Tries a pattern at a literal; on success the masked part is known. */
  #matches(pattern: Compiled, bytes: Buffer, start: number, at: number, end: number): boolean {
    if (at > start && pattern.barred(bytes[at - 1] as number)) return false
    if (pattern.re === undefined) return true
    for (let reach = REACH; ; reach *= 2) {
      const stop = Math.min(end, at + reach)
      // Latin-1, so that offsets in the text are offsets in the bytes; all patterns are ASCII.
      const matcher = pattern.re.matcher(bytes.toString('latin1', at, stop))
      if (!matcher.lookingAt()) return false
      this.#maskTo = at + matcher.end()
      this.#maskFrom = at + (matcher.groupCount() === 0 ? 0 : Math.max(0, matcher.end(1)))
      if (this.#maskTo === stop && stop < end && reach < MAX_REACH) continue
      return pattern.secret?.masks?.(this.#masked(bytes)) ?? true
    }
  }
}
