import type { Alert, Outcome, Server, Severity } from '@nightjar/core'
import { count } from '../show/number.ts'
import { ALERT_STATE, OUTCOME, riskSum, riskWord, SERVER_STATE, SEVERITY } from '../show/words.ts'

/** Severity as shape, word and colour. */
export function SeverityBadge({ severity }: { severity: Severity }) {
  const { glyph, short, word } = SEVERITY[severity]
  return (
    <span className="nj-badge" data-severity={severity} title={`Severity: ${word}`}>
      <span aria-hidden="true">{glyph}</span> {short}
    </span>
  )
}

/** An alert's state. */
export function AlertStateText({ alert: { state } }: { alert: Pick<Alert, 'state'> }) {
  const glyph = { open: '◌', acknowledged: '◑', closed: '✓' }[state]
  return (
    <span className="nj-state" data-state={state}>
      <span aria-hidden="true">{glyph}</span> {ALERT_STATE[state]}
    </span>
  )
}

/** How a call ended. */
export function OutcomeText({ outcome }: { outcome: Outcome }) {
  const { word, tone } = OUTCOME[outcome]
  const glyph = { ok: '✓', error: '▲', denied: '⊘', muted: '·' }[tone]
  return (
    <span className="nj-outcome" data-tone={tone}>
      <span aria-hidden="true">{glyph}</span> {word}
    </span>
  )
}

/** What was judged of a server. */
export function ServerStateText({ state }: { state: Server['state'] }) {
  const { glyph, word } = SERVER_STATE[state]
  return (
    <span className="nj-state" data-state={state}>
      <span aria-hidden="true">{glyph}</span> {word}
    </span>
  )
}

/** Risk from 0 to 100; its arithmetic on hover. */
export function Risk({ risk, word = false }: { risk: Alert['risk']; word?: boolean }) {
  return (
    <span className="nj-risk" title={riskSum(risk)}>
      <strong>{Math.round(risk.score)}</strong>
      {word && <span className="nj-muted"> {riskWord(risk.score)}</span>}
    </span>
  )
}

/** A number of things that wait for someone. */
export function WaitBadge({ value, label }: { value: number; label: string }) {
  if (value === 0) return null
  return (
    <span className="nj-wait" title={`${value} ${label}`}>
      {count(value)}
      <span className="nj-sr"> {label}</span>
    </span>
  )
}
