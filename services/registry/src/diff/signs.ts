import type { Severity } from '@nightjar/core'
import { worse, worst } from './severity.ts'
import { countInvisible } from './text.ts'

/** What in a text that a model reads looks like it is meant to steer it. */
export type Sign = 'instruction' | 'secret' | 'sends' | 'other-tool' | 'hidden'

/** Longest text that is judged whole; of a longer one the beginning and the end are. */
const MAX_JUDGED = 64 * 1024

// Every repetition is bounded, so that hostile text costs linear time.
const INSTRUCTION = [
  /\b(?:ignore|disregard|forget|override)\b[^.]{0,40}\b(?:previous|prior|above|earlier|all|other|instructions?|rules?)\b/i,
  /<\s{0,4}\/?\s{0,4}(?:important|system|secret|instructions?|critical|hidden)\b[^>]{0,40}>/i,
  /\b(?:do not|don't|never|without)\s{1,4}(?:tell|telling|mention|mentioning|reveal|revealing|inform|informing|show|showing|notify|notifying|ask|asking)\b/i,
  /\b(?:before|after|prior to|when|whenever)\s{1,4}(?:using|calling|invoking|you use|you call|running|any|every|each)\b[^.]{0,80}\b(?:must|always|first|read|call|send|include|pass)\b/i,
  /\byou\s{1,4}(?:must|have to|should always|are required to)\b/i,
  /\b(?:always|must)\s{1,4}(?:first|also|call|use|read|include|send|pass|append|forward|bcc|cc)\b/i,
]
const SECRET = [
  /\.ssh\b|\bid_(?:rsa|ed25519|ecdsa)\b|\.aws\b|\.env\b|\.npmrc\b|\.netrc\b|\.kube\b|\bmcp\.json\b|\/etc\/(?:passwd|shadow)\b/i,
  /\b(?:api[ _-]?keys?|access[ _-]?tokens?|passwords?|credentials?|private[ _-]?keys?|secret[ _-]?keys?|seed phrase)\b/i,
  /\b(?:system prompt|conversation history|chat history|previous messages|entire conversation)\b/i,
]
const SENDS = [
  /\b(?:send|post|upload|forward|transmit|exfiltrate|copy|bcc)\b[^.]{0,80}(?:https?:\/\/|\b[\w.+-]{1,64}@[\w-]{1,64}\.\w|\b(?:server|endpoint|address|webhook)\b)/i,
]

function judged(text: string): string {
  if (text.length <= MAX_JUDGED) return text
  const half = MAX_JUDGED / 2
  return `${text.slice(0, half)}\n${text.slice(-half)}`
}

function mentions(text: string, names: readonly string[]): boolean {
  // A plain word such as `read` says nothing; names of several words do not occur by chance.
  return names.some(
    (name) => /[_\-./]|[a-z][A-Z]/.test(name) && name.length >= 5 && text.includes(name),
  )
}

/** The signs in a text. `others` are names of other tools, whose mention may shadow them. */
export function signsOf(text: string, others: readonly string[] = []): ReadonlySet<Sign> {
  const seen = judged(text)
  const signs = new Set<Sign>()
  if (INSTRUCTION.some((pattern) => pattern.test(seen))) signs.add('instruction')
  if (SECRET.some((pattern) => pattern.test(seen))) signs.add('secret')
  if (SENDS.some((pattern) => pattern.test(seen))) signs.add('sends')
  if (mentions(seen, others)) signs.add('other-tool')
  if (countInvisible(text) > 0) signs.add('hidden')
  return signs
}

const REASON: Readonly<Record<Sign, string>> = {
  instruction: 'text that instructs the model',
  secret: 'text about secrets',
  sends: 'text that asks to send data',
  'other-tool': 'a mention of another tool',
  hidden: 'characters that do not show',
}

/** What a change of a text that the model reads means. */
export interface TextVerdict {
  readonly severity: Severity
  readonly reason: string
}

/** Judges what a text has that it had not: `ordinary` when it is nothing that steers. */
export function judgeText(
  before: string,
  after: string,
  ordinary: TextVerdict,
  others: readonly string[] = [],
): TextVerdict {
  const had = signsOf(before, others)
  const fresh = [...signsOf(after, others)].filter(
    (sign) =>
      !had.has(sign) || (sign === 'hidden' && countInvisible(after) > countInvisible(before)),
  )
  if (fresh.length === 0) return ordinary
  const reason = `${ordinary.reason}; it gained ${fresh.map((sign) => REASON[sign]).join(', ')}`
  // Two signs together are a recipe: what to take and where to, or an order that hides.
  const severity = fresh.length > 1 ? 'critical' : 'high'
  return { severity: worse(ordinary.severity, severity), reason }
}

/** The verdict that weighs most, `ordinary` when none weighs more. */
export function heaviest(verdicts: readonly TextVerdict[], ordinary: TextVerdict): TextVerdict {
  const severity = worst([ordinary.severity, ...verdicts.map((verdict) => verdict.severity)])
  return [ordinary, ...verdicts].find((verdict) => verdict.severity === severity) ?? ordinary
}
