import { columnDefinition, STORED_COLUMNS } from './event-columns.ts'
import {
  DURABLE,
  FRESH_PARTS_COMPACT,
  retention,
  type SchemaOptions,
  UNEXAMINED,
} from './table-parts.ts'

/** The stretch of time that stands in the sort key of events, of a `DateTime64(6)`. */
export function sortBucket(time: string): string {
  return `toStartOfFiveMinutes(${time})`
}

/**
 * `nightjar.events`: every observation once. The sort key is tenant, a stretch of five minutes and `seq`, the position in
 * the log: newest-first pages and duplicate look-ups touch few granules (by the hour a page took eight times as long),
 * and a merge puts long runs of rows behind each other. Sorting by server, tool and time within the five minutes made it
 * choose row by row, which cost four times as much CPU; `by_time` stands in for it, as time and position rise together.
 * `insert_deduplication_token` covers the newest thousand blocks.
 */
function eventsTable({ retentionDays }: SchemaOptions): string {
  return `CREATE TABLE IF NOT EXISTS nightjar.events (
  ${STORED_COLUMNS.map(columnDefinition).join(',\n  ')},
  \`seq\` UInt64 CODEC(Delta(8), ZSTD(1)),
  INDEX by_id id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_trace trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_session session TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_conversation conversation TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_time time TYPE minmax GRANULARITY 1,
  INDEX by_seq seq TYPE minmax GRANULARITY 1,
  INDEX by_received received_time TYPE minmax GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toDate(time)
ORDER BY (tenant, ${sortBucket('time')}, seq)
TTL ${retention('events', retentionDays)}
SETTINGS ${DURABLE}, ${UNEXAMINED}, ${FRESH_PARTS_COMPACT}, ttl_only_drop_parts = 1,
  non_replicated_deduplication_window = 1000`
}

function callsByMinuteTable({ retentionDays }: SchemaOptions): string {
  return `CREATE TABLE IF NOT EXISTS nightjar.calls_by_minute (
  tenant LowCardinality(String),
  minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
  server LowCardinality(String),
  tool LowCardinality(String),
  method LowCardinality(String),
  vantage LowCardinality(String),
  outcome LowCardinality(String),
  calls UInt64,
  args_bytes UInt64,
  result_bytes UInt64,
  duration_us UInt64,
  lost UInt64,
  received Date
) ENGINE = SummingMergeTree((calls, args_bytes, result_bytes, duration_us, lost))
PARTITION BY toYYYYMM(minute)
ORDER BY (tenant, minute, server, tool, method, vantage, outcome)
TTL ${retention('calls_by_minute', retentionDays)}
SETTINGS ${DURABLE}, ${UNEXAMINED}, non_replicated_deduplication_window = 1000`
}

/** The SELECT behind `calls_by_minute`; the reconciler recomputes a minute with the same text. */
export const CALLS_BY_MINUTE_SELECT = `SELECT
  tenant, toStartOfMinute(toDateTime(time, 'UTC')) AS minute, server, tool, method, vantage, outcome,
  count() AS calls, sum(args_bytes) AS args_bytes, sum(result_bytes) AS result_bytes,
  sum(duration_us) AS duration_us, sum(lost) AS lost, max(toDate(received_time)) AS received
FROM nightjar.events
WHERE kind = 'call'`

/** The GROUP BY that belongs to {@link CALLS_BY_MINUTE_SELECT}. */
export const CALLS_BY_MINUTE_KEY = 'tenant, minute, server, tool, method, vantage, outcome'

function eventsBySourceTable({ retentionDays }: SchemaOptions): string {
  return `CREATE TABLE IF NOT EXISTS nightjar.events_by_source (
  tenant LowCardinality(String),
  hour DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
  emitter LowCardinality(String),
  host LowCardinality(String),
  vantage LowCardinality(String),
  events SimpleAggregateFunction(sum, UInt64),
  lost SimpleAggregateFunction(sum, UInt64),
  last_seen SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
  quality SimpleAggregateFunction(groupUniqArrayArray, Array(String))
) ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (tenant, hour, emitter, host, vantage)
TTL ${retention('events_by_source', retentionDays)}
SETTINGS ${DURABLE}, ${UNEXAMINED}, non_replicated_deduplication_window = 1000`
}

/** The SELECT behind `events_by_source`; `hour` is the hour of the event's time, `last_seen` a receive time. */
export const EVENTS_BY_SOURCE_SELECT = `SELECT
  tenant, toStartOfHour(toDateTime(time, 'UTC')) AS hour, emitter, host, vantage,
  count() AS events, sum(lost) AS lost, max(received_time) AS last_seen,
  groupUniqArrayArray(CAST(quality, 'Array(String)')) AS quality
FROM nightjar.events
WHERE 1`

/** The GROUP BY that belongs to {@link EVENTS_BY_SOURCE_SELECT}. */
export const EVENTS_BY_SOURCE_KEY = 'tenant, hour, emitter, host, vantage'

/**
 * Who called, a set for each hour: with many principals a row for each of them would be nearly a row for each event.
 * A set takes 16 bytes a principal, and adding what it has changes nothing.
 */
function principalsByHourTable({ retentionDays }: SchemaOptions): string {
  return `CREATE TABLE IF NOT EXISTS nightjar.principals_by_hour (
  tenant LowCardinality(String),
  hour DateTime('UTC'),
  principals AggregateFunction(uniqExact, String),
  received SimpleAggregateFunction(max, Date)
) ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (tenant, hour)
TTL ${retention('principals_by_hour', retentionDays)}
SETTINGS ${DURABLE}, ${UNEXAMINED}, non_replicated_deduplication_window = 1000`
}

/** The SELECT behind `principals_by_hour`. */
export const PRINCIPALS_BY_HOUR_SELECT = `SELECT
  tenant, toStartOfHour(toDateTime(time, 'UTC')) AS hour,
  uniqExactState(CAST(principal, 'String')) AS principals, max(toDate(received_time)) AS received
FROM nightjar.events
WHERE kind = 'call' AND principal != ''`

/** The GROUP BY that belongs to {@link PRINCIPALS_BY_HOUR_SELECT}. */
export const PRINCIPALS_BY_HOUR_KEY = 'tenant, hour'

/** Statements that make the event tables and the views that feed the rollups. */
export function eventStatements(options: SchemaOptions): string[] {
  return [
    eventsTable(options),
    callsByMinuteTable(options),
    eventsBySourceTable(options),
    principalsByHourTable(options),
    `CREATE MATERIALIZED VIEW IF NOT EXISTS nightjar.calls_by_minute_mv TO nightjar.calls_by_minute AS
${CALLS_BY_MINUTE_SELECT} GROUP BY ${CALLS_BY_MINUTE_KEY}`,
    `CREATE MATERIALIZED VIEW IF NOT EXISTS nightjar.events_by_source_mv TO nightjar.events_by_source AS
${EVENTS_BY_SOURCE_SELECT} GROUP BY ${EVENTS_BY_SOURCE_KEY}`,
    `CREATE MATERIALIZED VIEW IF NOT EXISTS nightjar.principals_by_hour_mv TO nightjar.principals_by_hour AS
${PRINCIPALS_BY_HOUR_SELECT} GROUP BY ${PRINCIPALS_BY_HOUR_KEY}`,
  ]
}
