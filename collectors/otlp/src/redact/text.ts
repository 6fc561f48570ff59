const MAX_LOOP = 256

/** The first `max` characters, never half a surrogate pair, with `…` where something was cut. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text
  const last = text.charCodeAt(max - 2)
  const end = last >= 0xd800 && last <= 0xdbff ? max - 2 : max - 1
  return `${text.slice(0, end)}…`
}

/** Control, direction and invisible characters: they forge log lines and names. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** The text with each character that cannot be seen replaced by a space. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, ' ')
}

/** Text that holds no secret, printable and at most `max` characters. */
export function shown(text: string, max: number): string {
  return cut(printable(text.slice(0, max + 2)), max)
}

/** Copies bytes one by one: for a few of them that is faster than a call that leaves JavaScript. */
export function copyBytes(
  from: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
  at: number,
): void {
  if (end - start > MAX_LOOP) into.set(from.subarray(start, end), at)
  else for (let i = start, to = at; i < end; i++, to++) into[to] = from[i] as number
}

/** True for bytes that are ASCII. */
export function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if ((bytes[i] as number) > 127) return false
  return true
}

const DIGITS = '0123456789abcdef'

/** Lower-case hex of bytes, as ASCII. */
export function writeHex(bytes: Uint8Array, out: Uint8Array): void {
  let at = 0
  for (const byte of bytes) {
    out[at++] = DIGITS.charCodeAt(byte >> 4)
    out[at++] = DIGITS.charCodeAt(byte & 15)
  }
}
