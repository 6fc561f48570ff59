/** C0 and C1 controls, line and paragraph separators, and the marks that turn the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g
/** Half of a surrogate pair; UTF-8 has no bytes for it. */
const LONE_SURROGATE = /\p{Surrogate}/gu
const MAX_DEPTH = 6
const MAX_ITEMS = 50

/** Foreign text on one line: controls become spaces, and what goes beyond `max` UTF-16 units is cut with `…`. */
export function plainText(text: string, max: number): string {
  // Cut first: a very long text must not be searched to its end.
  const clean = text
    .slice(0, max * 2)
    .replace(CONTROLS, ' ')
    .trim()
  if (clean.length <= max) return clean.replace(LONE_SURROGATE, '\ufffd')
  return `${clean.slice(0, max - 1).replace(LONE_SURROGATE, '\ufffd')}…`
}

/** A foreign JSON value with its texts made plain, its lists and depth bounded. */
export function plainValue(value: unknown, max: number, depth = 0): unknown {
  if (typeof value === 'string') return plainText(value, max)
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  if (typeof value !== 'object') return undefined
  if (depth >= MAX_DEPTH) return '…'
  if (Array.isArray(value))
    return value.slice(0, MAX_ITEMS).map((item) => plainValue(item, max, depth + 1))
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MAX_ITEMS)
      .map(([key, item]) => [plainText(key, 100), plainValue(item, max, depth + 1)]),
  )
}
