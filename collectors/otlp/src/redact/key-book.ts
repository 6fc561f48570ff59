import type { Buffer } from 'node:buffer'
import type { Patterns } from './patterns.ts'
import type { Scrubber } from './scrub.ts'
import type { SensitiveKeys } from './sensitive-keys.ts'

const SLOTS = 2048
/** Longest key that is kept. */
export const MAX_BOOKED = 64

/** What is known of a key that is printable ASCII. */
export interface KeyFacts {
  /** Where it stands in the book; not its own alone. */
  readonly slot: number
  readonly bytes: Uint8Array
  readonly name: string
  /** It names a secret. */
  readonly sensitive: boolean
  /** The literal pass meets something in it. */
  readonly met: boolean
  /** It is shown as it is. */
  readonly shown: boolean
  /** `name` or `key`: its value may name a secret. */
  readonly label: boolean
}

/** Keys of content by their bytes, judged once. Direct-mapped and so bounded: a newcomer takes the place of another. */
export class KeyBook {
  readonly #slots: (KeyFacts | undefined)[] = new Array(SLOTS)
  readonly #patterns: Patterns
  readonly #scrubber: Scrubber
  readonly #sensitive: SensitiveKeys

  constructor(patterns: Patterns, scrubber: Scrubber, sensitive: SensitiveKeys) {
    this.#patterns = patterns
    this.#scrubber = scrubber
    this.#sensitive = sensitive
  }

  /** Facts of the key in `bytes[start .. end)`: printable ASCII, not longer than {@link MAX_BOOKED}. */
  of(bytes: Buffer, start: number, end: number): KeyFacts {
    let hash = end - start
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x9e3779b1)
    const slot = (hash >>> 16) & (SLOTS - 1)
    const known = this.#slots[slot]
    if (known !== undefined && same(known.bytes, bytes, start, end)) return known
    const name = bytes.toString('latin1', start, end)
    const facts: KeyFacts = {
      slot,
      bytes: new Uint8Array(bytes.subarray(start, end)),
      name,
      sensitive: this.#sensitive.has(name),
      met: this.#patterns.scan(bytes, start - 1, end) !== 0,
      shown: this.#scrubber.name(name) === name,
      label: name === 'name' || name === 'key',
    }
    this.#slots[slot] = facts
    return facts
  }
}

function same(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false
  return true
}
