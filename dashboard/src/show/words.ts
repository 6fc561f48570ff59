import type { Alert, AlertState, CloseReason, Outcome, Server, Severity } from '@nightjar/core'

/** Severities, worst first. */
export const SEVERITIES: readonly Severity[] = [
  'critical',
  'high',
  'medium',
  'low',
  'informational',
]
/** Each severity as a shape and a word: colour alone never carries it. */
export const SEVERITY: Record<Severity, { glyph: string; short: string; word: string }> = {
  critical: { glyph: '◆', short: 'CRIT', word: 'critical' },
  high: { glyph: '▲', short: 'HIGH', word: 'high' },
  medium: { glyph: '■', short: 'MED', word: 'medium' },
  low: { glyph: '●', short: 'LOW', word: 'low' },
  informational: { glyph: '○', short: 'INFO', word: 'informational' },
}

export const ALERT_STATE: Record<AlertState, string> = {
  open: 'Open',
  acknowledged: 'Acknowledged',
  closed: 'Closed',
}

export const CLOSE_REASON: Record<CloseReason, string> = {
  true_positive: 'True positive: it was an attack or misuse',
  benign_true_positive: 'Benign true positive: it happened and was allowed',
  false_positive: 'False positive: the rule was wrong',
  duplicate: 'Duplicate of another alert',
  expected_change: 'Expected change: the change was planned',
  test: 'Test',
  other: 'Other (say what)',
}

export const OUTCOME: Record<Outcome, { word: string; tone: 'ok' | 'error' | 'denied' | 'muted' }> =
  {
    success: { word: 'success', tone: 'ok' },
    tool_error: { word: 'tool error', tone: 'error' },
    error: { word: 'error', tone: 'error' },
    denied: { word: 'denied', tone: 'denied' },
    cancelled: { word: 'cancelled', tone: 'muted' },
    input_required: { word: 'input required', tone: 'muted' },
    unknown: { word: 'unknown', tone: 'muted' },
  }

export const SERVER_STATE: Record<Server['state'], { glyph: string; word: string }> = {
  pending: { glyph: '◔', word: 'Pending' },
  approved: { glyph: '✓', word: 'Approved' },
  rejected: { glyph: '✕', word: 'Rejected' },
  quarantined: { glyph: '⊘', word: 'Quarantined' },
  retired: { glyph: '–', word: 'Retired' },
}

/** Risk as a number with its word, after the severity bands. */
export function riskWord(score: number): string {
  if (score >= 90) return 'critical'
  if (score >= 70) return 'high'
  if (score >= 40) return 'medium'
  return 'low'
}

/** The multiplication behind a risk score, for its tooltip. */
export function riskSum(risk: Alert['risk']): string {
  return `${Math.round(risk.score)} = severity ${risk.severity} × criticality ${risk.criticality} × confidence ${risk.confidence}, at most 100`
}

/** The names an entity's field may have: the dictionary's, the OpenTelemetry attribute, or who stands for it. */
const ENTITY = {
  principal: ['principal', 'enduser.id', 'nightjar.actor', 'actor'],
  server: ['server', 'nightjar.server.name'],
  tool: ['tool', 'gen_ai.tool.name'],
} as const

/** The name of an entity's field as people say it. */
export function entityLabel(name: string): string {
  for (const [field, names] of Object.entries(ENTITY)) {
    if ((names as readonly string[]).includes(name)) return upper(field)
  }
  // A camel-case name is words: `serverKey` is "Server key".
  return upper(name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`))
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Who or what an alert is about; '' where it does not say. */
export function entityOf({ entity }: Pick<Alert, 'entity'>, field: keyof typeof ENTITY): string {
  for (const name of ENTITY[field]) {
    const value = entity[name]
    if (value) return value
  }
  return ''
}
