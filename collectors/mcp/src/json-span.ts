/** Where a JSON value stands in its text: `[start, end)` in UTF-16 code units. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Deepest nesting that is walked; deeper text counts as malformed. */
export const MAX_DEPTH = 128

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}

function skipSpace(text: string, at: number): number {
  let i = at
  while (isSpace(text.charCodeAt(i))) i++
  return i
}

/** Position after the string that opens at `at`, -1 when it never closes. */
function endOfString(text: string, at: number): number {
  let from = at + 1
  for (;;) {
    const quote = text.indexOf('"', from)
    if (quote < 0) return -1
    let slashes = 0
    for (let i = quote - 1; i > at && text.charCodeAt(i) === BACKSLASH; i--) slashes++
    if (slashes % 2 === 0) return quote + 1
    from = quote + 1
  }
}

/** Position after the object or array that opens at `at`, -1 when it is not balanced. */
function endOfNested(text: string, at: number): number {
  const closers: number[] = []
  for (let i = at; i < text.length; ) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) {
      i = endOfString(text, i)
      if (i < 0) return -1
      continue
    }
    i++
    if (code === OPEN_OBJECT) closers.push(CLOSE_OBJECT)
    else if (code === OPEN_ARRAY) closers.push(CLOSE_ARRAY)
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      if (closers.pop() !== code) return -1
      if (closers.length === 0) return i
    }
    if (closers.length > MAX_DEPTH) return -1
  }
  return -1
}

function endOfValue(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code === QUOTE) return endOfString(text, at)
  if (code === OPEN_OBJECT || code === OPEN_ARRAY) return endOfNested(text, at)
  let i = at
  while (i < text.length) {
    const next = text.charCodeAt(i)
    if (next === COMMA || next === CLOSE_OBJECT || next === CLOSE_ARRAY || isSpace(next)) break
    i++
  }
  return i > at ? i : -1
}

function keyAt(text: string, start: number, end: number): string | undefined {
  const raw = text.slice(start, end)
  return raw.includes('\\') ? (parsed(raw) as string | undefined) : raw.slice(1, -1)
}

/** The parsed value of a piece of JSON text, undefined when it is malformed. */
export function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/**
 * The members of the object that is the whole of `[start, end)`, by key, without parsing their values: exact bytes of
 * arguments and results are measured and forwarded as they stood. A repeated key keeps its last value, as JSON.parse
 * does. Undefined when the text is not an object. Values are balanced but otherwise unchecked.
 */
export function objectMembers(
  text: string,
  start = 0,
  end = text.length,
): ReadonlyMap<string, Span> | undefined {
  let i = skipSpace(text, start)
  if (text.charCodeAt(i) !== OPEN_OBJECT) return undefined
  const members = new Map<string, Span>()
  i = skipSpace(text, i + 1)
  if (text.charCodeAt(i) === CLOSE_OBJECT)
    return skipSpace(text, i + 1) >= end ? members : undefined
  while (i < end && text.charCodeAt(i) === QUOTE) {
    const keyEnd = endOfString(text, i)
    const key = keyEnd < 0 ? undefined : keyAt(text, i, keyEnd)
    const colon = keyEnd < 0 ? -1 : skipSpace(text, keyEnd)
    if (key === undefined || text.charCodeAt(colon) !== COLON) return undefined
    const valueStart = skipSpace(text, colon + 1)
    const valueEnd = endOfValue(text, valueStart)
    if (valueEnd < 0 || valueEnd > end) return undefined
    members.set(key, { start: valueStart, end: valueEnd })
    i = skipSpace(text, valueEnd)
    if (text.charCodeAt(i) === CLOSE_OBJECT) {
      return skipSpace(text, i + 1) >= end ? members : undefined
    }
    if (text.charCodeAt(i) !== COMMA) return undefined
    i = skipSpace(text, i + 1)
  }
  return undefined
}

/** The items of the array that is the whole of the text, unparsed; undefined when it is not an array. */
export function arrayItems(text: string, limit: number): readonly Span[] | undefined {
  let i = skipSpace(text, 0)
  if (text.charCodeAt(i) !== OPEN_ARRAY) return undefined
  const items: Span[] = []
  i = skipSpace(text, i + 1)
  if (text.charCodeAt(i) === CLOSE_ARRAY) return items
  while (i < text.length && items.length < limit) {
    const valueEnd = endOfValue(text, i)
    if (valueEnd < 0) return undefined
    items.push({ start: i, end: valueEnd })
    i = skipSpace(text, valueEnd)
    if (text.charCodeAt(i) === CLOSE_ARRAY) return items
    if (text.charCodeAt(i) !== COMMA) return undefined
    i = skipSpace(text, i + 1)
  }
  return items.length >= limit ? items : undefined
}

/** An object's members together with the text they stand in. */
export class JsonObject {
  readonly #text: string
  readonly #members: ReadonlyMap<string, Span>

  private constructor(text: string, members: ReadonlyMap<string, Span>) {
    this.#text = text
    this.#members = members
  }

  /** The object that is the whole of `[start, end)`, undefined when there is none. */
  static read(text: string, start = 0, end = text.length): JsonObject | undefined {
    const members = objectMembers(text, start, end)
    return members === undefined ? undefined : new JsonObject(text, members)
  }

  has(key: string): boolean {
    return this.#members.has(key)
  }

  /** The member's JSON text as it stood. */
  raw(key: string): string | undefined {
    const span = this.#members.get(key)
    return span === undefined ? undefined : this.#text.slice(span.start, span.end)
  }

  object(key: string): JsonObject | undefined {
    const span = this.#members.get(key)
    return span === undefined ? undefined : JsonObject.read(this.#text, span.start, span.end)
  }

  value(key: string): unknown {
    const raw = this.raw(key)
    return raw === undefined ? undefined : parsed(raw)
  }

  /** A string member, cut to `limit` characters; undefined when absent or not a string. */
  string(key: string, limit = 1024): string | undefined {
    const span = this.#members.get(key)
    if (span === undefined || this.#text.charCodeAt(span.start) !== QUOTE) return undefined
    const value = parsed(this.#text.slice(span.start, span.end))
    return typeof value === 'string' ? value.slice(0, limit) : undefined
  }

  keys(): IterableIterator<string> {
    return this.#members.keys()
  }
}
