import type { Buffer } from 'node:buffer'
import { RE2JS } from 're2js'
import { CONTENT_PATTERNS, REDACTION_MARKERS } from './content-patterns.ts'
import { LiteralScanner } from './literals.ts'
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

/** A window around a literal that holds any match of interest: its lead-in and enough of what follows. */
const BEFORE = 96
const AFTER = 320
const OVERLAP = 160
const MAX_WINDOWS = 48
const MAX_MATCHES = 16

/**
 * The pattern tables, compiled: one literal pass over the bytes says which expressions are worth running, and those
 * run on bounded windows only, so that the cost of hostile content is bounded.
 */
export class Patterns {
  readonly #scanner = new LiteralScanner([
    ...SECRET_PATTERNS,
    ...CONTENT_PATTERNS,
    { literals: REDACTION_MARKERS },
  ])
  readonly #secrets = SECRET_PATTERNS.map((spec) => ({ spec, re: RE2JS.compile(spec.pattern) }))
  readonly #content = CONTENT_PATTERNS.map(({ id, pattern }) => ({
    id,
    re: pattern === undefined ? undefined : RE2JS.compile(pattern),
  }))
  readonly #testedTo = new Float64Array(MARKER)
  readonly #windows = new Uint8Array(MARKER)

  /** One pass over `bytes[start .. end)`: bits of everything that might be there. */
  scan(bytes: Uint8Array, start: number, end: number): number {
    return this.#scanner.scan(bytes, start, end)
  }

  /**
   * Adds the signals of the text scanned last. Gives false when there was more to look at than the bounds allow.
   */
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
    this.#testedTo.fill(start)
    this.#windows.fill(0)
    for (let hit = 0; hit < scanner.count && open !== 0; hit++) {
      const at = scanner.endAt(hit)
      for (let bits = scanner.groupsAt(hit) & open; bits !== 0; bits &= bits - 1) {
        const group = 31 - Math.clz32(bits & -bits)
        if (at <= (this.#testedTo[group] as number)) continue
        const to = Math.min(end, at + AFTER)
        this.#testedTo[group] = to === end ? end : to - OVERLAP
        this.#windows[group] = (this.#windows[group] as number) + 1
        const signal = this.#signalOf(
          group,
          side,
          bytes.toString('latin1', Math.max(start, at - BEFORE), to),
        )
        if (signal !== '') add(signal)
        else if ((this.#windows[group] as number) >= MAX_WINDOWS) complete = false
        else continue
        open &= ~(1 << group)
      }
    }
    return complete
  }

  #signalOf(group: number, side: Side, window: string): string {
    const secret = this.#secrets[group]
    if (secret !== undefined)
      return this.#holdsSecret(secret, window) ? `secret.${secret.spec.type}.${side}` : ''
    const content = this.#content[group - SECRETS]
    if (content === undefined) return ''
    return content.re === undefined || content.re.test(window) ? content.id : ''
  }

  #holdsSecret({ spec, re }: { spec: SecretPattern; re: RE2JS }, window: string): boolean {
    if (spec.requires !== undefined && !window.includes(spec.requires)) return false
    const matcher = re.matcher(window)
    for (let i = 0; i < MAX_MATCHES && matcher.find(); i++) {
      const secret = maskedPart(matcher)
      if ((spec.masks?.(secret) ?? true) && (spec.signals?.(secret) ?? true)) return true
    }
    return false
  }

  /** Masks every secret in a short text; `bits` are what {@link scan} gave for it. */
  mask(text: string, bits: number): string {
    let masked = text
    for (let group = 0; group < SECRETS; group++) {
      if ((bits & (1 << group)) === 0) continue
      const secret = this.#secrets[group]
      if (secret !== undefined) masked = maskAll(masked, secret.spec, secret.re)
    }
    return masked
  }
}

type Matcher = ReturnType<RE2JS['matcher']>

/** What of the current match stays readable: its one group, if the expression has one. */
function keptPart(matcher: Matcher): string {
  return matcher.groupCount() === 0 ? '' : (matcher.group(1) ?? '')
}

function maskedPart(matcher: Matcher): string {
  return (matcher.group() ?? '').slice(keptPart(matcher).length)
}

function maskAll(text: string, spec: SecretPattern, re: RE2JS): string {
  if (spec.requires !== undefined && !text.includes(spec.requires)) return text
  const matcher = re.matcher(text)
  let out = ''
  let done = 0
  while (matcher.find()) {
    const kept = keptPart(matcher)
    const secret = (matcher.group() ?? '').slice(kept.length)
    if (secret === '' || !(spec.masks?.(secret) ?? true)) continue
    out += `${text.slice(done, matcher.start())}${kept}[redacted:${spec.type}]`
    done = matcher.end()
  }
  return done === 0 ? text : out + text.slice(done)
}
