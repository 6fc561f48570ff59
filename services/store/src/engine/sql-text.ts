import { EngineError } from './engine-error.ts'

const QUOTES = new Set(["'", '"', '`'])

function endOfQuoted(sql: string, start: number): number {
  const quote = sql[start]
  for (let i = start + 1; i < sql.length; i++) {
    if (sql[i] === '\\') i++
    else if (sql[i] === quote) {
      if (sql[i + 1] !== quote) return i + 1
      i++
    }
  }
  return sql.length
}

function endAfter(sql: string, mark: string, from: number): number {
  const at = sql.indexOf(mark, from)
  return at < 0 ? sql.length : at + mark.length
}

/** End of the literal, quoted name or comment that begins at `i`; `i` itself where plain SQL goes on. */
function endOfOpaque(sql: string, i: number): number {
  const char = sql[i] as string
  if (QUOTES.has(char)) return endOfQuoted(sql, i)
  const next = sql[i + 1]
  if (char === '-' && next === '-') return endAfter(sql, '\n', i)
  if (char === '#' && (next === ' ' || next === '!')) return endAfter(sql, '\n', i)
  if (char === '/' && next === '*') return endAfter(sql, '*/', i + 2)
  if (char === '$') {
    const tag = /^\$\w*\$/.exec(sql.slice(i, i + 64))?.[0]
    if (tag !== undefined && sql.includes(tag, i + tag.length))
      return endAfter(sql, tag, i + tag.length)
  }
  return i
}

/** A word of plain SQL outside parentheses, with its place. */
export interface TopWord {
  readonly word: string
  readonly start: number
  readonly end: number
}

/** Words at depth 0 in upper case, in order; literals, quoted names, comments and parentheses are passed over. */
export function* topWords(sql: string): Generator<TopWord> {
  let depth = 0
  for (let i = 0; i < sql.length; ) {
    const end = endOfOpaque(sql, i)
    if (end > i) {
      i = end
      continue
    }
    const char = sql[i] as string
    if (char === '(' || char === '[') depth++
    else if (char === ')' || char === ']') depth--
    const word = depth === 0 ? /^[A-Za-z_]\w*/.exec(sql.slice(i, i + 128))?.[0] : undefined
    if (word !== undefined) yield { word: word.toUpperCase(), start: i, end: i + word.length }
    i += word?.length ?? 1
  }
}

/**
 * The one statement of a text, without a final semicolon. The engine would run every statement it is given, where
 * ClickHouse over HTTP takes one: a second one is refused.
 */
export function singleStatement(sql: string): string {
  for (let i = 0; i < sql.length; ) {
    const end = endOfOpaque(sql, i)
    if (end === i && sql[i] === ';') {
      if (!isBlank(sql.slice(i + 1)))
        throw new EngineError(62, 'Syntax error: multi-statements are not allowed. (SYNTAX_ERROR)')
      return sql.slice(0, i)
    }
    i = Math.max(end, i + 1)
  }
  return sql
}

function isBlank(sql: string): boolean {
  for (let i = 0; i < sql.length; ) {
    const end = endOfOpaque(sql, i)
    if (end === i || QUOTES.has(sql[i] as string)) {
      if (!/[\s;]/.test(sql[i] as string)) return false
      i++
    } else i = end
  }
  return true
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\\0',
}

/** A string literal: whatever the text holds, it stays text. */
export function quoted(text: string): string {
  return `'${text.replace(/[\\'\n\r\t\0]/g, (char) => ESCAPES[char] as string)}'`
}

const UNESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '0': '\0',
}

/** Undoes the escaping in which parameters travel (that of TabSeparated). */
function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_, char: string) => UNESCAPES[char] ?? char)
}

const IS_TEXT = /^(String|(LowCardinality|Nullable|FixedString)\(.*)$/s

function literal(text: string, type: string): string {
  if (text === '\\N') return `_CAST(NULL, ${quoted(type)})`
  const value = quoted(IS_TEXT.test(type) ? unescaped(text) : text)
  return type === 'String' ? value : `_CAST(${value}, ${quoted(type)})`
}

function identifier(text: string): string {
  return `\`${unescaped(text).replace(/[\\`]/g, (char) => `\\${char}`)}\``
}

const PLACEHOLDER = /^\{\s*([A-Za-z_]\w*)\s*:\s*([^{}]+?)\s*\}/s

/**
 * Puts the values of `{name:Type}` placeholders in as literals of their type. The engine's own binding is not used: it
 * runs one parameterised query at a time in the whole process, so one slow page would hold up every other.
 */
export function bindParameters(sql: string, params: ReadonlyMap<string, string>): string {
  let bound = ''
  for (let i = 0; i < sql.length; ) {
    const end = endOfOpaque(sql, i)
    const found = end === i && sql[i] === '{' ? PLACEHOLDER.exec(sql.slice(i, i + 512)) : null
    if (found === null) {
      const next = Math.max(end, i + 1)
      bound += sql.slice(i, next)
      i = next
      continue
    }
    const [whole, name = '', type = ''] = found
    const text = params.get(name)
    if (text === undefined)
      throw new EngineError(456, `Substitution \`${name}\` is not set. (UNKNOWN_QUERY_PARAMETER)`)
    bound += type === 'Identifier' ? identifier(text) : literal(text, type)
    i += whole.length
  }
  return bound
}
