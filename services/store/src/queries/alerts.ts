import type { Alert, Clock, Finding, Page } from '@nightjar/core'
import type { Ask } from './ask.ts'
import { addFreeText, conditions } from './conditions.ts'
import { docTable, listDocs, newestBy, readDocs } from './docs.ts'
import type { ListQuestion } from './page.ts'
import { addTimeRange, type TimeRange } from './range.ts'

/** Filters of alerts; a time range is about when they were last seen. */
export interface AlertFilter extends TimeRange {
  /** Words that must all occur in the alert's text or about whom it is. */
  readonly q?: string | undefined
  readonly state?: readonly string[] | undefined
  readonly severity?: readonly string[] | undefined
  readonly family?: readonly string[] | undefined
  readonly principal?: readonly string[] | undefined
  readonly server?: readonly string[] | undefined
  readonly owner?: readonly string[] | undefined
  readonly fingerprint?: string | undefined
  readonly ruleId?: string | undefined
  readonly suppressed?: boolean | undefined
  /** `lastSeen` (default): newest first; `risk`: highest first, then newest. */
  readonly sort?: 'lastSeen' | 'risk' | undefined
}
export interface AlertsQuestion extends ListQuestion, AlertFilter {}

const BY_TIME = docTable('alerts', newestBy('last_seen'))
const BY_RISK = docTable('alerts', { sql: 'risk', type: 'Float64' }, newestBy('last_seen'))
const EXACT = ['state', 'severity', 'family', 'principal', 'server', 'owner'] as const

/** Alerts, newest or riskiest first. */
export function listAlerts(ask: Ask, clock: Clock, question: AlertsQuestion): Promise<Page<Alert>> {
  const order = question.sort === 'risk' ? BY_RISK : BY_TIME
  return listDocs<Alert>(ask, clock, order, question, (where, nowMs) => {
    for (const name of EXACT) where.oneOf(name, question[name])
    if (question.fingerprint !== undefined) where.oneOf('fingerprint', [question.fingerprint])
    if (question.suppressed !== undefined)
      where.add('suppressed = {0}', ['Bool', question.suppressed])
    if (question.ruleId !== undefined)
      where.add("has(JSONExtract(doc, 'ruleIds', 'Array(String)'), {0})", [
        'String',
        question.ruleId,
      ])
    addFreeText(where, question.q, [
      'id',
      'title',
      'family',
      'principal',
      'server',
      "JSONExtractString(doc, 'summary')",
    ])
    addTimeRange(where, 'last_seen', question, nowMs)
  })
}

const MAX_FINDINGS = 200

/** Findings of an alert's fingerprint that are kept, newest first, at most 200. */
export async function findingsOf(ask: Ask, alert: Alert): Promise<Finding[]> {
  const where = conditions(alert.tenant)
  where.oneOf('fingerprint', [alert.fingerprint])
  where.oneOf('id', alert.findingIds)
  const found = await readDocs<Finding>(ask, 'findings', where, MAX_FINDINGS)
  return found.sort((a, b) => (a.time < b.time ? 1 : -1))
}

/** Findings of the last 24 hours by rule id. */
export async function findingsByRule(
  ask: Ask,
  clock: Clock,
  tenant: string,
): Promise<ReadonlyMap<string, number>> {
  const where = conditions(tenant)
  addTimeRange(where, 'time', { from: 'now-24h' }, clock.now())
  const rows = await ask<{ rule: string; n: number }>(
    `SELECT rule_id AS rule, uniqExact(id) AS n FROM nightjar.findings WHERE ${where.sql()} GROUP BY rule`,
    where.params(),
  )
  return new Map(rows.map(({ rule, n }) => [rule, n]))
}
