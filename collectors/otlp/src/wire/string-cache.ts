const SLOTS = 4096
const LONGEST = 64

/**
 * Strings of short byte ranges, kept in a direct-mapped table so that names that come again are not decoded again.
 * Bounded: 4096 strings of at most 64 bytes; a newcomer takes the place of the one in its slot.
 */
export class StringCache {
  readonly #strings: (string | undefined)[] = new Array(SLOTS)
  readonly #keys: Uint8Array[] = new Array(SLOTS)

  /** The UTF-8 string in `bytes[start .. end)`; ill-formed sequences become U+FFFD. */
  get(bytes: Buffer, start: number, end: number): string {
    const length = end - start
    if (length === 0) return ''
    if (length > LONGEST) return bytes.toString('utf8', start, end)
    let hash = length
    let i = start
    for (; i + 4 <= end; i += 4) {
      const word =
        (bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24)
      hash = Math.imul(hash ^ word, 0x9e3779b1)
      hash ^= hash >>> 15
    }
    for (; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x85ebca6b)
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
    const known = this.#strings[slot]
    if (known !== undefined && same(this.#keys[slot] as Uint8Array, bytes, start, length))
      return known
    const text = bytes.toString('utf8', start, end)
    this.#strings[slot] = text
    this.#keys[slot] = new Uint8Array(bytes.subarray(start, end))
    return text
  }
}

function same(key: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (key.length !== length) return false
  for (let i = 0; i < length; i++) if (key[i] !== bytes[start + i]) return false
  return true
}
