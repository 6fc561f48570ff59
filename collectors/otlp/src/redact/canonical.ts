/** Strings that stand in JSON as they are: no quote, backslash, control character or surrogate. */
const NEEDS_ESCAPE = /[^ !#-[\]-\ud7ff\ue000-\uffff]/

/** A string as JSON. Long ones without escapes, which most are, cost a look instead of a copy by character. */
export function quoted(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`
}

/**
 * Parsed JSON as RFC 8785 text, like `canonicalJson` of the MCP room but for every span instead of every manifest: it
 * takes a third of the time. The value must be plain JSON and not nested deeper than the caller allows.
 */
export function canonicalText(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) {
    let out = '['
    for (let i = 0; i < value.length; i++)
      out += i === 0 ? canonicalText(value[i]) : `,${canonicalText(value[i])}`
    return `${out}]`
  }
  const object = value as Readonly<Record<string, unknown>>
  const keys = sortedKeys(object)
  let out = '{'
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string
    out += `${i === 0 ? '' : ','}${quoted(key)}:${canonicalText(object[key])}`
  }
  return `${out}}`
}

/** Own keys by UTF-16 code units. */
function sortedKeys(object: object): readonly string[] {
  const keys = Object.keys(object)
  for (let i = 1; i < keys.length; i++)
    if ((keys[i] as string) < (keys[i - 1] as string)) return keys.sort()
  return keys
}
