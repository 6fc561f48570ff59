import type { JsonPass } from './json-pass.ts'
import type { KeyFacts } from './key-book.ts'
import type { Scrubber } from './scrub.ts'
import { cut } from './text.ts'

const MAX_KEYS = 48
const MAX_KEY_CHARS = 64
const MAX_LISTS = 4096
const MAX_LIST_CHARS = 1024
const SLOTS = 1024

interface Known {
  readonly keys: readonly KeyFacts[]
  readonly list: string
}

/** The names at the top of arguments as one text, sorted, comma separated and bounded. Keeps a bounded number of lists. */
export class KeyLists {
  readonly #scrubber: Scrubber
  readonly #byNames = new Map<string, string>()
  /** Direct-mapped by the keys; a newcomer takes the place of the one in its slot. */
  readonly #byKeys: (Known | undefined)[] = new Array(SLOTS)

  constructor(scrubber: Scrubber) {
    this.#scrubber = scrubber
  }

  /** The list of a parsed value; none of an array. */
  ofValue(value: object): string {
    return Array.isArray(value) ? '' : this.#ofNames(Object.keys(value).sort())
  }

  /** The list of content that was read as bytes. */
  of(pass: JsonPass): string {
    const { count } = pass
    if (count === 0) return ''
    let slot = count
    for (let i = 0; i < count; i++) slot = Math.imul(slot, 31) + pass.keyAt(i).slot
    slot &= SLOTS - 1
    const known = this.#byKeys[slot]
    if (known !== undefined && same(known.keys, pass)) return known.list
    const keys = Array.from({ length: count }, (_, i) => pass.keyAt(i))
    const list = this.#ofNames(keys.map(({ name }) => name))
    if (count <= MAX_KEYS) this.#byKeys[slot] = { keys, list }
    return list
  }

  #ofNames(names: readonly string[]): string {
    const raw = names.join('\0')
    const known = this.#byNames.get(raw)
    if (known !== undefined) return known
    const shown = names
      .slice(0, MAX_KEYS)
      .map((name) => cut(this.#scrubber.name(name).replaceAll(',', '_'), MAX_KEY_CHARS))
    if (shown.length < names.length) shown.push('…')
    const list = shown.join(',')
    if (this.#byNames.size >= MAX_LISTS) this.#byNames.clear()
    if (raw.length <= MAX_LIST_CHARS) this.#byNames.set(raw, list)
    return list
  }
}

function same(keys: readonly KeyFacts[], pass: JsonPass): boolean {
  if (keys.length !== pass.count) return false
  for (let i = 0; i < keys.length; i++) if (keys[i] !== pass.keyAt(i)) return false
  return true
}
