const encoder = new TextEncoder()
const decoder = new TextDecoder()
/** Node makes strings of a few bytes several times faster than a decoder does; there is none in a browser. */
const nodeBuffer = globalThis.Buffer as typeof globalThis.Buffer | undefined

const FIRST_SLOTS = 64
const FIRST_BYTES = 1024

const emptyArena = (size: number): Uint8Array =>
  nodeBuffer === undefined ? new Uint8Array(size) : nodeBuffer.alloc(size)

/** Four bytes at a time: most values are short names, and the hash is worked out for every one of every row. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start
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
  return hash ^ (hash >>> 13)
}

/**
 * Strings to codes, by string or straight from bytes: a value is decoded only when it is first seen. The dictionary
 * lives as long as its batch, so its size is bounded by the batch.
 */
export class Dictionary {
  readonly values: string[] = ['']
  /** Codes of what came as a string. */
  readonly #codes = new Map<string, number>([['', 0]])
  #lastText = ''
  #lastCode = 0
  /** Open addressing by the hash of the bytes; 0, the code of no bytes, is a free slot. */
  #slots = new Int32Array(FIRST_SLOTS)
  #used = 0
  /** UTF-8 of all values back to back; that of code `c` is `[ends[c-1] .. ends[c])`. */
  #arena = emptyArena(FIRST_BYTES)
  #ends = new Uint32Array(FIRST_SLOTS)
  #hashes = new Int32Array(FIRST_SLOTS)
  #asBytes = new Uint8Array(FIRST_SLOTS)

  /** Code of a string. */
  code(value: string): number {
    if (value === this.#lastText) return this.#lastCode
    const code = this.#codes.get(value) ?? this.#learnText(value)
    this.#lastText = value
    this.#lastCode = code
    return code
  }

  /** Code of the UTF-8 string in `bytes[start .. end)`. */
  codeOfBytes(bytes: Uint8Array, start: number, end: number): number {
    if (end <= start) return 0
    const hash = hashOf(bytes, start, end)
    const code = this.#find(bytes, start, end, hash)
    if (code === 0) return this.#learn(bytes, start, end, hash)
    this.#asBytes[code] = 1
    return code
  }

  /**
   * Code of bytes that were given to {@link codeOfBytes} before, -1 of any others: whoever looks at bytes before they
   * enter need not look again.
   */
  knownCodeOf(bytes: Uint8Array, start: number, end: number): number {
    if (end <= start) return -1
    const code = this.#find(bytes, start, end, hashOf(bytes, start, end))
    return code > 0 && this.#asBytes[code] === 1 ? code : -1
  }

  /** Code of these bytes, 0 where they have none. */
  #find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const code = slots[slot] as number
      if (code === 0) return 0
      if (this.#hashes[code] === hash && this.#equal(code, bytes, start, end)) return code
    }
  }

  #equal(code: number, bytes: Uint8Array, start: number, end: number): boolean {
    const arena = this.#arena
    let at = this.#ends[code - 1] as number
    if ((this.#ends[code] as number) - at !== end - start) return false
    for (let i = start; i < end; i++) if (arena[at++] !== bytes[i]) return false
    return true
  }

  #learnText(value: string): number {
    const bytes = encoder.encode(value)
    // What has no UTF-8 of its own, a lone surrogate, is known by its string only.
    const wellFormed = bytes.length === value.length || decoder.decode(bytes) === value
    const hash = hashOf(bytes, 0, bytes.length)
    const known = wellFormed ? this.#find(bytes, 0, bytes.length, hash) : 0
    const code = known || this.#append(value, bytes, 0, wellFormed ? bytes.length : 0, hash)
    this.#codes.set(value, code)
    return code
  }

  #learn(bytes: Uint8Array, start: number, end: number, hash: number): number {
    for (let i = start; i < end; i++)
      if ((bytes[i] as number) > 127) return this.#learnWide(bytes, start, end, hash)
    return this.#appendBytes('', bytes, start, end, hash)
  }

  #learnWide(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const text = decoder.decode(bytes.subarray(start, end))
    const proper = encoder.encode(text)
    const same =
      proper.length === end - start && proper.every((byte, i) => byte === bytes[start + i])
    // Ill-formed UTF-8 stands for the text that it decodes to, and is not remembered itself.
    return same ? this.#appendBytes(text, bytes, start, end, hash) : this.code(text)
  }

  #appendBytes(text: string, bytes: Uint8Array, start: number, end: number, hash: number): number {
    const code = this.#append(text, bytes, start, end, hash)
    this.#asBytes[code] = 1
    return code
  }

  /** A new value; an empty text is that of the bytes, which are ASCII. */
  #append(text: string, bytes: Uint8Array, start: number, end: number, hash: number): number {
    const code = this.values.length
    if (code >= this.#ends.length) this.#grow()
    let at = this.#ends[code - 1] as number
    const from = at
    const need = at + end - start
    if (need > this.#arena.length) this.#widen(need)
    const arena = this.#arena
    for (let i = start; i < end; i++) arena[at++] = bytes[i] as number
    this.#ends[code] = at
    this.#hashes[code] = hash
    this.values.push(text === '' ? this.#ascii(from, at) : text)
    if (at > from) this.#place(code)
    return code
  }

  #ascii(from: number, to: number): string {
    return nodeBuffer === undefined
      ? decoder.decode(this.#arena.subarray(from, to))
      : (this.#arena as Buffer).toString('latin1', from, to)
  }

  #place(code: number): void {
    this.#used += 1
    if (this.#used * 2 > this.#slots.length) {
      this.#slots = new Int32Array(this.#slots.length * 4)
      for (let old = 1; old < code; old++)
        if (this.#ends[old] !== this.#ends[old - 1]) this.#settle(old)
    }
    this.#settle(code)
  }

  #settle(code: number): void {
    const mask = this.#slots.length - 1
    let slot = (this.#hashes[code] as number) & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = code
  }

  #grow(): void {
    const size = this.#ends.length * 4
    const ends = new Uint32Array(size)
    ends.set(this.#ends)
    this.#ends = ends
    const hashes = new Int32Array(size)
    hashes.set(this.#hashes)
    this.#hashes = hashes
    const asBytes = new Uint8Array(size)
    asBytes.set(this.#asBytes)
    this.#asBytes = asBytes
  }

  #widen(need: number): void {
    let size = this.#arena.length * 4
    while (size < need) size *= 2
    const arena = emptyArena(size)
    arena.set(this.#arena)
    this.#arena = arena
  }
}
