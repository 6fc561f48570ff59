import type { EventBatch } from '@nightjar/core'
import type { TopicName, TopicValues } from './topics.ts'

/** What became of a published batch: rows that are new, and rows that were known by their id and not stored again. */
export interface PublishedEvents {
  readonly accepted: number
  readonly duplicates: number
}

/**
 * A batch as a subscriber gets it. `position` is the position of its first row (row `i` is at `position + i` within
 * the partition). `replayed` is true for batches at or before the group's committed position: they rebuild state and
 * must have no effect outside.
 */
export interface EventDelivery {
  readonly batch: EventBatch
  readonly partition: number
  readonly position: number
  readonly replayed: boolean
}

export interface RecordOf<T extends TopicName> {
  readonly key: string
  readonly value: TopicValues[T]
}

/** A record as a subscriber gets it, with its position in the partition. */
export interface Delivered<T extends TopicName> extends RecordOf<T> {
  readonly position: number
}

export interface Subscription {
  /**
   * Everything before `position` is done and its effects are durable. Commits are cumulative and may be written
   * later; after a crash what was not committed comes again.
   */
  commit(position: number): Promise<void>
  /** Records or rows published but not yet handled. */
  lag(): number
  /** Stops delivery after the running handler, then writes the last commit. */
  stop(): Promise<void>
}

export interface EventSubscriptionOptions {
  /** How far before the committed position to begin, by receive time, so that windows can be rebuilt. */
  readonly rewindMs?: number
}

export interface RecordSubscriptionOptions {
  /** `end` begins with what is published from now on, whatever the group committed; default is `committed`. */
  readonly from?: 'committed' | 'end'
}

/**
 * The stream: topics with durable publish and committed subscriptions. Kafka and memory pass one contract suite.
 * A handler is called with one delivery at a time, in order; when it throws, the stream retries it with back-off and
 * dead-letters a record (never a batch) after its attempts are used up.
 */
export interface Stream {
  /** Resolves when every row is durable. Rejects with a retryable error under overload or when the log is down. */
  publishEvents(batch: EventBatch): Promise<PublishedEvents>
  /** Resolves when every record is durable. */
  publish<T extends TopicName>(topic: T, records: readonly RecordOf<T>[]): Promise<void>
  /** The newest value of each key of a compacted topic. */
  readLatest<T extends TopicName>(topic: T): Promise<ReadonlyMap<string, TopicValues[T]>>
  subscribeEvents(
    group: string,
    handler: (delivery: EventDelivery) => Promise<void>,
    options?: EventSubscriptionOptions,
  ): Promise<Subscription>
  subscribe<T extends TopicName>(
    topic: T,
    group: string,
    handler: (records: readonly Delivered<T>[]) => Promise<void>,
    options?: RecordSubscriptionOptions,
  ): Promise<Subscription>
  close(): Promise<void>
}

/** Which rows of a log to read. */
export interface EventRange {
  /** First position wanted. */
  readonly from: number
  /** At most so many rows. */
  readonly limit: number
}

/**
 * Where the memory stream keeps what it was given: the store in one process, arrays in tests. It assigns positions
 * (1, 2, 3 … per topic, without reuse after a restart) and answers only when the rows are durable.
 */
export interface DurableLog {
  /** Stores the rows that are not known yet; `batch` holds just those, `position` is that of the first one. */
  appendEvents(
    batch: EventBatch,
  ): Promise<{ readonly batch: EventBatch; readonly position: number }>
  /** Rows from a position on, oldest first; an empty batch at the end. */
  readEvents(range: EventRange): Promise<{ readonly batch: EventBatch; readonly position: number }>
  /** Position after the newest row. */
  endOfEvents(): Promise<number>
  /** Position of the first row received at or after a time (microseconds); the end if there is none. */
  positionAt(receivedMicros: number): Promise<number>
  /** Stores records; gives the position of the first. */
  append<T extends TopicName>(topic: T, records: readonly RecordOf<T>[]): Promise<number>
  read<T extends TopicName>(topic: T, range: EventRange): Promise<readonly Delivered<T>[]>
  readLatest<T extends TopicName>(topic: T): Promise<ReadonlyMap<string, TopicValues[T]>>
  endOf(topic: TopicName): Promise<number>
  /** Committed position of a group on a topic, 0 if it never committed. */
  committed(group: string, topic: string): Promise<number>
  commit(group: string, topic: string, position: number): Promise<void>
}
