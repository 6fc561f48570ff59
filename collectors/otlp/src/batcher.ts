import {
  type Clock,
  type EventBatch,
  EventBatchBuilder,
  type Logger,
  type Metrics,
  messageOf,
  type Sighting,
} from '@nightjar/core'
import type { Stream } from '@nightjar/stream'
import type { OtlpLimits } from './limits.ts'

/** What the group commit needs of the world. */
export interface GroupCommitOptions {
  readonly stream: Pick<Stream, 'publishEvents' | 'publish'>
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  readonly limits: Pick<
    OtlpLimits,
    'batchRows' | 'batchBytes' | 'lingerMs' | 'maxLingerMs' | 'maxPendingRows'
  >
  /** True while requests wait to be decoded, and so a larger batch is worth waiting for. */
  readonly more: () => boolean
}

const FIRST_ROWS = 1024
const MAX_FIRST_ROWS = 32_768

/** Rows of several requests that become durable together. */
class Group {
  readonly builder: EventBatchBuilder
  readonly sightings = new Map<string, Sighting>()
  readonly durable: Promise<void>
  resolve: () => void = () => undefined
  reject: (error: unknown) => void = () => undefined
  bytes = 0
  /** When its first rows came, and its latest. */
  since = 0
  latest = 0

  /** `rows`: how many the batch before had, as the next is likely to have. */
  constructor(rows: number) {
    this.builder = new EventBatchBuilder(rows)
    this.durable = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    // Nobody may be waiting any more when it fails.
    this.durable.catch(() => undefined)
  }

  get empty(): boolean {
    return this.builder.rows === 0 && this.sightings.size === 0
  }
}

/**
 * Group commit: requests write their rows straight into the batch that is filling; one publish is in flight at a time.
 * A batch goes out when nothing is in flight and no more rows come or it is old, or when it is full; full batches wait in line. No row
 * is ever dropped: when too many wait, {@link room} holds the transports back before they read a body.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  #filling = new Group(FIRST_ROWS)
  #line: Group[] = []
  #linedRows = 0
  #inFlight: Group | undefined
  #timer: NodeJS.Timeout | undefined
  #idle: (() => void)[] = []
  #waiting: (() => void)[] = []

  constructor(options: GroupCommitOptions) {
    this.#options = options
  }

  /** Rows that are not durable yet. */
  get pendingRows(): number {
    return this.#filling.builder.rows + this.#linedRows + (this.#inFlight?.builder.rows ?? 0)
  }

  /** True when no more rows may wait. */
  get full(): boolean {
    return this.pendingRows >= this.#options.limits.maxPendingRows
  }

  /** Resolves when there is room, at once if there is; false when there was none for so long. */
  async room(ms: number): Promise<boolean> {
    if (!this.full) return true
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms)
      this.#waiting.push(resolve)
    })
    clearTimeout(timer)
    return !this.full
  }

  /**
   * Lets `fill` write rows and collect sightings, and gives a promise that resolves when all of them are durable and
   * rejects when their publish failed. When `fill` throws, its rows are undone and it leaves no trace.
   */
  append(
    bytes: number,
    fill: (builder: EventBatchBuilder, sightings: Sighting[]) => void,
  ): Promise<void> {
    const group = this.#filling
    const mark = group.builder.rows
    const sightings: Sighting[] = []
    // Counted even if undone: the dictionaries of the batch may have grown, and must not without bound.
    group.bytes += bytes
    try {
      fill(group.builder, sightings)
    } catch (error) {
      group.builder.truncate(mark)
      this.#settle(group)
      throw error
    }
    if (group.builder.rows === mark && sightings.length === 0) {
      this.#settle(group)
      return Promise.resolve()
    }
    for (const sighting of sightings) group.sightings.set(sighting.id, sighting)
    this.#settle(group)
    return group.durable
  }

  /** Resolves when all that waits is durable or has failed. */
  async drain(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#seal()
    this.#next()
    if (this.#inFlight) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  /** Seals a full batch and sees that the next one goes out in time. */
  #settle(group: Group): void {
    const { batchRows, batchBytes } = this.#options.limits
    if (group.builder.rows >= batchRows || group.bytes >= batchBytes) this.#seal()
    else if (!group.empty) {
      group.latest = this.#options.clock.now()
      group.since ||= group.latest
    }
    this.#next()
    this.#gauge()
  }

  #gauge(): void {
    this.#options.metrics.set('nightjar_otlp_pending_rows', this.pendingRows)
  }

  #seal(): void {
    if (!this.#filling.empty) {
      this.#line.push(this.#filling)
      this.#linedRows += this.#filling.builder.rows
    }
    this.#filling = new Group(Math.min(this.#filling.builder.rows, MAX_FIRST_ROWS))
  }

  /** Publishes the next batch if nothing is in flight, or sets the timer for it. */
  #next(): void {
    if (this.#inFlight) return
    if (this.#line.length === 0 && !this.#filling.empty) {
      const rest = this.#rest()
      if (rest > 0) {
        this.#timer ??= setTimeout(() => this.#lingered(), rest)
        return
      }
      this.#seal()
    }
    const group = this.#line.shift()
    if (!group) return
    this.#linedRows -= group.builder.rows
    this.#inFlight = group
    void this.#publish(group)
  }

  /** Milliseconds the filling batch may still wait for company. */
  #rest(): number {
    const { clock, limits, more } = this.#options
    const now = clock.now()
    const old = limits.maxLingerMs - (now - this.#filling.since)
    const quiet = more() ? limits.lingerMs : limits.lingerMs - (now - this.#filling.latest)
    // A clock that was set back must not hold a batch.
    return Math.min(old, quiet, limits.maxLingerMs)
  }

  #lingered(): void {
    this.#timer = undefined
    this.#next()
  }

  async #publish(group: Group): Promise<void> {
    const { clock, logger, metrics } = this.#options
    const started = clock.now()
    const batch = group.builder.finish()
    try {
      await this.#send(batch, [...group.sightings.values()])
      metrics.add('nightjar_otlp_commit_seconds_sum', (clock.now() - started) / 1000)
      metrics.add('nightjar_otlp_commit_seconds_count', 1)
      group.resolve()
    } catch (error) {
      logger.error(
        { rows: batch.rows, error: messageOf(error) },
        'publishing a batch failed; its senders will send it again',
      )
      metrics.add('nightjar_otlp_commit_failures_total', 1)
      group.reject(error)
    }
    this.#inFlight = undefined
    this.#next()
    this.#gauge()
    if (!this.full) for (const resolve of this.#waiting.splice(0)) resolve()
    if (!this.#inFlight) for (const resolve of this.#idle.splice(0)) resolve()
  }

  async #send(batch: EventBatch, sightings: readonly Sighting[]): Promise<void> {
    const { stream } = this.#options
    const records = sightings.map((value) => ({ key: value.tenant, value }))
    // Both are awaited to their end, so that a publish still running never overlaps the next one.
    const done = await Promise.allSettled([
      batch.rows > 0 ? stream.publishEvents(batch) : undefined,
      records.length > 0 ? stream.publish('nightjar.sightings.v1', records) : undefined,
    ])
    for (const one of done) if (one.status === 'rejected') throw one.reason
  }
}
