import { type Alert, type Finding, SEVERITIES, type Severity } from '@nightjar/core'
import { ownLine, withLine } from './history.ts'
import { alertIdOf } from './identity.ts'
import { confidenceOf, riskOf } from './risk.ts'

const MAX_FINDING_IDS = 200
const MAX_EVENT_IDS = 100
const MAX_LABELS = 64

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity)
const earlier = (a: string, b: string): string => (Date.parse(a) <= Date.parse(b) ? a : b)
const later = (a: string, b: string): string => (Date.parse(a) >= Date.parse(b) ? a : b)

/** Distinct values in order of their last appearance, the newest `limit` of them. */
function newest(known: readonly string[], added: readonly string[], limit: number): string[] {
  const fresh = new Set(added)
  return [...known.filter((id) => !fresh.has(id)), ...fresh].slice(-limit)
}

/** Distinct values in order of their first appearance; what goes beyond the limit is left out. */
function union(known: readonly string[], added: readonly string[]): string[] {
  return [...new Set([...known, ...added])].slice(0, MAX_LABELS)
}

/**
 * Whether a finding is in an alert already. The newest 200 ids are remembered. Where older ones were forgotten, a
 * finding from before `lastSeen` counts as known unless it is worse than all so far: so a replay of any length
 * changes nothing, at the price that a straggler behind 200 findings is not counted.
 */
export function isKnown(alert: Alert, finding: Finding): boolean {
  if (alert.findingIds.includes(finding.id)) return true
  if (alert.count <= alert.findingIds.length) return false
  return (
    Date.parse(finding.time) < Date.parse(alert.lastSeen) &&
    rank(finding.severity) <= rank(alert.severity)
  )
}

/** The alert that a first finding opens; version 0, because nothing is written yet. */
export function openAlert(finding: Finding, now: number): Alert {
  const at = new Date(now).toISOString()
  return {
    id: alertIdOf(finding.tenant, finding.fingerprint),
    tenant: finding.tenant,
    fingerprint: finding.fingerprint,
    family: finding.family,
    title: finding.ruleTitle,
    summary: finding.summary,
    severity: finding.severity,
    state: 'open',
    regressed: false,
    suppressed: false,
    owner: '',
    count: 1,
    firstSeen: earlier(finding.firstTime, finding.time),
    lastSeen: finding.time,
    createdAt: at,
    updatedAt: at,
    ruleIds: [finding.ruleId],
    tags: union([], finding.tags),
    entity: finding.entity,
    risk: riskOf(finding.severity, confidenceOf(finding)),
    finding,
    findingIds: [finding.id],
    eventIds: newest([], finding.eventIds, MAX_EVENT_IDS),
    history: [ownLine(now, 'created', finding.ruleTitle)],
    version: 0,
  }
}

/**
 * The alert with a finding that it does not know yet. `count` is the number of findings folded; severity is the
 * highest, title, summary and risk are of the newest finding of that severity.
 */
export function foldFinding(alert: Alert, finding: Finding, now: number): Alert {
  const rise = rank(finding.severity) - rank(alert.severity)
  const isNewest = Date.parse(finding.time) >= Date.parse(alert.lastSeen)
  const explains = rise > 0 || (rise === 0 && isNewest)
  const folded: Alert = {
    ...alert,
    count: alert.count + 1,
    firstSeen: earlier(alert.firstSeen, finding.firstTime),
    lastSeen: later(alert.lastSeen, finding.time),
    ruleIds: union(alert.ruleIds, [finding.ruleId]),
    tags: union(alert.tags, finding.tags),
    entity: isNewest ? finding.entity : alert.entity,
    finding: isNewest ? finding : alert.finding,
    findingIds: newest(alert.findingIds, [finding.id], MAX_FINDING_IDS),
    eventIds: newest(alert.eventIds, finding.eventIds, MAX_EVENT_IDS),
    ...(explains && {
      severity: finding.severity,
      title: finding.ruleTitle,
      summary: finding.summary,
      risk: riskOf(finding.severity, confidenceOf(finding)),
    }),
  }
  if (rise <= 0) return folded
  return withLine(folded, ownLine(now, 'escalated', `${alert.severity} to ${finding.severity}`))
}

/** A closed alert that fired again: open, marked as regressed, with its owner kept. */
export function regress(alert: Alert, now: number): Alert {
  const { closeReason, ...rest } = alert
  const opened: Alert = { ...rest, state: 'open', regressed: true }
  return withLine(
    opened,
    ownLine(now, 'regressed', `fired again after ${closeReason ?? 'closing'}`),
  )
}
