import type { Alert, Command, CommandBody } from '@nightjar/core'
import { ALERT_CODES, type Refusal } from './errors.ts'
import { withLine } from './history.ts'

/** The commands about one alert. */
export type TriageBody = Extract<CommandBody, { type: `alert.${string}` }>

/** Whether a command body is about an alert. */
export function isTriage(body: CommandBody): body is TriageBody {
  return body.type.startsWith('alert.')
}

const wrongState = (alert: Alert, message: string): Refusal => ({
  code: ALERT_CODES.wrongState,
  message: `The alert is ${alert.state}. ${message}`,
})

const blank = (text: string | undefined): boolean => (text ?? '').trim() === ''

function closed(alert: Alert, body: TriageBody & { type: 'alert.close' }): Alert | Refusal {
  if (alert.state === 'closed')
    return wrongState(alert, 'Reopen it to close it for another reason.')
  if (body.closeReason === 'other' && blank(body.comment))
    return {
      code: ALERT_CODES.commentRequired,
      message: 'Closing for `other` needs a comment that says why.',
    }
  return { ...alert, state: 'closed', closeReason: body.closeReason, regressed: false }
}

function reopened(alert: Alert): Alert | Refusal {
  if (alert.state !== 'closed') return wrongState(alert, 'Only a closed alert can be reopened.')
  const { closeReason: _, ...rest } = alert
  return { ...rest, state: 'open', regressed: false }
}

function changed(alert: Alert, actor: string, body: TriageBody): Alert | Refusal {
  switch (body.type) {
    case 'alert.acknowledge':
      return alert.state === 'open'
        ? { ...alert, state: 'acknowledged', owner: actor }
        : wrongState(alert, 'Only an open alert can be acknowledged; assign it to take it over.')
    case 'alert.close':
      return closed(alert, body)
    case 'alert.reopen':
      return reopened(alert)
    case 'alert.assign':
      return { ...alert, owner: body.owner.trim() }
    case 'alert.comment':
      return blank(body.comment)
        ? { code: ALERT_CODES.commentRequired, message: 'The comment is empty.' }
        : alert
  }
}

function detailOf(body: TriageBody): string {
  if (body.type === 'alert.assign') return body.owner.trim()
  const comment = body.comment?.trim() ?? ''
  if (body.type !== 'alert.close') return comment
  return comment === '' ? body.closeReason : `${body.closeReason}: ${comment}`
}

const ACTIONS: Readonly<Record<TriageBody['type'], string>> = {
  'alert.acknowledge': 'acknowledged',
  'alert.close': 'closed',
  'alert.reopen': 'reopened',
  'alert.assign': 'assigned',
  'alert.comment': 'commented',
}

/** Whether an alert already holds the effect of a command. */
export function hasApplied(alert: Alert, commandId: string): boolean {
  return alert.history.some((line) => line.commandId === commandId)
}

/**
 * The alert after a person's command, with its line of history, or why not:
 * open → acknowledged → closed, closed → open again; comments and assignment in every state.
 */
export function triage(
  alert: Alert,
  command: Command,
  body: TriageBody,
  now: number,
): Alert | Refusal {
  const after = changed(alert, command.actor, body)
  if ('code' in after) return after
  return withLine(after, {
    time: new Date(now).toISOString(),
    actor: command.actor,
    action: ACTIONS[body.type],
    detail: detailOf(body),
    commandId: command.id,
  })
}
