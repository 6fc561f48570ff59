import { quoted } from './canonical.ts'
import type { Scrubber } from './scrub.ts'
import type { SensitiveKeys } from './sensitive-keys.ts'
import { MAX_DEPTH, parseStructured } from './structure.ts'
import { cut, shown } from './text.ts'

/** Longest string shown within a preview, in characters. */
export const MAX_STRING = 120

const HIDDEN = '"[redacted]"'
const MAX_NESTED = 64 * 1024
const NESTED_LEVELS = 2

/**
 * Writes the redacted preview of parsed JSON: values under sensitive names masked, secrets in strings masked, also in
 * JSON that travels as a string; strings and the whole are bounded. What was cut ends in `…`.
 */
export class PreviewWriter {
  readonly #scrubber: Scrubber
  readonly #keys: SensitiveKeys
  readonly #max: number
  #clean = false

  constructor(scrubber: Scrubber, keys: SensitiveKeys, max: number) {
    this.#scrubber = scrubber
    this.#keys = keys
    this.#max = max
  }

  /** `clean`: the literal pass found no trace of a secret in the text of the value. */
  write(value: unknown, clean: boolean): string {
    const parts = new Parts(this.#max)
    this.#clean = clean
    this.#value(parts, value, 0, 0)
    return cut(parts.text, this.#max)
  }

  #value(parts: Parts, value: unknown, depth: number, nested: number): void {
    if (parts.full) return
    if (typeof value === 'string') parts.add(this.#string(value, nested))
    else if (value === null || typeof value !== 'object') parts.add(JSON.stringify(value))
    else if (depth >= MAX_DEPTH) parts.add('"…"')
    else if (Array.isArray(value)) this.#array(parts, value, depth, nested)
    else this.#object(parts, value as Readonly<Record<string, unknown>>, depth, nested)
  }

  #array(parts: Parts, values: readonly unknown[], depth: number, nested: number): void {
    parts.add('[')
    let hideNext = false
    for (let i = 0; i < values.length && !parts.full; i++) {
      if (i > 0) parts.add(',')
      const value = values[i]
      if (hideNext) parts.add(HIDDEN)
      else this.#value(parts, value, depth + 1, nested)
      // `--token VALUE` as two arguments of a command.
      hideNext = typeof value === 'string' && value.startsWith('-') && this.#keys.has(value)
    }
    parts.add(']')
  }

  #object(
    parts: Parts,
    object: Readonly<Record<string, unknown>>,
    depth: number,
    nested: number,
  ): void {
    // `{"name": "DB_PASSWORD", "value": …}`, as environments and headers are listed.
    const label = object.name ?? object.key
    const hideValue = typeof label === 'string' && this.#keys.has(label)
    parts.add('{')
    let first = true
    for (const key of Object.keys(object).sort()) {
      if (parts.full) break
      parts.add(`${first ? '' : ','}${quoted(this.#scrubber.name(key))}:`)
      first = false
      const value = object[key]
      const hide = (hideValue && key === 'value') || this.#keys.has(key)
      if (hide && value !== null && typeof value !== 'boolean') parts.add(HIDDEN)
      else this.#value(parts, value, depth + 1, nested)
    }
    parts.add('}')
  }

  #string(text: string, nested: number): string {
    const inner =
      nested < NESTED_LEVELS && text.length <= MAX_NESTED ? parseStructured(text) : undefined
    if (inner === undefined) return quoted(this.#plain(text, MAX_STRING))
    const parts = new Parts(MAX_STRING)
    this.#value(parts, inner, 0, nested + 1)
    return quoted(this.#plain(parts.text, MAX_STRING))
  }

  #plain(text: string, max: number): string {
    return this.#clean ? shown(text, max) : this.#scrubber.text(text, max)
  }
}

/** Text that grows up to a bound, or one piece beyond it. */
class Parts {
  text = ''
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  get full(): boolean {
    return this.text.length > this.#max
  }

  add(part: string): void {
    if (!this.full) this.text += part
  }
}
