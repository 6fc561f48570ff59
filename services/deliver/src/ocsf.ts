import { type Alert, COLUMN_NAMES, columnSpec, entityValue, type Severity } from '@nightjar/core'
import { type Attack, attacksOf } from './attacks.ts'
import { plainText, plainValue } from './plain-text.ts'

/** What happened to an alert, as OCSF's `activity_id` 1, 2, 3 say it. */
export type Activity = 'created' | 'updated' | 'closed'

/** What the mapping needs beside the alert. */
export interface OcsfContext {
  readonly activity: Activity
  readonly productVersion: string
  /** Address of the console, for a link to the alert. */
  readonly baseUrl?: string
  /** Marks a finding that only shows that delivery works. */
  readonly test?: boolean
  /** How much of the evidence is written. */
  readonly room?: EvidenceRoom
}

/** Bounds of what an alert may fill: events and labels named, texts in UTF-16 units, and whether the claim's data is kept. */
export interface EvidenceRoom {
  readonly events: number
  readonly labels: number
  readonly text: number
  readonly claim: boolean
}

/** OCSF 1.8.0 Detection Finding (class 2004). The class is closed: what it has no name for is under `unmapped`. */
export interface DetectionFinding {
  readonly category_uid: 2
  readonly class_uid: 2004
  readonly type_uid: number
  readonly activity_id: number
  readonly time: number
  readonly severity_id: number
  readonly finding_info: Readonly<Record<string, unknown>> & { readonly uid: string }
  readonly metadata: Readonly<Record<string, unknown>> & { readonly version: string }
  readonly [attribute: string]: unknown
}

const ACTIVITIES = {
  created: { id: 1, name: 'Create' },
  updated: { id: 2, name: 'Update' },
  closed: { id: 3, name: 'Close' },
} as const
const SEVERITY = {
  informational: { id: 1, name: 'Informational' },
  low: { id: 2, name: 'Low' },
  medium: { id: 3, name: 'Medium' },
  high: { id: 4, name: 'High' },
  critical: { id: 5, name: 'Critical' },
} as const satisfies Record<Severity, { id: number; name: string }>
const STATUS = {
  open: { id: 1, name: 'New' },
  acknowledged: { id: 2, name: 'In Progress' },
  closed: { id: 4, name: 'Resolved' },
} as const
const RISK_LEVELS = [
  { below: 20, name: 'Info' },
  { below: 45, name: 'Low' },
  { below: 70, name: 'Medium' },
  { below: 90, name: 'High' },
  { below: Infinity, name: 'Critical' },
]
const WHOLE: EvidenceRoom = { events: 100, labels: 32, text: 1000, claim: true }
const MAX_ENTITY_KEYS = 12

const ms = (time: string): number => Date.parse(time)

/** The alert as one OCSF Detection Finding. Foreign text in it is on one line, without controls, and bounded. */
export function detectionFinding(alert: Alert, context: OcsfContext): DetectionFinding {
  const room = context.room ?? WHOLE
  const activity = ACTIVITIES[context.activity]
  const severity = SEVERITY[alert.severity]
  const status = STATUS[alert.state]
  return {
    activity_id: activity.id,
    activity_name: activity.name,
    category_uid: 2,
    category_name: 'Findings',
    class_uid: 2004,
    class_name: 'Detection Finding',
    type_uid: 200400 + activity.id,
    type_name: `Detection Finding: ${activity.name}`,
    time: ms(alert.updatedAt),
    start_time: ms(alert.firstSeen),
    end_time: ms(alert.lastSeen),
    severity_id: severity.id,
    severity: severity.name,
    status_id: alert.suppressed ? 3 : status.id,
    status: alert.suppressed ? 'Suppressed' : status.name,
    message: plainText(alert.summary, room.text),
    count: alert.count,
    is_alert: context.test !== true,
    ...confidence(alert),
    ...risk(alert),
    metadata: metadata(alert, context),
    finding_info: findingInfo(alert, context, room),
    evidences: [evidence(alert, room)],
    ...resources(alert, room),
    unmapped: unmapped(alert, context, room),
  }
}

function confidence(alert: Alert) {
  const score = Math.round(alert.risk.confidence * 100)
  const id = score >= 80 ? 3 : score >= 50 ? 2 : 1
  return {
    confidence_score: score,
    confidence_id: id,
    confidence: ['', 'Low', 'Medium', 'High'][id],
  }
}

function risk(alert: Alert) {
  const level = RISK_LEVELS.findIndex(({ below }) => alert.risk.score < below)
  return {
    risk_score: alert.risk.score,
    risk_level_id: level,
    risk_level: RISK_LEVELS[level]?.name,
  }
}

function metadata(alert: Alert, { productVersion, test }: OcsfContext) {
  const trace = entityValue(alert.entity, 'traceId')
  return {
    version: '1.8.0',
    uid: `${alert.id}:${alert.version}`,
    product: { name: 'Nightjar', vendor_name: 'Nightjar', version: productVersion },
    tenant_uid: alert.tenant,
    ...(trace !== '' && { correlation_uid: plainText(trace, 64) }),
    ...(test && { labels: ['test'] }),
  }
}

function findingInfo(alert: Alert, { baseUrl }: OcsfContext, room: EvidenceRoom) {
  const attacks: Attack[] = attacksOf(alert.tags)
  const isDrift = alert.family === 'manifest-drift'
  return {
    uid: alert.id,
    title: plainText(alert.title, Math.min(256, room.text)),
    types: [alert.family],
    created_time: ms(alert.createdAt),
    first_seen_time: ms(alert.firstSeen),
    last_seen_time: ms(alert.lastSeen),
    analytic: {
      uid: alert.finding.ruleId,
      name: plainText(alert.finding.ruleTitle, Math.min(256, room.text)),
      type_id: isDrift ? 5 : 1,
      type: isDrift ? 'Fingerprinting' : 'Rule',
    },
    ...(attacks.length > 0 && { attacks }),
    ...(baseUrl !== undefined && {
      src_url: `${baseUrl.replace(/\/+$/, '')}/alerts?alert=${encodeURIComponent(alert.id)}`,
    }),
  }
}

/** Who did what where, and the events that show it. `data` is always there, so one attribute at least is. */
function evidence(alert: Alert, room: EvidenceRoom) {
  const text = Math.min(200, room.text)
  const say = (column: Parameters<typeof entityValue>[1]) =>
    plainText(entityValue(alert.entity, column), text)
  const [principal, client, tool, server] = [
    say('principal'),
    say('client'),
    say('tool'),
    say('server'),
  ]
  const operation = say('method') || (tool === '' ? '' : 'tools/call')
  const actor = {
    ...(principal !== '' && { user: { uid: principal } }),
    ...(client !== '' && { app_name: client }),
  }
  const { observed, threshold, windowMs, data } = alert.finding
  const eventIds = room.events === 0 ? [] : alert.eventIds.slice(-room.events)
  return {
    ...(Object.keys(actor).length > 0 && { actor }),
    ...(operation !== '' && {
      api: { operation, ...(server !== '' && { service: { name: server } }) },
    }),
    data: {
      ...(tool !== '' && { tool }),
      ...(observed !== undefined && { observed }),
      ...(threshold !== undefined && { threshold }),
      ...(windowMs !== undefined && { window_ms: windowMs }),
      event_ids: eventIds,
      event_count: alert.finding.eventCount,
      ...(room.claim && data !== undefined && { claim: plainValue(data, room.text) }),
    },
  }
}

function resources(alert: Alert, room: EvidenceRoom) {
  const kinds = [
    ['server', 'MCP Server'],
    ['tool', 'MCP Tool'],
    ['host', 'Host'],
  ] as const
  const found = kinds.flatMap(([column, type]) => {
    const name = plainText(entityValue(alert.entity, column), Math.min(200, room.text))
    return name === '' ? [] : [{ name, type }]
  })
  return found.length === 0 ? {} : { resources: found }
}

const isColumn = (key: string): key is (typeof COLUMN_NAMES)[number] =>
  (COLUMN_NAMES as readonly string[]).includes(key)

/** What OCSF has no name for, under OpenTelemetry's names, or `nightjar.*`. */
function unmapped(alert: Alert, { test }: OcsfContext, room: EvidenceRoom) {
  const entity = Object.entries(alert.entity)
    .slice(0, MAX_ENTITY_KEYS)
    .map(([key, value]) => {
      const name = isColumn(key) ? columnSpec(key).attribute : key
      return [plainText(name, 60), plainText(value, Math.min(200, room.text))]
    })
  const omitted = alert.eventIds.length - Math.min(room.events, alert.eventIds.length)
  return {
    ...Object.fromEntries(entity),
    'nightjar.alert.version': alert.version,
    'nightjar.alert.state': alert.state,
    'nightjar.alert.fingerprint': alert.fingerprint,
    'nightjar.alert.regressed': alert.regressed,
    'nightjar.alert.owner': plainText(alert.owner, Math.min(200, room.text)),
    ...(alert.closeReason !== undefined && { 'nightjar.alert.close_reason': alert.closeReason }),
    'nightjar.rule.ids': alert.ruleIds.slice(0, room.labels).map((id) => plainText(id, 80)),
    'nightjar.tags': alert.tags.slice(0, room.labels).map((tag) => plainText(tag, 80)),
    ...(omitted > 0 && { 'nightjar.evidence.omitted_events': omitted }),
    ...(!room.claim &&
      alert.finding.data !== undefined && { 'nightjar.evidence.claim_omitted': true }),
    ...(test && { 'nightjar.test': true }),
  }
}
