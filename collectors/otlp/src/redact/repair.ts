import { MAX_DEPTH } from './structure.ts'

const QUOTE = 34
const BACKSLASH = 92

/** Where a walk over JSON text stands: what is open, and the last place where the text could be closed. */
class Place {
  inString = false
  tooDeep = false
  /** Text before this offset is whole once `safeClosers` follow it. */
  safeEnd = 0
  safeClosers = ''
  #closers = ''
  #afterColon = false

  /** Characters that close everything open, innermost first. */
  get closers(): string {
    return this.#closers
  }

  /** True within a string that is a value, not the name of one. */
  get inValue(): boolean {
    return this.inString && (this.#afterColon || this.#closers.startsWith(']'))
  }

  /** Takes in a character outside strings. */
  meet(char: string, at: number): void {
    if (char === ':') this.#afterColon = true
    else if (char === ',') {
      this.#afterColon = false
      this.#safe(at)
    } else if (char === '{' || char === '[') {
      this.#closers = (char === '{' ? '}' : ']') + this.#closers
      this.tooDeep ||= this.#closers.length > MAX_DEPTH
      this.#afterColon = false
      this.#safe(at + 1)
    } else if (char === '}' || char === ']') {
      this.#closers = this.#closers.slice(1)
      this.#safe(at + 1)
    }
  }

  #safe(end: number): void {
    this.safeEnd = end
    this.safeClosers = this.#closers
  }
}

/**
 * The part of JSON text that a cut left whole: an open string that is a value loses its last word, which may be half a
 * path or half a secret, and is closed; a pair that lost its value is dropped. Undefined where nothing is left.
 */
export function repairTruncated(text: string): object | undefined {
  const place = new Place()
  for (let i = 0; i < text.length && !place.tooDeep; i++) {
    const code = text.charCodeAt(i)
    if (place.inString && code === BACKSLASH) i += 1
    else if (code === QUOTE) place.inString = !place.inString
    else if (!place.inString) place.meet(text[i] as string, i)
  }
  if (place.tooDeep) return undefined
  const closed = place.inValue ? `${withoutLastWord(withoutHalfEscape(text))}"${place.closers}` : ''
  return parse(closed) ?? parse(text.slice(0, place.safeEnd) + place.safeClosers)
}

/** The text without an escape sequence that the cut went through. */
function withoutHalfEscape(text: string): string {
  const last = text.lastIndexOf('\\')
  if (last < 0 || last < text.length - 5) return text
  let first = last
  while (text[first - 1] === '\\') first -= 1
  const escaped = (last - first) % 2 === 1
  if (escaped) return text
  const sequence = text.slice(last + 1)
  const whole = sequence.startsWith('u') ? sequence.length >= 5 : sequence !== ''
  return whole ? text : text.slice(0, last)
}

/** Text up to the last space or quote: what follows was cut somewhere. */
export function withoutLastWord(text: string): string {
  let end = text.length
  while (end > 0 && !' \t\r\n"'.includes(text[end - 1] as string)) end -= 1
  return text.slice(0, end)
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
