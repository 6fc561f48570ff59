import { Buffer } from 'node:buffer'
import { type Patterns, SECRET_BITS } from './patterns.ts'
import { cut, printable } from './text.ts'

/** Longest name (tool, server, client, principal, …) that is kept, in characters. */
export const MAX_NAME = 256
/** Longest URI, path or message that is kept, in characters. */
export const MAX_TEXT = 1024
/** How far beyond a cut a secret may reach and still be recognised. */
export const MARGIN = 512

const MAX_KNOWN = 4096
const FIRST_SCRATCH = 16 * 1024

/** Takes secrets and unprintable characters out of text that is not content: names, messages, URIs. */
export class Scrubber {
  readonly #patterns: Patterns
  readonly #names = new Map<string, string>()
  #scratch = Buffer.allocUnsafe(FIRST_SCRATCH)

  constructor(patterns: Patterns) {
    this.#patterns = patterns
  }

  /** True for bytes that need no scrubbing: short printable ASCII without a trace of a secret. */
  isPlain(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start > MAX_NAME) return false
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number
      if (byte < 0x20 || byte > 0x7e) return false
    }
    return (this.#patterns.scan(bytes, start, end) & SECRET_BITS) === 0
  }

  /** Text with every secret masked, printable and at most `max` characters. */
  text(text: string, max = MAX_TEXT): string {
    if (text === '') return ''
    return cut(this.secretsMasked(printable(text.slice(0, max + MARGIN))), max)
  }

  /** Text of any length with its secrets masked and everything else as it was. */
  secretsMasked(text: string): string {
    const need = text.length * 3
    if (need > this.#scratch.length) this.#scratch = Buffer.allocUnsafe(need)
    const end = this.#scratch.write(text)
    const bits = this.#patterns.scan(this.#scratch, 0, end)
    return (bits & SECRET_BITS) === 0 ? text : this.#patterns.mask(this.#scratch, 0, end)
  }

  /** A name that others chose: scrubbed, trimmed, bounded. Remembers a bounded number of names. */
  name(name: string): string {
    const known = this.#names.get(name)
    if (known !== undefined) return known
    const clean = this.text(name, MAX_NAME).trim()
    if (this.#names.size >= MAX_KNOWN) this.#names.clear()
    if (name.length <= MAX_NAME) this.#names.set(name, clean)
    return clean
  }

  /** A URI without user info, fragment and query values, scrubbed and bounded. Any other text is scrubbed as text. */
  uri(uri: string): string {
    return this.text(withoutUriSecrets(uri.slice(0, MAX_TEXT + MARGIN)))
  }
}

/** User info removed, query and fragment values replaced. Works on text, as MCP resource URIs are of any scheme. */
function withoutUriSecrets(uri: string): string {
  const scheme = uri.indexOf('://')
  const tail = uri.search(/[?#]/)
  const end = tail < 0 ? uri.length : tail
  let head = uri.slice(0, end)
  if (scheme > 0 && scheme < end) {
    const slash = head.indexOf('/', scheme + 3)
    const authorityEnd = slash < 0 ? head.length : slash
    const at = head.lastIndexOf('@', authorityEnd)
    if (at > scheme) head = head.slice(0, scheme + 3) + head.slice(at + 1)
  }
  if (tail < 0 || scheme <= 0) return head + uri.slice(end)
  const pairs = uri.slice(end + 1).split(/[&;#]/, 32)
  const names = pairs.map((pair) => {
    const equals = pair.indexOf('=')
    return equals < 0 ? '[redacted]' : `${pair.slice(0, equals)}=[redacted]`
  })
  return `${head}${uri[end]}${names.join('&')}`
}
