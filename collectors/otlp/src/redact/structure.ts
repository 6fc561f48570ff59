/** Deepest nesting of content that is looked into. */
export const MAX_DEPTH = 64

const MIN_ENCODED = 512
const ENCODED = /^[A-Za-z0-9+/_=-]+$/
const ENCODES = Uint8Array.from({ length: 256 }, (_, byte) =>
  ENCODED.test(String.fromCharCode(byte)) ? 1 : 0,
)

/** True where the beginning of a long string can only be base64 or hexadecimal. */
function isEncoded(text: string): boolean {
  return text.length >= MIN_ENCODED && ENCODED.test(text.slice(0, MIN_ENCODED))
}

/** The same of a JSON string's bytes between its quotes. */
export function isEncodedAt(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < MIN_ENCODED) return false
  for (let i = start; i < start + MIN_ENCODED; i++)
    if (ENCODES[bytes[i] as number] === 0) return false
  return true
}

/** What one walk over parsed JSON tells; reused from value to value. */
export class Shape {
  /** Not nested deeper than {@link MAX_DEPTH}. */
  shallow = true
  /** Some key, label or flag names a secret, or JSON within a string might. */
  sensitive = false
  /** Some string is a long base64 or hexadecimal blob. */
  encoded = false
  /** Characters of the longest string. */
  longest = 0

  look(value: unknown, isSensitive: (key: string) => boolean): void {
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
      if (value.startsWith('{') || value.startsWith('[')) this.sensitive = true
      return
    }
    if (value === null || typeof value !== 'object') return
    if (depth >= MAX_DEPTH) {
      this.shallow = false
      return
    }
    if (Array.isArray(value)) this.#list(value, depth, isSensitive)
    else this.#members(value as Readonly<Record<string, unknown>>, depth, isSensitive)
  }

  #list(values: readonly unknown[], depth: number, isSensitive: (key: string) => boolean): void {
    for (const value of values) {
      if (typeof value === 'string' && value.startsWith('-') && isSensitive(value))
        this.sensitive = true
      this.#walk(value, depth + 1, isSensitive)
    }
  }

  #members(
    object: Readonly<Record<string, unknown>>,
    depth: number,
    isSensitive: (key: string) => boolean,
  ): void {
    for (const key of Object.keys(object)) {
      const member = object[key]
      if (!this.sensitive && (isSensitive(key) || isLabel(key, member, isSensitive)))
        this.sensitive = true
      this.#walk(member, depth + 1, isSensitive)
    }
  }
}

/** True for the `name` of a pair whose `value` is a secret. */
function isLabel(key: string, member: unknown, isSensitive: (key: string) => boolean): boolean {
  return (key === 'name' || key === 'key') && typeof member === 'string' && isSensitive(member)
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
