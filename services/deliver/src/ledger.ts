import type { Alert, Delivery, Destination } from '@nightjar/core'
import { retryDelayMs } from './backoff.ts'
import { deliveryIdOf, messageIdOf, testDeliveryIdOf } from './identity.ts'
import type { Outcome } from './outcome.ts'

/** Attempts at a message that the receiver itself cannot handle (a 5xx that is not about load) before it is set aside. */
export const MAX_SUSPECT_ATTEMPTS = 10
const MAX_ERROR = 400

const at = (now: number): string => new Date(now).toISOString()

function row(id: string, destination: Destination, now: number): Delivery {
  return {
    id,
    tenant: destination.tenant,
    destinationId: destination.id,
    alertId: '',
    alertVersion: 0,
    messageId: messageIdOf(id),
    state: 'pending',
    test: false,
    attempts: 0,
    responseStatus: 0,
    error: '',
    createdAt: at(now),
    updatedAt: at(now),
    latencyMs: 0,
    version: 1,
  }
}

/** The first line of the ledger for an alert version at a destination. */
export function pendingDelivery(destination: Destination, alert: Alert, now: number): Delivery {
  const id = deliveryIdOf(destination.id, alert.id, alert.version)
  return { ...row(id, destination, now), alertId: alert.id, alertVersion: alert.version }
}

/** The line of a test that a command asked for. */
export function testDelivery(destination: Destination, commandId: string, now: number): Delivery {
  return { ...row(testDeliveryIdOf(commandId), destination, now), test: true }
}

/** A delivery in a new state. */
export function inState(
  delivery: Delivery,
  state: Delivery['state'],
  error: string,
  now: number,
): Delivery {
  const { nextAttemptAt: _, ...rest } = delivery
  return {
    ...rest,
    state,
    error: error.slice(0, MAX_ERROR),
    updatedAt: at(now),
    version: delivery.version + 1,
  }
}

/** Whether a delivery may still be sent. */
export function isOpen({ state }: Delivery): boolean {
  return state === 'pending' || state === 'retrying' || state === 'held'
}

/** What follows an attempt: the next message, this one again, this one aside, or none until a person acts. */
export type Next = 'done' | 'again' | 'aside' | 'stop'

export interface Settled {
  readonly delivery: Delivery
  /** Changed only where its status did. */
  readonly destination: Destination
  readonly next: Next
  readonly delayMs: number
}

export interface SettleOptions {
  /** Failures of the destination in a row, this one not counted. */
  readonly failures: number
  readonly latencyMs: number
  readonly random: number
  readonly scale: number
  readonly now: number
}

/** What an attempt's outcome makes of the delivery and of its destination. */
export function settle(
  delivery: Delivery,
  destination: Destination,
  outcome: Outcome,
  options: SettleOptions,
): Settled {
  const { now, latencyMs } = options
  const tried = {
    ...delivery,
    attempts: delivery.attempts + 1,
    responseStatus: outcome.status,
    latencyMs,
  }
  const error = outcome.type === 'delivered' ? '' : outcome.error
  const to = (state: Delivery['state']) => inState(tried, state, error, now)
  const put = (status: Destination['status']) => withStatus(destination, status, error, now)
  const well = withStatus(destination, 'ok', '', now)
  switch (outcome.type) {
    case 'delivered':
      return { delivery: to('delivered'), destination: well, next: 'done', delayMs: 0 }
    case 'reject':
      return { delivery: to('rejected'), destination: well, next: 'done', delayMs: 0 }
    case 'hold':
      return { delivery: to('held'), destination: put('held'), next: 'stop', delayMs: 0 }
    case 'disable':
      return {
        delivery: to('held'),
        destination: { ...put('disabled'), enabled: false },
        next: 'stop',
        delayMs: 0,
      }
    case 'retry':
      return retried(tried, destination, outcome, options)
  }
}

function retried(
  tried: Delivery,
  destination: Destination,
  outcome: Outcome & { type: 'retry' },
  { failures, random, scale, now }: SettleOptions,
): Settled {
  const { error, retryAfterMs, suspect } = outcome
  const delayMs = retryDelayMs({
    failures: failures + 1,
    random,
    scale,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
  const after = withStatus(destination, 'retrying', error, now)
  if (suspect && tried.attempts >= MAX_SUSPECT_ATTEMPTS)
    return {
      delivery: inState(tried, 'held', `Set aside after ${tried.attempts} attempts. ${error}`, now),
      destination: after,
      next: 'aside',
      delayMs,
    }
  const delivery = {
    ...inState(tried, 'retrying', error, now),
    nextAttemptAt: at(now + delayMs),
  }
  return { delivery, destination: after, next: 'again', delayMs }
}

/** A destination in a new status; the same object where the status is the same, or a person has switched it off. */
export function withStatus(
  destination: Destination,
  status: Destination['status'],
  statusDetail: string,
  now: number,
): Destination {
  if (destination.status === status || !destination.enabled) return destination
  return {
    ...destination,
    status,
    statusDetail: statusDetail.slice(0, MAX_ERROR),
    updatedAt: at(now),
    version: destination.version + 1,
  }
}
