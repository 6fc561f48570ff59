export { startArchiver } from './archiver.ts'
export type { NativeInsert, Params, ParamValue, ReadOptions, StoreClient } from './client.ts'
export { type Connection, type ConnectOptions, connect, type EngineInfo } from './connect.ts'
export { type ForegroundEngine, runEngineForeground } from './engine/foreground.ts'
export { type MigrateOptions, migrate } from './migrate.ts'
export { type OpenStoreOptions, openStore, type Store } from './open-store.ts'
export type { AlertFilter, AlertsQuestion } from './queries/alerts.ts'
export { DEFAULT_LIMITS, type QueryLimits } from './queries/ask.ts'
export type { CallFilter, CallsQuestion } from './queries/calls.ts'
export type { EventFilter, EventsQuestion } from './queries/events.ts'
export type { LastEvent } from './queries/health.ts'
export { createQueries, type Queries, type QueriesOptions } from './queries/index.ts'
export type { ListQuestion } from './queries/page.ts'
export { readTime, type TimeRange } from './queries/range.ts'
export { sessionKeyOf } from './queries/session-key.ts'
export type { SessionFilter, SessionsQuestion } from './queries/sessions.ts'
export type {
  DeliveriesQuestion,
  ServersQuestion,
  SuppressionsQuestion,
} from './queries/state-lists.ts'
