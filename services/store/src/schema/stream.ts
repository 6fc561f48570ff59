import type { TopicName } from '@nightjar/stream'
import { DURABLE, UNEXAMINED } from './table-parts.ts'

/** Topics of which only the newest value of a key must be kept. */
export const COMPACTED_TOPICS: readonly TopicName[] = [
  'nightjar.alerts.v1',
  'nightjar.records.v1',
  'nightjar.state.v1',
]

/** Days a record of the other topics is kept: far longer than a reader may lag, far shorter than for ever. */
export const TOPIC_DAYS: Readonly<Partial<Record<TopicName, number>>> = {
  'nightjar.replies.v1': 1,
  'nightjar.findings.v1': 14,
  'nightjar.sightings.v1': 14,
  'nightjar.commands.v1': 90,
  'nightjar.deadletter.v1': 30,
}

const COLUMNS = `
  topic LowCardinality(String),
  position UInt64,
  key String,
  time DateTime64(3, 'UTC'),
  value String CODEC(ZSTD(1))`

/**
 * Statements that make the log of the record topics. A compacted topic has a table of its own, where merges keep the
 * newest value of each key: what Kafka calls compaction. `stream_offsets` holds how far each group has come.
 */
export function streamStatements(): string[] {
  const ttl = Object.entries(TOPIC_DAYS)
    .map(
      ([topic, days]) =>
        `toDateTime(time) + toIntervalDay(${days}) DELETE WHERE topic = '${topic}'`,
    )
    .join(',\n  ')
  return [
    `CREATE TABLE IF NOT EXISTS nightjar.stream_log (${COLUMNS}
) ENGINE = MergeTree
ORDER BY (topic, position)
TTL ${ttl}
SETTINGS ${DURABLE}, ${UNEXAMINED}, non_replicated_deduplication_window = 1000`,
    `CREATE TABLE IF NOT EXISTS nightjar.stream_compacted (${COLUMNS},
  INDEX by_position position TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree(position)
ORDER BY (topic, key)
SETTINGS ${DURABLE}, ${UNEXAMINED}, non_replicated_deduplication_window = 1000`,
    `CREATE TABLE IF NOT EXISTS nightjar.stream_offsets (
  group_name LowCardinality(String),
  topic LowCardinality(String),
  position UInt64,
  at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree(position)
ORDER BY (group_name, topic)
SETTINGS ${DURABLE}, ${UNEXAMINED}`,
  ]
}
