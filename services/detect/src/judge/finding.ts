import { createHash } from 'node:crypto'
import { type Finding, formatMicros } from '@nightjar/core'
import type { Reader } from '../match/reader.ts'
import { formatDuration } from '../rule/duration.ts'
import type { Field } from '../rule/fields.ts'
import { fieldNamed } from '../rule/fields.ts'
import type { Rule, RuleHead } from '../rule/model.ts'

/** What a target knows about what it claims. Times are milliseconds. */
export interface Claim {
  readonly row: number
  readonly time: number
  readonly firstTime: number
  /** The group's values as text, tenant first. */
  readonly group: string
  /** Id of the event that completed the claim. */
  readonly completedBy: string
  readonly eventIds: readonly string[]
  readonly eventCount: number
  readonly observed?: number
  readonly threshold?: number
  readonly windowMs?: number
  readonly late: boolean
  readonly terms?: readonly string[]
}

/** Ids of events a finding names at most. */
export const MAX_EVIDENCE = 100
const MAX_VALUE = 200
const ENTITY_FIELDS = [
  ['principal', 'enduser.id'],
  ['client', 'nightjar.client.name'],
  ['host', 'host.name'],
  ['server', 'nightjar.server.name'],
  ['tool', 'gen_ai.tool.name'],
  ['destination', 'nightjar.destination'],
] as const satisfies readonly (readonly [string, string])[]

/** The first `length` hex characters of a SHA-256. */
export function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length)
}

/** A value as it may stand in a sentence: without control characters, and not endless. */
function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '�')
  return clean.length > MAX_VALUE ? `${clean.slice(0, MAX_VALUE)}…` : clean
}

/** The text of a group: the tenant and the values of fields, for keys that outlive the process. */
export function groupText(reader: Reader, fields: readonly Field[], row: number): string {
  return JSON.stringify([
    reader.dict('tenant', row),
    ...fields.map((field) => reader.text(field, row)),
  ])
}

function numberText(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
}

const DEFAULT_SUMMARY: Readonly<Record<Rule['type'], string>> = {
  event: '{title}: {gen_ai.tool.name} on {nightjar.server.name} by {nightjar.actor}',
  new_terms: '{title}: {nightjar.actor} was never seen with {terms}',
  drift: '{title}',
  event_count: '{title}: {observed} events by {nightjar.actor} within {window} (limit {threshold})',
  value_count:
    '{title}: {observed} different values by {nightjar.actor} within {window} (limit {threshold})',
  value_sum: '{title}: a sum of {observed} by {nightjar.actor} within {window} (limit {threshold})',
  temporal: '{title}: {observed} kinds of events by {nightjar.actor} within {window}',
  temporal_ordered: '{title}: a sequence of {observed} steps by {nightjar.actor} within {window}',
}

function summaryOf(rule: Rule, claim: Claim, reader: Reader): string {
  const template = rule.summary === '' ? DEFAULT_SUMMARY[rule.type] : rule.summary
  const named: Readonly<Record<string, string>> = {
    title: rule.title,
    observed: numberText(claim.observed ?? claim.eventCount),
    threshold: numberText(claim.threshold ?? 0),
    window: formatDuration(claim.windowMs ?? 0),
    terms: (claim.terms ?? []).map(quoted).join(', '),
  }
  return template.replace(/\{([^}]*)\}/g, (_, name: string) => {
    const field = fieldNamed(name)
    return named[name] ?? (quoted(field ? reader.text(field, claim.row) : '') || 'unknown')
  })
}

function entityOf(reader: Reader, row: number): Record<string, string> {
  const entity: Record<string, string> = {}
  for (const [key, name] of ENTITY_FIELDS) {
    const value = reader.text(fieldNamed(name) as Field, row)
    if (value !== '') entity[key] = quoted(value)
  }
  // Who stands for the principal where none is named, so that alerts can be found and suppressed by it.
  const actor = entity.principal === undefined ? reader.actor(row) : ''
  if (actor !== '') entity.actor = quoted(actor)
  return entity
}

/**
 * Fingerprint of the alert: tenant, family and the family's entity, by default who acts. The first 32 hex of a SHA-256.
 */
export function fingerprintOf(rule: RuleHead, reader: Reader, row: number): string {
  const entity = rule.entity.map((field) => reader.text(field, row)).join('|')
  return digest(`${reader.dict('tenant', row)}|${rule.family}|${entity}`, 32)
}

/** The finding of a claim. Its id depends on tenant, rule, group and the event that completed it, and on nothing else. */
export function findingOf(rule: Rule, claim: Claim, reader: Reader): Finding {
  const { row, observed, threshold, windowMs } = claim
  const completed = claim.completedBy || String(claim.time)
  const data: Record<string, unknown> = {}
  if (claim.late) data.late = true
  if (claim.terms) data.terms = claim.terms.map(quoted)
  return {
    id: digest(JSON.stringify([rule.id, claim.group, completed]), 32),
    tenant: reader.dict('tenant', row),
    ruleId: rule.id,
    ruleTitle: rule.title,
    severity: rule.severity,
    family: rule.family,
    fingerprint: fingerprintOf(rule, reader, row),
    time: formatMicros(claim.time * 1000),
    firstTime: formatMicros(Math.min(claim.firstTime, claim.time) * 1000),
    summary: summaryOf(rule, claim, reader),
    entity: entityOf(reader, row),
    ...(observed === undefined ? {} : { observed }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(windowMs === undefined ? {} : { windowMs }),
    eventIds: [...claim.eventIds],
    eventCount: claim.eventCount,
    tags: [...rule.tags],
    ...(Object.keys(data).length > 0 ? { data } : {}),
  }
}
