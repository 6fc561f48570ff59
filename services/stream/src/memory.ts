import {
  type EventBatch,
  type Logger,
  type Metrics,
  messageOf,
  noMetrics,
  silentLogger,
} from '@nightjar/core'
import type {
  Delivered,
  DurableLog,
  EventDelivery,
  EventSubscriptionOptions,
  PublishedEvents,
  RecordOf,
  RecordSubscriptionOptions,
  Stream,
  Subscription,
} from './contract.ts'
import { type Chunk, Feed } from './feed.ts'
import { EVENTS_TOPIC, type TopicName } from './topics.ts'

export interface MemoryStreamOptions {
  /** Keeps what is published; it decides what durable means. */
  readonly log: DurableLog
  readonly logger?: Logger
  readonly metrics?: Metrics
  readonly clock?: { now(): number }
  /** Rows that may wait in memory for one subscriber of events. */
  readonly eventQueueRows?: number
  /** Attempts on a record before it is dead-lettered. */
  readonly recordAttempts?: number
}

const READ_ROWS = 16_384
const READ_RECORDS = 500

type RecordChunk = Chunk<readonly Delivered<TopicName>[]>

/** The stream of one process: publishes to a {@link DurableLog}, then hands over in memory. */
export function createMemoryStream(options: MemoryStreamOptions): Stream {
  return new MemoryStream(options)
}

class MemoryStream implements Stream {
  readonly #log: DurableLog
  readonly #logger: Logger
  readonly #metrics: Metrics
  readonly #now: () => number
  readonly #eventQueueRows: number
  readonly #recordAttempts: number
  readonly #eventFeeds = new Set<Feed<EventBatch>>()
  readonly #recordFeeds = new Map<TopicName, Set<Feed<readonly Delivered<TopicName>[]>>>()
  readonly #subscriptions = new Set<Subscription>()

  constructor(options: MemoryStreamOptions) {
    this.#log = options.log
    this.#logger = options.logger ?? silentLogger
    this.#metrics = options.metrics ?? noMetrics
    this.#now = () => options.clock?.now() ?? Date.now()
    this.#eventQueueRows = options.eventQueueRows ?? 65_536
    this.#recordAttempts = options.recordAttempts ?? 8
  }

  async publishEvents(batch: EventBatch): Promise<PublishedEvents> {
    const stored = await this.#log.appendEvents(batch)
    const chunk = { position: stored.position, size: stored.batch.rows, payload: stored.batch }
    for (const feed of this.#eventFeeds) feed.push(chunk)
    return { accepted: stored.batch.rows, duplicates: batch.rows - stored.batch.rows }
  }

  async publish<T extends TopicName>(topic: T, records: readonly RecordOf<T>[]): Promise<void> {
    if (records.length === 0) return
    const position = await this.#log.append(topic, records)
    const delivered = records.map((record, i) => ({ ...record, position: position + i }))
    const chunk: RecordChunk = {
      position,
      size: records.length,
      payload: delivered as unknown as readonly Delivered<TopicName>[],
    }
    for (const feed of this.#recordFeeds.get(topic) ?? []) feed.push(chunk)
  }

  readLatest: Stream['readLatest'] = (topic) => this.#log.readLatest(topic)

  async subscribeEvents(
    group: string,
    handler: (delivery: EventDelivery) => Promise<void>,
    options: EventSubscriptionOptions = {},
  ): Promise<Subscription> {
    const committed = Math.max(1, await this.#log.committed(group, EVENTS_TOPIC))
    const start = await this.#startOfEvents(committed, options.rewindMs ?? 0)
    const feed = new Feed<EventBatch>({
      name: `${group} ${EVENTS_TOPIC}`,
      start,
      end: await this.#log.endOfEvents(),
      // Up to the committed position and past it are two deliveries, so that one is wholly replayed or not at all.
      read: async (from) => {
        const limit = from < committed ? Math.min(READ_ROWS, committed - from) : READ_ROWS
        const { batch, position } = await this.#log.readEvents({ from, limit })
        return { position, size: batch.rows, payload: batch }
      },
      handle: ({ payload, position }) =>
        handler({ batch: payload, partition: 0, position, replayed: position < committed }),
      queueLimit: this.#eventQueueRows,
      logger: this.#logger,
      metrics: this.#metrics,
    })
    this.#eventFeeds.add(feed)
    // Rows written between asking for the end and joining are learnt of here.
    const end = await this.#log.endOfEvents()
    feed.announce(end)
    return this.#subscription(group, EVENTS_TOPIC, feed, () => this.#eventFeeds.delete(feed))
  }

  async #startOfEvents(committed: number, rewindMs: number): Promise<number> {
    if (rewindMs === 0 || committed <= 1) return committed
    const { batch } = await this.#log.readEvents({ from: committed - 1, limit: 1 })
    const committedTime = batch.columns.receivedTime.data[0] ?? this.#now() * 1000
    return Math.min(committed, await this.#log.positionAt(committedTime - rewindMs * 1000))
  }

  async subscribe<T extends TopicName>(
    topic: T,
    group: string,
    handler: (records: readonly Delivered<T>[]) => Promise<void>,
    options: RecordSubscriptionOptions = {},
  ): Promise<Subscription> {
    const end = await this.#log.endOf(topic)
    const committed = Math.max(1, await this.#log.committed(group, topic))
    const feed = new Feed<readonly Delivered<TopicName>[]>({
      name: `${group} ${topic}`,
      start: options.from === 'end' ? end : committed,
      end,
      read: async (from) => {
        const records = await this.#log.read(topic, { from, limit: READ_RECORDS })
        const last = records.at(-1)
        return {
          position: from,
          size: last === undefined ? 0 : last.position - from + 1,
          payload: records as unknown as readonly Delivered<TopicName>[],
        }
      },
      handle: (chunk, attempt) =>
        this.#handleRecords(
          topic,
          chunk as unknown as Chunk<readonly Delivered<T>[]>,
          attempt,
          handler,
        ),
      queueLimit: READ_RECORDS * 20,
      logger: this.#logger,
      metrics: this.#metrics,
    })
    const feeds = this.#recordFeeds.get(topic) ?? new Set()
    this.#recordFeeds.set(topic, feeds)
    feeds.add(feed)
    feed.announce(await this.#log.endOf(topic))
    return this.#subscription(group, topic, feed, () => feeds.delete(feed))
  }

  /** After its attempts a chunk is taken record by record, so that one bad record holds up no other. */
  async #handleRecords<T extends TopicName>(
    topic: T,
    chunk: Chunk<readonly Delivered<T>[]>,
    attempt: number,
    handler: (records: readonly Delivered<T>[]) => Promise<void>,
  ): Promise<void> {
    if (attempt <= this.#recordAttempts) return await handler(chunk.payload)
    for (const record of chunk.payload) {
      try {
        await handler([record])
      } catch (error) {
        await this.#deadLetter(topic, record, messageOf(error))
      }
    }
  }

  async #deadLetter<T extends TopicName>(topic: T, record: Delivered<T>, message: string) {
    this.#metrics.add('nightjar_stream_dead_letters_total', 1, { topic })
    this.#logger.error(
      { topic, position: record.position, error: message },
      'A record was dead-lettered.',
    )
    await this.publish('nightjar.deadletter.v1', [
      {
        key: topic,
        value: {
          topic,
          position: record.position,
          code: 'STREAM_HANDLER_FAILED',
          message,
          payload: JSON.stringify(record.value),
          time: new Date(this.#now()).toISOString(),
        },
      },
    ])
  }

  #subscription(
    group: string,
    topic: string,
    feed: { lag(): number; stop(): Promise<void> },
    leave: () => void,
  ): Subscription {
    let done = 0
    const subscription: Subscription = {
      commit: async (position) => {
        if (position <= done) return
        done = position
        await this.#log.commit(group, topic, position)
      },
      lag: () => feed.lag(),
      stop: async () => {
        leave()
        this.#subscriptions.delete(subscription)
        await feed.stop()
      },
    }
    this.#subscriptions.add(subscription)
    return subscription
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.stop()))
  }
}
