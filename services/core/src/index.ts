export {
  ALERT_STATES,
  type Alert,
  type AlertState,
  alertSchema,
  CLOSE_REASONS,
  type CloseReason,
} from './alert.ts'
export { type ColumnBuilders, EventBatchBuilder } from './batch/builder.ts'
export type {
  BytesColumn,
  Column,
  DictColumn,
  EventBatch,
  EventColumns,
  ListColumn,
  NumberColumn,
  TextColumn,
} from './batch/column.ts'
export {
  appendEvent,
  batchOf,
  eventAt,
  eventsOf,
  hexAt,
  hexToBytes,
  listAt,
  textAt,
} from './batch/row.ts'
export { takeRows } from './batch/take.ts'
export { type Clock, formatMicros, parseMicros, systemClock } from './clock.ts'
export {
  COLUMN_NAMES,
  type ColumnKind,
  type ColumnName,
  type ColumnSpec,
  columnSpec,
  EVENT_COLUMNS,
  sqlName,
} from './columns.ts'
export {
  type Command,
  type CommandBody,
  commandBodySchema,
  commandSchema,
  type Reply,
  replySchema,
} from './command.ts'
export { type Component, type Logger, type Metrics, noMetrics, silentLogger } from './component.ts'
export {
  type Delivery,
  type Destination,
  deliverySchema,
  destinationSchema,
  type Sealer,
} from './delivery.ts'
export { messageOf, NightjarError, type NightjarErrorOptions } from './errors.ts'
export {
  type AuditEvent,
  type AuditEventInput,
  auditEventJsonSchema,
  auditEventSchema,
} from './event.ts'
export { entityValue, type Finding, findingSchema } from './finding.ts'
export {
  type Manifest,
  type ManifestChange,
  manifestChangeSchema,
  manifestSchema,
} from './manifest.ts'
export { Secret } from './secret.ts'
export {
  type ManifestVersion,
  manifestVersionSchema,
  SERVER_STATES,
  type Server,
  serverSchema,
} from './server.ts'
export { type Sighting, sightingSchema } from './sighting.ts'
export {
  type ServerJudgement,
  type StateRecord,
  stateRecordSchema,
  type TenantPolicy,
} from './state.ts'
export { type Suppression, suppressionSchema } from './suppression.ts'
export {
  type CallView,
  callViewSchema,
  type HealthView,
  healthViewSchema,
  type Overview,
  overviewSchema,
  type Page,
  type Problem,
  pageSchema,
  problemSchema,
  type RuleView,
  ruleViewSchema,
  type SessionView,
  sessionViewSchema,
} from './views.ts'
export {
  CONTENT_STATES,
  type ContentState,
  DECISION_SOURCES,
  DECISIONS,
  EVENT_KINDS,
  type EventKind,
  OUTCOMES,
  type Outcome,
  PRINCIPAL_KINDS,
  PRINCIPAL_TRUSTS,
  SEVERITIES,
  type Severity,
  TRANSPORTS,
  VANTAGES,
  type Vantage,
} from './vocab.ts'
