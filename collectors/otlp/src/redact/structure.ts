/** Deepest nesting of content that is looked into. */
export const MAX_DEPTH = 64

const MIN_ENCODED = 512
const ENCODED = /^[A-Za-z0-9+/_=-]+$/

/** True where the beginning of a long string can only be base64 or hexadecimal. */
function isEncoded(text: string): boolean {
  return text.length >= MIN_ENCODED && ENCODED.test(text.slice(0, MIN_ENCODED))
}

/** What one walk over parsed JSON tells; reused from value to value. */
export class Shape {
  /** Every object's keys came in the order of RFC 8785 (UTF-16 code units). */
  sorted = true
  /** Not nested deeper than {@link MAX_DEPTH}. */
  shallow = true
  /** Some key names a secret. */
  sensitive = false
  /** Some string is a long base64 or hexadecimal blob. */
  encoded = false
  /** Characters of the longest string. */
  longest = 0

  look(value: unknown, isSensitive: (key: string) => boolean): void {
    this.sorted = true
    this.shallow = true
    this.sensitive = false
    this.encoded = false
    this.longest = 0
    this.#walk(value, 0, isSensitive)
  }

  #walk(value: unknown, depth: number, isSensitive: (key: string) => boolean): void {
    if (typeof value === 'string') {
      if (value.length > this.longest) this.longest = value.length
      if (!this.encoded && isEncoded(value)) this.encoded = true
      return
    }
    if (value === null || typeof value !== 'object') return
    if (depth >= MAX_DEPTH) {
      this.shallow = false
      return
    }
    if (Array.isArray(value)) {
      for (const item of value) this.#walk(item, depth + 1, isSensitive)
      return
    }
    let before = ''
    for (const key of Object.keys(value)) {
      if (key < before) this.sorted = false
      before = key
      if (!this.sensitive && isSensitive(key)) this.sensitive = true
      this.#walk((value as Readonly<Record<string, unknown>>)[key], depth + 1, isSensitive)
    }
  }
}

/** The value of a JSON object or array, undefined for any other text. */
export function parseStructured(text: string): object | undefined {
  const first = firstCharacter(text)
  if (first !== '{' && first !== '[') return undefined
  try {
    return JSON.parse(text) as object
  } catch {
    return undefined
  }
}

/** The first character that is not JSON white space. */
export function firstCharacter(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return text[i] as string
  }
  return ''
}
