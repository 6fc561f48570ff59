/** Most characters of a text that go into a change. */
const MAX_SHOWN = 2000

/**
 * Emoji sequences, whose joiners and selectors are honest; else a character that does not show: default-ignorable
 * (zero-width, fillers, selectors), format (bidirectional controls, tags), line separators, and controls.
 */
const INVISIBLE =
  /(?:[\p{Extended_Pictographic}\d#*]\ufe0f?\u20e3?(?:\p{Emoji_Modifier}|\u200d\p{Extended_Pictographic}\ufe0f?)*)|([\p{Default_Ignorable_Code_Point}\p{Cf}\u2028\u2029]|(?![\t\n\r])\p{Cc})/gu

/** Number of characters in a text that do not show. */
export function countInvisible(text: string): number {
  let count = 0
  for (const [, hidden] of text.matchAll(INVISIBLE)) if (hidden !== undefined) count++
  return count
}

/** The text with what does not show written as `[U+200B]`, at most 2,000 characters. */
export function visible(text: string): string {
  // Cut first, with room: marks are longer than what they stand for.
  const shown = text.slice(0, MAX_SHOWN + 1).replace(INVISIBLE, (whole, hidden?: string) => {
    if (hidden === undefined) return whole
    return `[U+${(hidden.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`
  })
  return shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown
}

/** True when two texts differ in white space at most. */
export function sameText(a: string, b: string): boolean {
  return a === b || spaced(a) === spaced(b)
}

function spaced(text: string): string {
  // Not \s: it would swallow a byte order mark, which is a way to hide.
  return text.replace(/[ \t\r\n]+/g, ' ').trim()
}

/** A value as text: strings as they are, the rest as JSON. */
export function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
