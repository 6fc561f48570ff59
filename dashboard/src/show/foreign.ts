/** A piece of foreign text: as it is, or one character that a reader would not see. */
export interface Piece {
  readonly text: string
  readonly hidden?: string
}

/**
 * Characters that hide, reorder or imitate: controls, zero-width, bidirectional, variation selectors, tags, soft hyphen,
 * odd spaces. A line feed and a tab are plain.
 */
const HIDDEN =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: the combining ones are looked for one by one
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu

/** Splits text that others wrote, so that characters one cannot see can be shown by their code point. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let from = 0
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index) })
    found.push({ text: match[0], hidden: codePoint(match[0]) })
    from = match.index + match[0].length
  }
  if (from < text.length || found.length === 0) found.push({ text: text.slice(from) })
  return found
}

/** How many characters of the text a reader would not see. */
export function hiddenCount(text: string): number {
  return text.match(HIDDEN)?.length ?? 0
}

/** Text with its hidden characters written out, for titles and names of controls. */
export function legible(text: string): string {
  return text.replace(HIDDEN, (char) => `[${codePoint(char)}]`)
}

/** An id or path cut in the middle: `a1b2…9f`. */
export function middle(text: string, length = 18): string {
  if (text.length <= length) return text
  const head = Math.ceil((length - 1) * 0.6)
  return `${text.slice(0, head)}…${text.slice(text.length - (length - 1 - head))}`
}

function codePoint(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
