import type { ManifestChange } from '@nightjar/core'
import { judgeText, type TextVerdict } from './signs.ts'
import { sameText, textOf, visible } from './text.ts'
import { type Difference, differences } from './values.ts'

/** Names of parameters through which a tool can draw out more than it needs. */
const DRAWS_OUT =
  /(context|conversation|history|notes?|reason(ing)?|thoughts?|system_?prompt|feedback|side_?note|metadata|secret|token|password|key|env)$/i

/** Schema keywords that only describe. */
const PROSE: ReadonlySet<string> = new Set([
  'description',
  'title',
  'examples',
  '$comment',
  '$schema',
  '$id',
])

interface Members {
  readonly [key: string]: unknown
}

const members = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {}

function change(
  path: string,
  found: Difference,
  verdict: TextVerdict,
  className = 'schema',
): ManifestChange {
  const before = textOf(found.before)
  const after = textOf(found.after)
  return {
    kind: found.before === undefined ? 'added' : found.after === undefined ? 'removed' : 'changed',
    path,
    class: className,
    severity: verdict.severity,
    reason: verdict.reason,
    ...(before !== undefined && { before: visible(before) }),
    ...(after !== undefined && { after: visible(after) }),
  }
}

/** A parameter that was added, with all that describes it. */
function addedParameter(name: string, schema: unknown, required: boolean): TextVerdict {
  const text = members(schema).type === 'string' || members(schema).type === undefined
  const ordinary: TextVerdict =
    required && text
      ? { severity: 'medium', reason: 'a required text parameter was added' }
      : { severity: 'low', reason: `a${required ? ' required' : 'n optional'} parameter was added` }
  if (text && DRAWS_OUT.test(name)) {
    return {
      severity: required ? 'high' : 'medium',
      reason: `${ordinary.reason} whose name asks for context`,
    }
  }
  return judgeText('', JSON.stringify(schema) ?? '', ordinary)
}

function verdictOf(found: Difference, after: Members, before: Members): TextVerdict {
  const last = found.path.at(-1) ?? ''
  const parent = found.path.at(-2)
  if (parent === 'properties' && found.before === undefined) {
    const required =
      found.path.length === 2 && Array.isArray(after.required) && after.required.includes(last)
    return addedParameter(last, found.after, required)
  }
  if (parent === 'properties' && found.after === undefined) {
    return { severity: 'low', reason: 'a parameter was removed' }
  }
  if (last === 'required') return requiredVerdict(found, before)
  if (last === 'default' || last === 'const' || last === 'enum' || last === 'pattern') {
    return textVerdict(found, { severity: 'low', reason: `the allowed or default value changed` })
  }
  return textVerdict(found, { severity: 'low', reason: 'the schema changed' })
}

function textVerdict(found: Difference, ordinary: TextVerdict): TextVerdict {
  return judgeText(textOf(found.before) ?? '', textOf(found.after) ?? '', ordinary)
}

function requiredVerdict(found: Difference, before: Members): TextVerdict {
  const had = Array.isArray(found.before) ? found.before : []
  const gained = (Array.isArray(found.after) ? found.after : []).filter(
    (name) => !had.includes(name),
  )
  // A new parameter is told by its own change.
  const known = gained.filter((name) => Object.hasOwn(members(before.properties), String(name)))
  return known.length > 0
    ? { severity: 'medium', reason: 'a parameter became required' }
    : { severity: 'informational', reason: 'the list of required parameters changed' }
}

function prose(path: string, found: Difference): ManifestChange | undefined {
  const before = textOf(found.before) ?? ''
  const after = textOf(found.after) ?? ''
  if (sameText(before, after)) return undefined
  const described = found.path.at(-1) === 'description'
  const ordinary: TextVerdict = described
    ? { severity: 'low', reason: 'the description of a parameter changed' }
    : { severity: 'informational', reason: 'a title or example changed' }
  const verdict = judgeText(before, after, ordinary)
  if (!described && verdict === ordinary) return undefined
  return change(path, found, verdict, 'description')
}

/** The changes between two schemas at `path`; order and titles are none. */
export function diffSchema(
  path: string,
  before: unknown,
  after: unknown,
): readonly ManifestChange[] {
  const changes: ManifestChange[] = []
  for (const found of differences(before, after)) {
    const at = [path, ...found.path].join('/')
    const isProse = PROSE.has(found.path.at(-1) ?? '') && found.path.at(-2) !== 'properties'
    const one = isProse
      ? prose(at, found)
      : change(at, found, verdictOf(found, members(after), members(before)))
    if (one !== undefined) changes.push(one)
  }
  return changes
}
