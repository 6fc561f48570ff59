import { type Command, type Destination, destinationSchema } from '@nightjar/core'
import { DELIVER_CODES, type Refusal } from './errors.ts'
import { destinationIdOf } from './identity.ts'

/** Destinations one tenant may have. */
export const MAX_DESTINATIONS = 50
/** An id that the sender of the command chose; anything shorter is a placeholder, and the command names it instead. */
const ID = /^[A-Za-z0-9_-]{5,64}$/

/** What may be put. Other keys are not taken over, so a secret in the clear is never kept. */
const inputSchema = destinationSchema
  .pick({ name: true, type: true, url: true, sealedSecret: true, minSeverity: true, enabled: true })
  .partial()

const invalid = (message: string): Refusal => ({ code: DELIVER_CODES.destinationInvalid, message })

/** The id of the destination that a put command is about. */
export function destinationIdIn(command: Command): string {
  return ID.test(command.body.id) ? command.body.id : destinationIdOf(command.id)
}

/**
 * A destination as a put leaves it, new or changed; what is not given stays. Any put by a person also ends a hold.
 * Nothing is looked up and no secret is opened here; the sender of its type checks that.
 */
export function putDestination(
  existing: Destination | undefined,
  command: Command,
  input: unknown,
  now: number,
): Destination | Refusal {
  const parsed = inputSchema.safeParse(input)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a destination'}`)
  }
  const base = existing ?? newDestination(command, now)
  const given = Object.fromEntries(
    Object.entries(parsed.data).filter(([, value]) => value !== undefined),
  )
  const after: Destination = { ...base, ...given, updatedAt: new Date(now).toISOString() }
  for (const field of ['name', 'url', 'sealedSecret'] as const)
    if (after[field].trim() === '') return invalid(`${field}: it is needed.`)
  return {
    ...after,
    status: after.enabled ? 'ok' : 'disabled',
    statusDetail: after.enabled ? '' : statusDetailOf(existing, command.actor),
    version: base.version + 1,
  }
}

function newDestination(command: Command, now: number): Destination {
  const at = new Date(now).toISOString()
  return {
    id: destinationIdIn(command),
    tenant: command.tenant,
    name: '',
    type: 'webhook',
    url: '',
    sealedSecret: '',
    minSeverity: 'low',
    enabled: true,
    status: 'ok',
    statusDetail: '',
    createdAt: at,
    updatedAt: at,
    version: 0,
  }
}

/** A destination that the receiver disabled keeps that reason until a person enables it. */
function statusDetailOf(existing: Destination | undefined, actor: string): string {
  if (existing?.status === 'disabled') return existing.statusDetail
  return `Disabled by ${actor}.`
}

/** A destination as it stays in the ledger once it is removed. */
export function removedDestination(
  destination: Destination,
  actor: string,
  reason: string,
  now: number,
): Destination {
  const at = new Date(now).toISOString()
  return {
    ...destination,
    enabled: false,
    status: 'disabled',
    statusDetail: `Removed by ${actor}: ${reason}`,
    sealedSecret: '',
    updatedAt: at,
    removedAt: at,
    version: destination.version + 1,
  }
}

/** A destination as an answer may show it: without its secret. */
export function shown(destination: Destination): Destination {
  return { ...destination, sealedSecret: '' }
}
