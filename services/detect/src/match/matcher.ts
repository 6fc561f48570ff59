import { BlockList, isIP } from 'node:net'
import { RE2JS } from 're2js'
import { type Comparison, type Glob, type Matcher, ONE_CHAR, type TimePart } from '../rule/model.ts'

/** A test of one value. */
export type StringTest = (value: string) => boolean
export type NumberTest = (value: number) => boolean

/** Characters of a value that a regular expression is shown; longer values are cut there. */
const MAX_INPUT = 65_536
const DASHES = /[-/\u2013\u2014\u2015]/g

function samePart(value: string, at: number, part: string): boolean {
  for (let i = 0; i < part.length; i++)
    if (part[i] !== ONE_CHAR && part[i] !== value[at + i]) return false
  return true
}

function findPart(value: string, from: number, part: string): number {
  if (!part.includes(ONE_CHAR)) return value.indexOf(part, from)
  for (let at = from; at + part.length <= value.length; at++)
    if (samePart(value, at, part)) return at
  return -1
}

/** Whether a value fits a glob: parts in order, the first at the start and the last at the end. */
export function matchesGlob(value: string, { parts }: Glob): boolean {
  const first = parts[0] as string
  if (value.length < first.length || !samePart(value, 0, first)) return false
  if (parts.length === 1) return value.length === first.length
  const last = parts.at(-1) as string
  const end = value.length - last.length
  let at = first.length
  for (let i = 1; i < parts.length - 1; i++) {
    const found = findPart(value, at, parts[i] as string)
    if (found < 0) return false
    at = found + (parts[i] as string).length
  }
  return end >= at && samePart(value, end, last)
}

function globTest(glob: Glob, cased: boolean, windash: boolean): StringTest {
  const fold = (text: string): string => {
    const dashed = windash ? text.replace(DASHES, '-') : text
    return cased ? dashed : dashed.toLowerCase()
  }
  const folded: Glob = { parts: glob.parts.map(fold) }
  return (value) => matchesGlob(fold(value), folded)
}

function regexTest(pattern: string, flags: string): StringTest {
  let bits = 0
  if (flags.includes('i')) bits |= RE2JS.CASE_INSENSITIVE
  if (flags.includes('m')) bits |= RE2JS.MULTILINE
  if (flags.includes('s')) bits |= RE2JS.DOTALL
  const regex = RE2JS.compile(pattern, bits)
  return (value) => regex.test(value.length > MAX_INPUT ? value.slice(0, MAX_INPUT) : value)
}

/** The address in `1.2.3.4`, `1.2.3.4:80`, `[::1]:80` or `::1`. */
function addressOf(value: string): string {
  const bracket = /^\[([^\]]+)\]/.exec(value)
  if (bracket) return bracket[1] as string
  return isIP(value) === 0 ? value.replace(/:\d+$/, '') : value
}

function cidrTest(network: string): StringTest {
  const [address = '', bits = '0'] = network.split('/')
  const list = new BlockList()
  list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4')
  return (value) => {
    const host = addressOf(value)
    const family = isIP(host)
    return family !== 0 && list.check(host, family === 6 ? 'ipv6' : 'ipv4')
  }
}

/** Whether `value` stands in `compare` to `limit`. */
export function compares(compare: Comparison, value: number, limit: number): boolean {
  switch (compare) {
    case 'lt':
      return value < limit
    case 'lte':
      return value <= limit
    case 'gt':
      return value > limit
    case 'gte':
      return value >= limit
    case 'eq':
      return value === limit
    case 'neq':
      return value !== limit
  }
}

/** ISO 8601 week of a UTC date. */
function weekOf(date: Date): number {
  const day = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()))
  day.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7))
  const first = Date.UTC(day.getUTCFullYear(), 0, 1)
  return Math.ceil(((day.getTime() - first) / 86_400_000 + 1) / 7)
}

function partOf(micros: number, part: TimePart): number {
  const date = new Date(Math.floor(micros / 1000))
  switch (part) {
    case 'minute':
      return date.getUTCMinutes()
    case 'hour':
      return date.getUTCHours()
    case 'day':
      return date.getUTCDate()
    case 'week':
      return weekOf(date)
    case 'month':
      return date.getUTCMonth() + 1
    case 'year':
      return date.getUTCFullYear()
  }
}

/** The test of a numeric matcher; 0 is an absent value and never fits. Time parts are UTC. */
export function numberTest(matcher: Extract<Matcher, { type: 'number' }>): NumberTest {
  const { compare, value: limit, part } = matcher
  if (part === undefined) return (value) => value !== 0 && compares(compare, value, limit)
  return (value) => value !== 0 && compares(compare, partOf(value, part), limit)
}

/** The test of a matcher on a value as a string that is present. */
export function stringTest(matcher: Matcher): StringTest {
  switch (matcher.type) {
    case 'glob':
      return globTest(matcher.glob, matcher.cased, matcher.windash)
    case 're':
      return regexTest(matcher.pattern, matcher.flags)
    case 'cidr':
      return cidrTest(matcher.network)
    case 'number': {
      const test = numberTest(matcher)
      return (value) => value.trim() !== '' && test(Number(value))
    }
    case 'absent':
      return (value) => value === ''
  }
}

/** True where the matcher wants the field to be absent: null, or the empty string. */
export function wantsAbsent(matcher: Matcher): boolean {
  return (
    matcher.type === 'absent' ||
    (matcher.type === 'glob' && matcher.glob.parts.length === 1 && matcher.glob.parts[0] === '')
  )
}
