import type { Alert, Delivery, Destination } from '@nightjar/core'
import type { OwnedRecord } from '@nightjar/stream'
import { Lane } from './lane.ts'
import { inState, isOpen } from './ledger.ts'

/** What a start takes from the ledger. */
export interface Rebuilt {
  readonly lanes: ReadonlyMap<string, Lane>
  readonly removed: ReadonlyMap<string, Destination>
  /** Rows that a crash left open and that will not be sent; to be written. */
  readonly ended: readonly Delivery[]
}

/**
 * Lanes as the ledger and the newest alerts say: what was not delivered waits again, with the back-off it had, what
 * was being tried first.
 */
export function rebuild(
  records: Iterable<OwnedRecord>,
  alerts: ReadonlyMap<string, Alert>,
  now: number,
): Rebuilt {
  const lanes = new Map<string, Lane>()
  const removed = new Map<string, Destination>()
  const deliveries: Delivery[] = []
  for (const record of records) {
    if (record.type === 'delivery' && !record.row.test) deliveries.push(record.row)
    if (record.type !== 'destination') continue
    if (record.row.removedAt === undefined) lanes.set(record.row.id, new Lane(record.row))
    else removed.set(record.row.id, record.row)
  }
  const ended: Delivery[] = []
  for (const delivery of deliveries.sort(inOrder)) {
    const lane = lanes.get(delivery.destinationId)
    if (lane !== undefined) remember(lane, delivery)
    if (!isOpen(delivery)) continue
    if (lane === undefined)
      ended.push(inState(delivery, 'rejected', 'The destination was removed.', now))
    else ended.push(...waits(lane, delivery, alerts.get(delivery.alertId), now))
  }
  return { lanes, removed, ended }
}

/** What was being tried comes first, then by age. */
function inOrder(a: Delivery, b: Delivery): number {
  const tried = Number(b.state === 'retrying') - Number(a.state === 'retrying')
  return tried || a.createdAt.localeCompare(b.createdAt) || a.alertVersion - b.alertVersion
}

function remember(lane: Lane, { alertId, alertVersion, state }: Delivery): void {
  const seen = lane.seen(alertId)
  lane.remember(alertId, {
    version: Math.max(alertVersion, seen?.version ?? 0),
    digest: '',
    sent: state === 'delivered' || (seen?.sent ?? false),
  })
}

/** Puts a delivery into its lane; gives the rows of those that it or a newer one replaces. */
function waits(lane: Lane, delivery: Delivery, alert: Alert | undefined, now: number): Delivery[] {
  const replace = (old: Delivery) => [inState(old, 'superseded', 'A newer version is sent.', now)]
  const before = lane.waiting(delivery.alertId)?.delivery
  if (before !== undefined && before.alertVersion > delivery.alertVersion) return replace(delivery)
  const entry = { delivery, ...(alert !== undefined && { alert }) }
  const { status } = lane.destination
  if (delivery.state === 'held' && status !== 'held' && status !== 'disabled') {
    lane.drop(delivery.alertId)
    lane.aside.set(delivery.alertId, entry)
  } else lane.put(entry)
  if (delivery.state === 'retrying') {
    lane.failures = Math.max(lane.failures, delivery.attempts)
    lane.notBefore = Math.max(lane.notBefore, Date.parse(delivery.nextAttemptAt ?? '') || 0)
  }
  return before === undefined ? [] : replace(before)
}
