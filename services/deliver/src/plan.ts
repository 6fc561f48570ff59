import { createHash } from 'node:crypto'
import { type Alert, type Delivery, type Destination, SEVERITIES } from '@nightjar/core'
import type { Lane } from './lane.ts'
import { inState, pendingDelivery } from './ledger.ts'

/** What a version of an alert means for a destination. */
export type Plan =
  | { readonly type: 'skip' }
  /** It is to be sent, in place of a delivery that still waits if there is one. */
  | { readonly type: 'put'; readonly delivery: Delivery; readonly replaced?: Delivery }
  /** It was suppressed while it waited. */
  | { readonly type: 'drop'; readonly replaced: Delivery }

const SKIP: Plan = { type: 'skip' }

/** Digest of what a receiver would be told; a comment does not change it. */
export function digestOf(alert: Alert): string {
  const said = { ...alert, history: [], version: 0, updatedAt: '' }
  return createHash('sha256').update(JSON.stringify(said)).digest('base64')
}

/** Whether alerts of this kind go to a destination. */
export function isWanted(destination: Destination, alert: Alert): boolean {
  return (
    destination.enabled &&
    destination.tenant === alert.tenant &&
    !alert.suppressed &&
    SEVERITIES.indexOf(alert.severity) >= SEVERITIES.indexOf(destination.minSeverity)
  )
}

/** The lane's view of a new version: known versions and such that say nothing new are skipped. */
export function planFor(lane: Lane, alert: Alert, now: number): Plan {
  const seen = lane.seen(alert.id)
  if (seen !== undefined && alert.version <= seen.version) return SKIP
  const waiting = lane.waiting(alert.id)
  if (alert.suppressed)
    return waiting === undefined
      ? SKIP
      : { type: 'drop', replaced: inState(waiting.delivery, 'superseded', 'Suppressed.', now) }
  if (seen !== undefined && digestOf(alert) === seen.digest) return SKIP
  // A disabled destination takes nothing new, but what waits for it is kept up to date.
  if (!isWanted(lane.destination, alert) && waiting === undefined) return SKIP
  const delivery = pendingDelivery(lane.destination, alert, now)
  if (waiting === undefined) return { type: 'put', delivery }
  const replaced = inState(waiting.delivery, 'superseded', supersededBy(alert), now)
  return { type: 'put', delivery, replaced }
}

/** Why a delivery is not sent any more. */
export function supersededBy(alert: Alert): string {
  return `Version ${alert.version} of the alert is sent instead.`
}
