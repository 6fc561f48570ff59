import type { Alert, Command, CommandBody, Finding, Reply, Suppression } from '@nightjar/core'
import { ALERT_CODES, isRefusal, type Refusal } from './errors.ts'
import { foldFinding, isKnown, openAlert, regress } from './fold.ts'
import { SELF } from './history.ts'
import { alertIdOf } from './identity.ts'
import { type AlertingState, Draft, type Effects } from './state.ts'
import { createdBy, endedBy, isActive, marked, matches, staysClosed } from './suppress.ts'
import { hasApplied, isTriage, type TriageBody, triage } from './triage.ts'

/** What alerting reacts to. `tick` ends what expired; `start` also finishes a marking that a crash cut short. */
export type Input =
  | { readonly type: 'findings'; readonly findings: readonly Finding[] }
  | { readonly type: 'command'; readonly command: Command }
  | { readonly type: 'tick' }
  | { readonly type: 'start' }

/** The commands that alerting owns. */
export type AlertingBody =
  | TriageBody
  | Extract<CommandBody, { type: 'suppression.create' | 'suppression.end' }>

/** Active suppressions one tenant may have. */
export const MAX_ACTIVE_SUPPRESSIONS = 1000

/** Whether a command is for this room. */
export function isAlertingBody(body: CommandBody): body is AlertingBody {
  return isTriage(body) || body.type === 'suppression.create' || body.type === 'suppression.end'
}

const noReplies: readonly Reply[] = []

/**
 * What an input changes. Pure: the next state is the given one with the effects' rows laid over it, which the caller
 * does once they are durable. The same findings or command again give no rows.
 */
export function step(state: AlertingState, input: Input, now: number): Effects {
  const draft = new Draft(state)
  switch (input.type) {
    case 'findings':
      fold(draft, input.findings, now)
      return { ...draft.rows(now), replies: noReplies }
    case 'start':
    case 'tick':
      if (expire(draft, now) || input.type === 'start') markAll(draft, now)
      return { ...draft.rows(now), replies: noReplies }
    case 'command':
      return answered(draft, input.command, now)
  }
}

const activeIn = (draft: Draft, now: number): Suppression[] =>
  [...draft.suppressions.all()].filter((suppression) => isActive(suppression, now))

/** Oldest first, so that `lastSeen` and the newest finding do not depend on the order within a batch. */
function fold(draft: Draft, findings: readonly Finding[], now: number): void {
  const active = activeIn(draft, now)
  const inOrder = [...findings].sort((a, b) => Date.parse(a.time) - Date.parse(b.time))
  for (const finding of inOrder) foldOne(draft, finding, active, now)
}

function foldOne(draft: Draft, finding: Finding, active: readonly Suppression[], now: number) {
  const before = draft.alerts.get(alertIdOf(finding.tenant, finding.fingerprint))
  if (before !== undefined && isKnown(before, finding)) {
    draft.tally.known++
    return
  }
  const folded = before === undefined ? openAlert(finding, now) : foldFinding(before, finding, now)
  const suppressing = active.find((suppression) => matches(suppression, folded))
  const regresses = folded.state === 'closed' && !staysClosed(folded, suppressing)
  const alert = regresses ? regress(folded, now) : folded
  draft.alerts.put(marked(alert, suppressing, now))
  draft.tally.folded++
  if (before === undefined) draft.tally.raised++
  if (regresses) draft.tally.regressed++
  hit(draft, suppressing)
}

function hit(draft: Draft, suppression: Suppression | undefined): void {
  const row = suppression && draft.suppressions.get(suppression.id)
  if (row !== undefined) draft.suppressions.put({ ...row, hidden: row.hidden + 1 })
}

/** Whether any suppression ended. */
function expire(draft: Draft, now: number): boolean {
  const over = [...draft.suppressions.all()].filter(
    (suppression) => suppression.endedAt === undefined && !isActive(suppression, now),
  )
  for (const suppression of over)
    draft.suppressions.put({
      ...suppression,
      endedAt: suppression.expiresAt,
      endedBy: SELF,
      endReason: 'expired',
    })
  return over.length > 0
}

/** Marks the alerts in the queue as the suppressions say. A closed one keeps its mark until it changes. */
function markAll(draft: Draft, now: number, tenant?: string): void {
  const active = activeIn(draft, now)
  for (const alert of draft.alerts.all()) {
    if (alert.state === 'closed' || (tenant !== undefined && alert.tenant !== tenant)) continue
    const suppressing = active.find((suppression) => matches(suppression, alert))
    if (suppressing !== undefined && !alert.suppressed) hit(draft, suppressing)
    draft.alerts.put(marked(alert, suppressing, now))
  }
}

function answered(draft: Draft, command: Command, now: number): Effects {
  const result = applied(draft, command, now)
  const rows = draft.rows(now)
  const { id: commandId, tenant } = command
  if (isRefusal(result)) return { ...rows, replies: [{ commandId, tenant, ok: false, ...result }] }
  const written = [...rows.alerts, ...rows.suppressions].find(({ id }) => id === result.id)
  return { ...rows, replies: [{ commandId, tenant, ok: true, result: written ?? result }] }
}

function applied(draft: Draft, command: Command, now: number): Alert | Suppression | Refusal {
  const { body } = command
  if (!isAlertingBody(body))
    return { code: ALERT_CODES.commandInvalid, message: `${body.type} is not for alerting.` }
  if (body.type === 'suppression.create') return suppressed(draft, command, body.suppression, now)
  if (body.type === 'suppression.end') return unsuppressed(draft, command, body.reason, now)
  const alert = draft.alerts.get(body.id)
  if (alert === undefined || alert.tenant !== command.tenant)
    return { code: ALERT_CODES.unknown, message: 'There is no such alert.' }
  if (hasApplied(alert, command.id)) return alert
  const after = triage(alert, command, body, now)
  if (isRefusal(after)) return after
  const suppressing = activeIn(draft, now).find((suppression) => matches(suppression, after))
  const row = after.state === 'closed' ? after : marked(after, suppressing, now)
  draft.alerts.put(row)
  return row
}

function suppressed(
  draft: Draft,
  command: Command,
  input: unknown,
  now: number,
): Suppression | Refusal {
  const created = createdBy(command, input, now)
  if (isRefusal(created)) return created
  const known = draft.suppressions.get(created.id)
  if (known !== undefined)
    return known.tenant === command.tenant
      ? known
      : { code: ALERT_CODES.suppressionInvalid, message: 'This id is taken; choose another.' }
  const count = activeIn(draft, now).filter(({ tenant }) => tenant === command.tenant).length
  if (count >= MAX_ACTIVE_SUPPRESSIONS)
    return {
      code: ALERT_CODES.suppressionLimit,
      message: `At most ${MAX_ACTIVE_SUPPRESSIONS} suppressions may be in force; end one first.`,
    }
  draft.suppressions.put(created)
  markAll(draft, now, command.tenant)
  return created
}

function unsuppressed(
  draft: Draft,
  command: Command,
  reason: string,
  now: number,
): Suppression | Refusal {
  const known = draft.suppressions.get(command.body.id)
  if (known === undefined || known.tenant !== command.tenant)
    return { code: ALERT_CODES.suppressionUnknown, message: 'There is no such suppression.' }
  const ended = endedBy(known, command.actor, reason, now)
  draft.suppressions.put(ended)
  markAll(draft, now, command.tenant)
  return ended
}
