import { randomUUID } from 'node:crypto'
import type { Metrics } from '@nightjar/core'
import type { Delivered, EventRange, RecordOf, TopicName, TopicValues } from '@nightjar/stream'
import type { StoreClient } from '../client.ts'
import { COMPACTED_TOPICS } from '../schema/stream.ts'
import { GroupCommit } from './group-commit.ts'

const LINGER_MS = 2
const MAX_WAITING = 100_000

interface LogRow {
  readonly topic: TopicName
  readonly position: number
  readonly key: string
  readonly time: string
  readonly value: string
}

const compacted: ReadonlySet<string> = new Set(COMPACTED_TOPICS)

function tableOf(topic: string): string {
  return compacted.has(topic) ? 'nightjar.stream_compacted' : 'nightjar.stream_log'
}

/** The record topics in the store: positions count up from 1 in each topic and are never used twice. */
export class RecordLog {
  readonly #client: StoreClient
  readonly #metrics: Metrics
  readonly #next = new Map<string, number>()
  readonly #durable = new Map<string, number>()
  readonly #commit: GroupCommit<LogRow>

  constructor(client: StoreClient, metrics: Metrics) {
    this.#client = client
    this.#metrics = metrics
    this.#commit = new GroupCommit({
      write: (rows) => this.#write(rows),
      lingerMs: LINGER_MS,
      maxWaiting: MAX_WAITING,
    })
  }

  /** Learns where each topic ends; retention may have removed the newest records, but no group got past them. */
  async start(committed: ReadonlyMap<string, number>): Promise<void> {
    const rows = await this.#client.rows<{ topic: string; newest: number }>(
      `SELECT topic, max(position) AS newest FROM (
         SELECT topic, position FROM nightjar.stream_log
         UNION ALL SELECT topic, position FROM nightjar.stream_compacted
       ) GROUP BY topic`,
    )
    for (const [topic, position] of committed) this.#next.set(topic, position)
    for (const { topic, newest } of rows)
      this.#next.set(topic, Math.max(newest + 1, this.#next.get(topic) ?? 1))
    for (const [topic, position] of this.#next) this.#durable.set(topic, position)
  }

  endOf(topic: TopicName): number {
    return Math.max(1, this.#durable.get(topic) ?? 1)
  }

  /** Stores records; gives the position of the first. */
  async append<T extends TopicName>(topic: T, records: readonly RecordOf<T>[]): Promise<number> {
    const position = Math.max(1, this.#next.get(topic) ?? 1)
    this.#next.set(topic, position + records.length)
    const time = new Date().toISOString()
    const rows = records.map(({ key, value }, i) => ({
      topic,
      position: position + i,
      key,
      time,
      value: JSON.stringify(value),
    }))
    await this.#commit.add(rows)
    this.#durable.set(topic, Math.max(this.endOf(topic), position + records.length))
    return position
  }

  async #write(rows: readonly LogRow[]): Promise<void> {
    const token = randomUUID()
    await Promise.all(
      [...byTable(rows)].map(([table, part]) => this.#client.insertRows(table, part, token)),
    )
    this.#metrics.add('nightjar_store_records_total', rows.length)
  }

  async read<T extends TopicName>(
    topic: T,
    { from, limit }: EventRange,
  ): Promise<readonly Delivered<T>[]> {
    const rows = await this.#client.rows<LogRow>(
      `SELECT position, key, value FROM ${tableOf(topic)}
       WHERE topic = {topic:String} AND position >= {from:UInt64} AND position < {end:UInt64}
       ORDER BY position LIMIT {limit:UInt32}`,
      { topic, from, limit, end: this.endOf(topic) },
    )
    return rows.map(({ position, key, value }) => ({
      position,
      key,
      value: JSON.parse(value) as TopicValues[T],
    }))
  }

  async readLatest<T extends TopicName>(topic: T): Promise<ReadonlyMap<string, TopicValues[T]>> {
    const rows = await this.#client.rows<{ key: string; newest: string }>(
      `SELECT key, argMax(value, position) AS newest FROM ${tableOf(topic)}
       WHERE topic = {topic:String} GROUP BY key ORDER BY max(position)`,
      { topic },
      { maxSeconds: 120 },
    )
    return new Map(rows.map(({ key, newest }) => [key, JSON.parse(newest) as TopicValues[T]]))
  }

  async close(): Promise<void> {
    await this.#commit.idle()
  }
}

type InsertRow = Readonly<Record<string, unknown>>

function byTable(rows: readonly LogRow[]): Map<string, InsertRow[]> {
  const tables = new Map<string, InsertRow[]>()
  for (const row of rows) {
    const table = tableOf(row.topic)
    const part = tables.get(table)
    if (part === undefined) tables.set(table, [{ ...row }])
    else part.push({ ...row })
  }
  return tables
}
