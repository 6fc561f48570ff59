import { createHash } from 'node:crypto'
import {
  type AuditEventInput,
  batchOf,
  columnSpec,
  type Finding,
  formatMicros,
} from '@nightjar/core'
import { Engine } from './judge/engine.ts'
import { limitsSchema } from './judge/limits.ts'
import { StateWorld } from './match/world.ts'
import { parseDuration } from './rule/duration.ts'
import { fieldNamed } from './rule/fields.ts'
import type { LoadedRules, Rule } from './rule/model.ts'
import type { TestCase } from './rule/schema.ts'

/** What came of one test of one rule; `message` is empty when it passed. */
export interface RuleTestResult {
  readonly rule: string
  readonly file: string
  readonly name: string
  readonly ok: boolean
  readonly message: string
}

type Given = TestCase['given'][number]

const START_MS = Date.UTC(2026, 0, 5, 9)
/** Small bounds: a test is a few thousand events. */
const LIMITS = limitsSchema.parse({ foldCalls: 16_384, evidence: 16_384 })

function hex(text: string, width: number): string {
  if (new RegExp(`^[0-9a-f]{${width * 2}}$`).test(text)) return text
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, width * 2)
}

function columnValue(kind: string, value: unknown, width: number): unknown {
  if (kind === 'bytes') return hex(String(value), width)
  if (kind === 'list') return [value].flat().map(String)
  return kind === 'count' ? Number(value) : String(value)
}

/** One event of a test: its fields, `{i}` replaced by the number of the repeat, and defaults of an allowed call. */
function eventOf(
  given: Given,
  time: number,
  number: number,
  i: number,
  kind: string,
): AuditEventInput {
  const micros = formatMicros(time * 1000)
  const event: Record<string, unknown> = {
    id: hex(`event ${number}`, 16),
    time: micros,
    receivedTime: micros,
    tenant: 'default',
    kind,
    vantage: 'gateway',
    emitter: 'test',
    outcome: 'success',
    ...(kind === 'call' ? { method: 'tools/call' } : {}),
  }
  for (const [key, raw] of Object.entries(given)) {
    const field = fieldNamed(key)
    if (field?.source !== 'column') continue
    const { width = 0 } = columnSpec(field.column)
    const value = typeof raw === 'string' ? raw.replaceAll('{i}', String(i)) : raw
    event[field.column] = columnValue(field.kind, value, width)
  }
  return event as AuditEventInput
}

/** The events of a test in the order of their time. */
export function eventsOfTest(test: TestCase, kind = 'call'): AuditEventInput[] {
  const events: { time: number; event: AuditEventInput }[] = []
  for (const given of test.given) {
    const every = parseDuration(given.every ?? '0ms')
    for (let i = 0; i < (given.repeat ?? 1); i++) {
      const time = START_MS + parseDuration(given.at) + i * every
      events.push({ time, event: eventOf(given, time, events.length, i, kind) })
    }
  }
  return events.sort((a, b) => a.time - b.time).map(({ event }) => event)
}

function worldOf(test: TestCase): StateWorld {
  const world = new StateWorld()
  const tenant = 'default'
  const enforceAllowList = test.state?.enforce_allow_list ?? false
  world.apply({ key: `policy:${tenant}`, tenant, type: 'policy', value: { enforceAllowList } })
  for (const [name, state] of Object.entries(test.state?.servers ?? {}))
    world.apply({ key: `server:${tenant}:${name}`, tenant, type: 'server', value: { name, state } })
  return world
}

function problemOf(test: TestCase, findings: readonly Finding[]): string {
  const { expect } = test
  if (findings.length !== expect.findings)
    return `expected ${expect.findings} findings, got ${findings.length}${findings.map((finding) => `\n  ${finding.summary}`).join('')}`
  const wanted = Object.entries(expect.entity ?? {})
  for (const finding of findings)
    for (const [key, value] of wanted)
      if (finding.entity[key] !== value)
        return `expected entity ${key} "${value}", got "${finding.entity[key] ?? ''}"`
  return ''
}

function kindOf(rule: Rule, rules: LoadedRules): string {
  if ('kind' in rule) return rule.kind ?? 'call'
  const [first] = 'rules' in rule ? rules.rules.filter(({ id }) => rule.rules.includes(id)) : []
  return first ? kindOf(first, rules) : 'call'
}

/** A rule with what feeds it. */
function withFeeders(rule: Rule, rules: LoadedRules): Rule[] {
  const fed = 'rules' in rule ? rules.rules.filter(({ id }) => rule.rules.includes(id)) : []
  return [...new Set([...fed.flatMap((one) => withFeeders(one, rules)), rule])]
}

function runOne(rule: Rule, test: TestCase, rules: LoadedRules): RuleTestResult {
  const engine = new Engine({ rules: withFeeders(rule, rules) }, LIMITS)
  const batch = batchOf(eventsOfTest(test, kindOf(rule, rules)))
  const findings = engine.judge(batch, worldOf(test)).filter(({ ruleId }) => ruleId === rule.id)
  const failed = engine.stats().failed
  const message = failed > 0 ? `the rule failed on ${failed} events` : problemOf(test, findings)
  return { rule: rule.id, file: rule.file, name: test.name, ok: message === '', message }
}

/** Runs the tests in the rules; each alone with the rules that feed it. Rules judged by another room are left out. */
export function runRuleTests(rules: LoadedRules): RuleTestResult[] {
  return rules.rules.flatMap((rule) =>
    rule.type === 'drift' ? [] : rule.tests.map((test) => runOne(rule, test, rules)),
  )
}
