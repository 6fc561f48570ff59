import {
  type Delivery,
  type Destination,
  type Logger,
  type Metrics,
  messageOf,
  type Reply,
} from '@nightjar/core'
import { type PublishDurably, publishDurably, type Stream } from '@nightjar/stream'

const MAX_RECENT = 10_000

export interface JournalOptions {
  readonly stream: Stream
  readonly logger: Logger
  readonly metrics: Metrics
  readonly signal: AbortSignal
}

/** Rows to write, oldest first. */
export interface Rows {
  readonly destinations?: readonly Destination[]
  readonly deliveries?: readonly Delivery[]
}

/**
 * The ledger as it is written: every row is durable when a call resolves. While the stream is down it tries on, so
 * that nothing is decided twice; it rejects only when the room stops.
 */
export class Journal {
  readonly #options: JournalOptions
  readonly #publish: PublishDurably
  /** Deliveries written last, so that sending one again rarely needs the whole ledger. */
  readonly #recent = new Map<string, Delivery>()

  constructor(options: JournalOptions) {
    this.#options = options
    const { stream, signal, metrics, logger } = options
    this.#publish = publishDurably({
      stream,
      signal,
      onRetry: (topic, error) => {
        metrics.add('nightjar_deliver_publish_retries_total', 1, { topic })
        logger.warn({ topic, error: messageOf(error) }, 'Publishing failed; it is tried again.')
      },
    })
  }

  async write({ destinations = [], deliveries = [] }: Rows): Promise<void> {
    await this.#publish('nightjar.records.v1', [
      ...destinations.map((row) => ({
        key: `destination:${row.id}`,
        value: { type: 'destination' as const, row },
      })),
      ...deliveries.map((row) => ({
        key: `delivery:${row.id}`,
        value: { type: 'delivery' as const, row },
      })),
    ])
    for (const delivery of deliveries) this.#keep(delivery)
  }

  async reply(reply: Reply): Promise<void> {
    await this.#publish('nightjar.replies.v1', [{ key: reply.commandId, value: reply }])
  }

  /** The newest row of a delivery. */
  async find(id: string): Promise<Delivery | undefined> {
    const recent = this.#recent.get(id)
    if (recent !== undefined) return recent
    const latest = await this.#options.stream.readLatest('nightjar.records.v1')
    const record = latest.get(`delivery:${id}`)
    return record?.type === 'delivery' ? record.row : undefined
  }

  #keep(delivery: Delivery): void {
    this.#recent.delete(delivery.id)
    this.#recent.set(delivery.id, delivery)
    if (this.#recent.size <= MAX_RECENT) return
    const [oldest] = this.#recent.keys()
    if (oldest !== undefined) this.#recent.delete(oldest)
  }
}
