import {
  type Alert,
  type Command,
  entityValue,
  type Suppression,
  suppressionSchema,
} from '@nightjar/core'
import { ALERT_CODES, type Refusal } from './errors.ts'
import { ownLine, withLine } from './history.ts'
import { suppressionIdOf } from './identity.ts'

const DAY_MS = 86_400_000
/** A year, leap day included. */
const MAX_LIFE_MS = 366 * DAY_MS
const MAX_REASON = 1000
/** An id that the sender of the command chose; anything shorter is a placeholder, and the command names it instead. */
const ID = /^[A-Za-z0-9_-]{5,64}$/

const inputSchema = suppressionSchema
  .pick({ reason: true, expiresAt: true })
  // Strict: a field of `match` that were dropped would make the suppression hide more than was asked for.
  .extend({ match: suppressionSchema.shape.match.strict() })
  .strict()

const invalid = (message: string): Refusal => ({ code: ALERT_CODES.suppressionInvalid, message })

/** Whether a suppression is in force. */
export function isActive(suppression: Suppression, now: number): boolean {
  return suppression.endedAt === undefined && Date.parse(suppression.expiresAt) > now
}

/**
 * Whether an alert is what a suppression hides: every field of its match is equal. `ruleId` matches an alert whose
 * only rule it is, so that silencing one noisy rule never hides what another rule has found.
 */
export function matches(suppression: Suppression, alert: Alert): boolean {
  const { fingerprint, family, ruleId, principal, server } = suppression.match
  return (
    suppression.tenant === alert.tenant &&
    (fingerprint === undefined || fingerprint === alert.fingerprint) &&
    (family === undefined || family === alert.family) &&
    (ruleId === undefined || alert.ruleIds.every((id) => id === ruleId)) &&
    (principal === undefined || principal === entityValue(alert.entity, 'principal')) &&
    (server === undefined || server === entityValue(alert.entity, 'server'))
  )
}

/** Whether a closed alert stays closed when it fires again under a suppression: its firing was judged harmless. */
export function staysClosed(alert: Alert, suppressing: Suppression | undefined): boolean {
  if (alert.state !== 'closed' || suppressing === undefined) return false
  return alert.closeReason !== 'true_positive' && alert.closeReason !== 'other'
}

/** The alert marked as suppressed or not, with a line of history where that changes. */
export function marked(alert: Alert, suppressing: Suppression | undefined, now: number): Alert {
  const suppressed = suppressing !== undefined
  if (suppressed === alert.suppressed) return alert
  const line = suppressed
    ? ownLine(now, 'suppressed', `${suppressing.id}: ${suppressing.reason}`)
    : ownLine(now, 'unsuppressed', 'no suppression is in force')
  return withLine({ ...alert, suppressed }, line)
}

/** An expiry may be given with any offset; it is kept in UTC. */
function inUtc(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || !('expiresAt' in input)) return input
  const time = typeof input.expiresAt === 'string' ? Date.parse(input.expiresAt) : Number.NaN
  return Number.isNaN(time) ? input : { ...input, expiresAt: new Date(time).toISOString() }
}

function expiryFault(expiresAt: string, now: number): string | undefined {
  const life = Date.parse(expiresAt) - now
  if (life <= 0) return 'A suppression must expire in the future.'
  if (life > MAX_LIFE_MS)
    return 'A suppression lasts a year at most; renew it if it is still needed.'
  return undefined
}

/** The suppression that a command asks for, or what is wrong with it. Its version is 0: nothing is written yet. */
export function createdBy(command: Command, input: unknown, now: number): Suppression | Refusal {
  const parsed = inputSchema.safeParse(inUtc(input))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a suppression'}`)
  }
  const { match, reason, expiresAt } = parsed.data
  const values = Object.values(match).filter((value) => value !== undefined)
  if (values.length === 0)
    return invalid('match needs a fingerprint, family, ruleId, principal or server.')
  if (values.some((value) => value.trim() === '')) return invalid('A field of match is empty.')
  if (reason.trim() === '' || reason.length > MAX_REASON)
    return invalid(`A reason of 1 to ${MAX_REASON} characters is needed.`)
  const fault = expiryFault(expiresAt, now)
  if (fault !== undefined) return invalid(fault)
  return {
    id: ID.test(command.body.id) ? command.body.id : suppressionIdOf(command.id),
    tenant: command.tenant,
    match,
    reason: reason.trim(),
    author: command.actor,
    createdAt: new Date(now).toISOString(),
    expiresAt,
    hidden: 0,
    version: 0,
  }
}

/** The suppression as a person ended it. Ending it twice changes nothing. */
export function endedBy(
  suppression: Suppression,
  actor: string,
  reason: string,
  now: number,
): Suppression {
  if (suppression.endedAt !== undefined) return suppression
  return {
    ...suppression,
    endedAt: new Date(now).toISOString(),
    endedBy: actor,
    endReason: reason,
  }
}
