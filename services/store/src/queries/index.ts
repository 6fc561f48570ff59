import type {
  Alert,
  AuditEvent,
  CallView,
  Clock,
  Delivery,
  Destination,
  Finding,
  HealthView,
  ManifestVersion,
  Overview,
  Page,
  Server,
  SessionView,
  Suppression,
} from '@nightjar/core'
import { systemClock } from '@nightjar/core'
import type { StoreClient } from '../client.ts'
import { type AlertsQuestion, findingsByRule, findingsOf, listAlerts } from './alerts.ts'
import { createAsk, DEFAULT_LIMITS, type QueryLimits } from './ask.ts'
import { type CallsQuestion, listCalls } from './calls.ts'
import { findDoc } from './docs.ts'
import { type EventsQuestion, eventsByIds, listEvents } from './events.ts'
import { type LastEvent, readLastEvent, readSources, readTableSize } from './health.ts'
import { readOverview } from './overview.ts'
import type { ListQuestion } from './page.ts'
import { findSession, listSessions, type SessionsQuestion } from './sessions.ts'
import {
  type DeliveriesQuestion,
  findDestination,
  listDeliveries,
  listDestinations,
  listServers,
  listSuppressions,
  manifestsOf,
  type ServersQuestion,
  type SuppressionsQuestion,
} from './state-lists.ts'

/**
 * Every question the API asks of the store. Lists are newest first, paged by keyset; a cursor of another question is
 * API_BAD_CURSOR. A question past its limits is STORE_QUERY_TOO_WIDE.
 */
export interface Queries {
  events(question: EventsQuestion): Promise<Page<AuditEvent>>
  /** The events of these ids that are kept, oldest first. */
  eventsByIds(tenant: string, ids: readonly string[]): Promise<AuditEvent[]>
  calls(question: CallsQuestion): Promise<Page<CallView>>
  sessions(question: SessionsQuestion): Promise<Page<SessionView>>
  session(tenant: string, id: string): Promise<SessionView | undefined>
  overview(tenant: string): Promise<Overview>
  alerts(question: AlertsQuestion): Promise<Page<Alert>>
  alert(tenant: string, id: string): Promise<Alert | undefined>
  findingsOf(alert: Alert): Promise<Finding[]>
  /** Findings of the last 24 hours by rule id. */
  findingsByRule(tenant: string): Promise<ReadonlyMap<string, number>>
  servers(question: ServersQuestion): Promise<Page<Server>>
  server(tenant: string, id: string): Promise<Server | undefined>
  manifests(tenant: string, serverId: string): Promise<ManifestVersion[]>
  suppressions(question: SuppressionsQuestion): Promise<Page<Suppression>>
  suppression(tenant: string, id: string): Promise<Suppression | undefined>
  destinations(question: ListQuestion): Promise<Page<Destination>>
  destination(tenant: string, id: string): Promise<Destination | undefined>
  deliveries(question: DeliveriesQuestion): Promise<Page<Delivery>>
  delivery(tenant: string, id: string): Promise<Delivery | undefined>
  lastEvent(tenant: string): Promise<LastEvent>
  sources(tenant: string): Promise<HealthView['sources']>
  tableSize(): Promise<{ rows: number; bytes: number }>
}

/** What {@link createQueries} may be told. */
export interface QueriesOptions {
  readonly clock?: Clock
  readonly limits?: QueryLimits
}

/** Binds every question to a connection. */
export function createQueries(
  client: Pick<StoreClient, 'rows'>,
  { clock = systemClock, limits = DEFAULT_LIMITS }: QueriesOptions = {},
): Queries {
  const ask = createAsk(client, limits)
  return {
    events: (question) => listEvents(ask, clock, question),
    eventsByIds: (tenant, ids) => eventsByIds(ask, tenant, ids),
    calls: (question) => listCalls(ask, clock, question),
    sessions: (question) => listSessions(ask, clock, question),
    session: (tenant, id) => findSession(ask, tenant, id),
    overview: (tenant) => readOverview(ask, clock, tenant),
    alerts: (question) => listAlerts(ask, clock, question),
    alert: (tenant, id) => findDoc<Alert>(ask, 'alerts', tenant, id),
    findingsOf: (alert) => findingsOf(ask, alert),
    findingsByRule: (tenant) => findingsByRule(ask, clock, tenant),
    servers: (question) => listServers(ask, clock, question),
    server: (tenant, id) => findDoc<Server>(ask, 'servers', tenant, id),
    manifests: (tenant, serverId) => manifestsOf(ask, tenant, serverId),
    suppressions: (question) => listSuppressions(ask, clock, question),
    suppression: (tenant, id) => findDoc<Suppression>(ask, 'suppressions', tenant, id),
    destinations: (question) => listDestinations(ask, clock, question),
    destination: (tenant, id) => findDestination(ask, tenant, id),
    deliveries: (question) => listDeliveries(ask, clock, question),
    delivery: (tenant, id) => findDoc<Delivery>(ask, 'deliveries', tenant, id),
    lastEvent: (tenant) => readLastEvent(ask, tenant),
    sources: (tenant) => readSources(ask, clock, tenant),
    tableSize: () => readTableSize(ask),
  }
}
