import type {
  Clock,
  Delivery,
  Destination,
  ManifestVersion,
  Page,
  Server,
  Suppression,
} from '@nightjar/core'
import type { Ask } from './ask.ts'
import { addFreeText, conditions } from './conditions.ts'
import { docTable, listDocs, newestBy, readDocs } from './docs.ts'
import type { ListQuestion } from './page.ts'
import { addTimeRange, type TimeRange } from './range.ts'

export interface ServersQuestion extends ListQuestion {
  readonly q?: string | undefined
  readonly state?: readonly string[] | undefined
  readonly transport?: readonly string[] | undefined
  readonly name?: readonly string[] | undefined
  /** True: only servers whose manifest waits for a judgement; false: only the others. */
  readonly drift?: boolean | undefined
}
export interface DeliveriesQuestion extends ListQuestion, TimeRange {
  readonly destinationId?: readonly string[] | undefined
  readonly alertId?: readonly string[] | undefined
  readonly state?: readonly string[] | undefined
  readonly test?: boolean | undefined
}
export interface SuppressionsQuestion extends ListQuestion {
  /** True: only those in force; false: only those that ended or expired. */
  readonly active?: boolean | undefined
}

const SERVERS = docTable('servers', newestBy('last_seen'))
const SUPPRESSIONS = docTable('suppressions', newestBy('created_at'))
const DESTINATIONS = docTable('destinations')
const DELIVERIES = docTable('deliveries', newestBy('created_at'))
const MAX_MANIFESTS = 1000

/** Servers, the one seen last first. */
export function listServers(
  ask: Ask,
  clock: Clock,
  question: ServersQuestion,
): Promise<Page<Server>> {
  return listDocs<Server>(ask, clock, SERVERS, question, (where) => {
    where.oneOf('state', question.state)
    where.oneOf('transport', question.transport)
    where.oneOf('name', question.name)
    if (question.drift !== undefined) where.add('has_drift = {0}', ['Bool', question.drift])
    addFreeText(where, question.q, ['id', 'name', 'doc'])
  })
}

/** Every manifest a server was seen with, newest first. */
export async function manifestsOf(
  ask: Ask,
  tenant: string,
  serverId: string,
): Promise<ManifestVersion[]> {
  const where = conditions(tenant)
  where.oneOf('server_id', [serverId])
  const found = await readDocs<ManifestVersion>(ask, 'manifests', where, MAX_MANIFESTS)
  return found.sort((a, b) => (a.firstSeen < b.firstSeen ? 1 : -1))
}

/** Suppressions, newest first. */
export function listSuppressions(
  ask: Ask,
  clock: Clock,
  question: SuppressionsQuestion,
): Promise<Page<Suppression>> {
  return listDocs<Suppression>(ask, clock, SUPPRESSIONS, question, (where, nowMs) => {
    if (question.active !== undefined)
      where.add(
        '(NOT ended AND expires_at > fromUnixTimestamp64Milli({0})) = {1}',
        ['Int64', nowMs],
        ['Bool', question.active],
      )
  })
}

/** Destinations that were not removed. */
export function listDestinations(
  ask: Ask,
  clock: Clock,
  question: ListQuestion,
): Promise<Page<Destination>> {
  return listDocs<Destination>(ask, clock, DESTINATIONS, question, (where) =>
    where.add('NOT removed'),
  )
}

/** A destination that was not removed, or undefined. */
export async function findDestination(
  ask: Ask,
  tenant: string,
  id: string,
): Promise<Destination | undefined> {
  const where = conditions(tenant)
  where.oneOf('id', [id])
  where.add('NOT removed')
  return (await readDocs<Destination>(ask, 'destinations', where, 1))[0]
}

/** The ledger of deliveries, newest first. */
export function listDeliveries(
  ask: Ask,
  clock: Clock,
  question: DeliveriesQuestion,
): Promise<Page<Delivery>> {
  return listDocs<Delivery>(ask, clock, DELIVERIES, question, (where, nowMs) => {
    where.oneOf('destination_id', question.destinationId)
    where.oneOf('alert_id', question.alertId)
    where.oneOf('state', question.state)
    if (question.test !== undefined) where.add('test = {0}', ['Bool', question.test])
    addTimeRange(where, 'created_at', question, nowMs)
  })
}
