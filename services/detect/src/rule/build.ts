import type { Checked } from './check.ts'
import { allOf, DetectionReader } from './detection.ts'
import { parseDuration } from './duration.ts'
import type { Fault } from './faults.ts'
import { FIELD_NAMES, type Field, fieldNamed } from './fields.ts'
import type { DriftRule, EventRule, Expr, NewTermsRule, RuleHead } from './model.ts'
import type { Placeholders } from './modifiers.ts'
import { suggestion } from './nearest.ts'
import type { Path, SourceDocument } from './source.ts'

/** What the builders share: where faults go, and the values of placeholders. */
export interface Build {
  readonly faults: Fault[]
  readonly placeholders: Placeholders
}

const HOUR_MS = 3_600_000
/** Longest cooldown: the quiet state is part of the live windows. */
export const MAX_COOLDOWN_MS = 24 * HOUR_MS
const EVENT_COOLDOWN_MS = 300_000
/** Names a summary may use besides fields. */
const SUMMARY_NAMES = ['observed', 'threshold', 'window', 'terms']

/** A field by name; a fault at `path` if there is none. */
export function fieldAt(build: Build, source: SourceDocument, name: string, path: Path): Field[] {
  const field = fieldNamed(name)
  if (field) return [field]
  build.faults.push(source.fault(path, `"${name}" is not a field${suggestion(name, FIELD_NAMES)}`))
  return []
}

function fieldsAt(
  build: Build,
  source: SourceDocument,
  names: readonly string[],
  path: Path,
): Field[] {
  return names.flatMap((name, i) => fieldAt(build, source, name, [...path, i]))
}

function checkSummary(build: Build, source: SourceDocument, summary: string): void {
  for (const [, name = ''] of summary.matchAll(/\{([^}]*)\}/g))
    if (!SUMMARY_NAMES.includes(name) && !fieldNamed(name)) {
      const near = suggestion(name, [...SUMMARY_NAMES, ...FIELD_NAMES])
      build.faults.push(source.fault(['custom', 'summary'], `{${name}} is not a field${near}`))
    }
}

function checkTests(build: Build, source: SourceDocument, rule: RuleHead): void {
  rule.tests.forEach((test, i) => {
    test.given.forEach((given, j) => {
      for (const key of Object.keys(given))
        if (!['at', 'repeat', 'every'].includes(key) && fieldNamed(key)?.source !== 'column') {
          const path = ['tests', i, 'given', j, key]
          const text = `"${key}" is not a field of an event${suggestion(key, FIELD_NAMES)}`
          build.faults.push(source.fault(path, text, { key: true }))
        }
    })
  })
}

/** Tests a rule must have before it may call itself stable. */
export function checkStable(build: Build, rule: RuleHead): void {
  if (rule.status !== 'stable' || !rule.emits) return
  const firing = rule.tests.filter((test) => test.expect.findings > 0).length
  const quiet = rule.tests.length - firing
  if (firing >= 2 && quiet >= 2) return
  const text = `a stable rule needs at least 2 tests that fire and 2 that do not; there are ${firing} and ${quiet}`
  build.faults.push(rule.document.fault(['status'], text))
}

/** What every rule has. */
export function headOf(build: Build, checked: Exclude<Checked, { type: 'filter' }>): RuleHead {
  const { source, value } = checked
  const { custom = {} } = value
  const id = value.name ?? value.id ?? ''
  if (id === '')
    build.faults.push(source.fault(['title'], 'a rule needs an id or a name', { key: true }))
  if (custom.summary !== undefined) checkSummary(build, source, custom.summary)
  const cooldownMs = parseDuration(custom.cooldown ?? '') || EVENT_COOLDOWN_MS
  if (cooldownMs > MAX_COOLDOWN_MS)
    build.faults.push(source.fault(['custom', 'cooldown'], 'a cooldown is at most 24h'))
  const head: RuleHead = {
    id,
    uuid: value.id ?? '',
    name: value.name ?? '',
    title: value.title,
    description: value.description ?? '',
    severity: custom.level ?? value.level ?? 'medium',
    status: value.status ?? 'experimental',
    tags: value.tags ?? [],
    family: custom.family ?? id,
    entity: fieldsAt(build, source, custom.entity ?? ['nightjar.actor'], ['custom', 'entity']),
    summary: custom.summary ?? '',
    cooldownMs,
    emits: true,
    document: source,
    file: source.file,
    line: source.fault([], '').line,
    tests: value.tests ?? [],
  }
  checkTests(build, source, head)
  return head
}

/** `when` without the events a filter's condition leaves out. */
export function filtered(when: Expr, keep: readonly Expr[]): Expr {
  return keep.length === 0 ? when : allOf([when, ...keep])
}

/** A detection as an event rule, or with `custom.stateful` as a new_terms rule. */
export function buildDetection(
  build: Build,
  checked: Extract<Checked, { type: 'detection' }>,
): EventRule | NewTermsRule | DriftRule {
  const { source, value } = checked
  const head = headOf(build, checked)
  const reader = new DetectionReader(source, build.placeholders, build.faults)
  const when = reader.read(value.detection, ['detection'], ['condition'])
  const kind = value.logsource.service
  const stateful = value.custom?.stateful
  const groupBy = value.custom?.['group-by']
  if (stateful?.type === 'drift') return { ...head, type: 'drift' }
  if (!stateful) {
    const names = groupBy ?? ['nightjar.actor', 'gen_ai.tool.name', 'nightjar.server.name']
    return {
      ...head,
      type: 'event',
      kind,
      when,
      groupBy: fieldsAt(build, source, names, ['custom', 'group-by']),
    }
  }
  const path = ['custom', 'stateful']
  const [field] = fieldAt(build, source, stateful.field, [...path, 'field'])
  const [fallback] = [fieldNamed('enduser.scope') as Field]
  return {
    ...head,
    type: 'new_terms',
    kind,
    when,
    field: field ?? fallback,
    groupBy: fieldsAt(build, source, stateful['group-by'], [...path, 'group-by']),
    minEvents: stateful.min_events,
    learningMs: parseDuration(stateful.learning ?? '') || 0,
    maxTerms: stateful.max_terms ?? 256,
  }
}
