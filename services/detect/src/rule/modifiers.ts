import { isIP } from 'node:net'
import { RE2JS } from 're2js'
import type { Field } from './fields.ts'
import { type Comparison, type Glob, type Matcher, ONE_CHAR, type TimePart } from './model.ts'
import { suggestion } from './nearest.ts'

/** Every modifier of the specification (appendix 2.1.0). */
export const MODIFIERS = [
  'all',
  'startswith',
  'endswith',
  'contains',
  'exists',
  'cased',
  'neq',
  'windash',
  're',
  'i',
  'm',
  's',
  'base64',
  'base64offset',
  'utf16le',
  'utf16be',
  'utf16',
  'wide',
  'lt',
  'lte',
  'gt',
  'gte',
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'year',
  'cidr',
  'expand',
  'fieldref',
] as const
export type Modifier = (typeof MODIFIERS)[number]

/** Placeholders of `expand`, by name without `%`. */
export type Placeholders = Readonly<Record<string, readonly string[]>>

const COMPARISONS: readonly string[] = ['lt', 'lte', 'gt', 'gte']
const TIME_PARTS: readonly string[] = ['minute', 'hour', 'day', 'week', 'month', 'year']
const WIDE: readonly string[] = ['utf16le', 'utf16be', 'utf16', 'wide']
const ENCODINGS: readonly string[] = ['base64', 'base64offset', ...WIDE]
const MAX_PATTERN = 1000

/** Modifiers that exclude each other: at most one of a row. */
const ONE_OF: readonly (readonly string[])[] = [
  ['startswith', 'endswith', 'contains', 're', 'cidr', 'exists', 'fieldref', ...COMPARISONS],
  ['re', 'cased'],
  ['re', 'windash'],
  ['neq', 'exists'],
  ['cidr', 'windash'],
  ['base64', 'base64offset'],
]

/** The modifiers of `field|a|b`. Throws what is wrong with them. */
export function parseModifiers(words: readonly string[]): Modifier[] {
  for (const word of words)
    if (!(MODIFIERS as readonly string[]).includes(word))
      throw new Error(`"${word}" is not a modifier${suggestion(word, MODIFIERS)}`)
  for (const set of ONE_OF) {
    const both = words.filter((word) => set.includes(word))
    if (both.length > 1) throw new Error(`${both.join(' and ')} cannot be used together`)
  }
  if (!words.includes('re'))
    for (const flag of ['i', 'm', 's'])
      if (words.includes(flag)) throw new Error(`"${flag}" is a flag of re and stands after it`)
  const lastWide = words.findLastIndex((word) => WIDE.includes(word))
  if (lastWide >= 0 && !words.slice(lastWide).some((word) => word.startsWith('base64')))
    throw new Error(`${words[lastWide]} must be followed by base64 or base64offset`)
  return words as Modifier[]
}

/** A string of a rule as a glob: `*` and `?` are wildcards, a backslash before them or before itself is an escape. */
export function parseGlob(text: string): Glob {
  const parts: string[] = []
  let part = ''
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string
    const next = text[i + 1]
    if (char === '\\' && (next === '*' || next === '?' || next === '\\')) {
      part += next
      i += 1
    } else if (char === '*') {
      parts.push(part)
      part = ''
    } else part += char === '?' ? ONE_CHAR : char
  }
  return { parts: [...parts, part] }
}

function affixed(glob: Glob, modifiers: readonly Modifier[]): Glob {
  const before = modifiers.includes('contains') || modifiers.includes('endswith')
  const after = modifiers.includes('contains') || modifiers.includes('startswith')
  return { parts: [...(before ? [''] : []), ...glob.parts, ...(after ? [''] : [])] }
}

function shifted(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replaceAll('=', '')
  const first = [0, 2, 3][offset] as number
  const whole = Math.floor(((offset + bytes.length) * 8) / 6)
  return text.slice(first, whole)
}

function encoded(text: string, modifiers: readonly Modifier[]): string[] {
  let bytes = Buffer.from(text, 'utf8')
  for (const modifier of modifiers) {
    if (modifier === 'wide' || modifier === 'utf16le') bytes = Buffer.from(text, 'utf16le')
    else if (modifier === 'utf16be') bytes = Buffer.from(text, 'utf16le').swap16()
    else if (modifier === 'utf16') bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
    else if (modifier === 'base64') return [bytes.toString('base64')]
    else if (modifier === 'base64offset') return [0, 1, 2].map((offset) => shifted(bytes, offset))
  }
  return [text]
}

function expanded(text: string, placeholders: Placeholders): string[] {
  const match = /(?<!\\)%([^%\s]+)%/.exec(text)
  if (!match) return [text.replaceAll('\\%', '%')]
  const values = placeholders[match[1] as string]
  if (!values) {
    const known = Object.keys(placeholders)
    throw new Error(
      `no placeholder %${match[1]}% is configured${suggestion(match[1] as string, known)}`,
    )
  }
  const before = text.slice(0, match.index)
  const after = text.slice(match.index + match[0].length)
  return values.flatMap((value) =>
    expanded(after, placeholders).map((rest) => before + value + rest),
  )
}

function regex(value: unknown, modifiers: readonly Modifier[]): Matcher {
  const pattern = String(value)
  const flags = ['i', 'm', 's']
    .filter((flag) => (modifiers as readonly string[]).includes(flag))
    .join('')
  if (pattern.length > MAX_PATTERN)
    throw new Error(`the expression has more than ${MAX_PATTERN} characters`)
  if (/\(\?(=|!|<=|<!)/.test(pattern))
    throw new Error('lookaround is not in RE2; use a second selection with "and not"')
  if (/(?<!\\)(\\\\)*\\[1-9]/.test(pattern)) throw new Error('back references are not in RE2')
  try {
    RE2JS.compile(pattern)
  } catch (error) {
    throw new Error(`not an RE2 expression: ${(error as Error).message}`)
  }
  return { type: 're', pattern, flags }
}

function network(value: unknown): Matcher {
  const [address = '', bits = '', ...rest] = String(value).split('/')
  const family = isIP(address)
  const width = Number(bits)
  if (
    family === 0 ||
    rest.length > 0 ||
    bits === '' ||
    !(width >= 0 && width <= (family === 4 ? 32 : 128))
  )
    throw new Error(`"${value}" is not a network, e.g. 10.0.0.0/8`)
  return { type: 'cidr', network: String(value) }
}

function numeric(field: Field, value: unknown, modifiers: readonly Modifier[]): Matcher {
  if (typeof value !== 'number')
    throw new Error(`${field.name} is compared with a number here, not "${value}"`)
  const part = modifiers.find((modifier) => TIME_PARTS.includes(modifier)) as TimePart | undefined
  const compare = (modifiers.find((modifier) => COMPARISONS.includes(modifier)) ??
    'eq') as Comparison
  return { type: 'number', compare, value, ...(part ? { part } : {}) }
}

function checkClosed(field: Field, glob: Glob): void {
  const [only = ''] = glob.parts
  if (!field.values || glob.parts.length > 1 || only.includes(ONE_CHAR) || only === '') return
  if (!field.values.includes(only.toLowerCase()))
    throw new Error(`"${only}" is not a value of ${field.name}${suggestion(only, field.values)}`)
}

function strings(
  field: Field | undefined,
  value: unknown,
  modifiers: readonly Modifier[],
  placeholders: Placeholders,
): Matcher[] {
  if (typeof value === 'object')
    throw new Error('a value must be a string, a number, a boolean or null')
  const texts = modifiers.includes('expand')
    ? expanded(String(value), placeholders)
    : [String(value)]
  return texts
    .flatMap((text) => encoded(text, modifiers))
    .map((text): Matcher => {
      const plain = ENCODINGS.some((encoding) =>
        (modifiers as readonly string[]).includes(encoding),
      )
      const glob = affixed(plain ? { parts: [text] } : parseGlob(text), modifiers)
      if (field) checkClosed(field, glob)
      const cased = modifiers.includes('cased')
      return { type: 'glob', glob, cased, windash: modifiers.includes('windash') }
    })
}

/**
 * Matchers of one value under its modifiers; several are alternatives. `field` is undefined for keywords. Throws what
 * is wrong, as a sentence.
 */
export function matchersOf(
  field: Field | undefined,
  value: unknown,
  modifiers: readonly Modifier[],
  placeholders: Placeholders,
): Matcher[] {
  if (modifiers.includes('re')) return [regex(value, modifiers)]
  if (modifiers.includes('cidr')) return [network(value)]
  const timed = modifiers.some((modifier) => TIME_PARTS.includes(modifier))
  if (timed && field?.kind !== 'time')
    throw new Error(`${field?.name ?? 'a keyword'} is not a time`)
  if (field?.kind === 'time' && !timed && value !== null)
    throw new Error(`${field.name} is a time: use exists, minute, hour, day, week, month or year`)
  if (value === null) return [{ type: 'absent' }]
  if (
    timed ||
    field?.kind === 'count' ||
    modifiers.some((modifier) => COMPARISONS.includes(modifier))
  )
    return [numeric(field as Field, value, modifiers)]
  return strings(field, value, modifiers, placeholders)
}
