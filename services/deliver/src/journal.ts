import {
  type Delivery,
  type Destination,
  type Logger,
  type Metrics,
  messageOf,
  type Reply,
} from '@nightjar/core'
import type { RecordOf, Stream, TopicName } from '@nightjar/stream'

const FIRST_RETRY_MS = 100
const LAST_RETRY_MS = 5000
const CHUNK = 500
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
  /** Deliveries written last, so that sending one again rarely needs the whole ledger. */
  readonly #recent = new Map<string, Delivery>()

  constructor(options: JournalOptions) {
    this.#options = options
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

  async #publish<T extends TopicName>(topic: T, records: readonly RecordOf<T>[]): Promise<void> {
    for (let from = 0; from < records.length; from += CHUNK) {
      const chunk = records.slice(from, from + CHUNK)
      for (let attempt = 1; !(await this.#tryPublish(topic, chunk)); attempt++)
        await pause(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt), this.#options.signal)
    }
  }

  async #tryPublish<T extends TopicName>(topic: T, chunk: readonly RecordOf<T>[]) {
    const { stream, logger, metrics, signal } = this.#options
    try {
      await stream.publish(topic, chunk)
      return true
    } catch (error) {
      if (signal.aborted) throw error
      metrics.add('nightjar_deliver_publish_retries_total', 1, { topic })
      logger.warn({ topic, error: messageOf(error) }, 'Publishing failed; it is tried again.')
      return false
    }
  }
}

/** Waits, or returns at once when the signal is given. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
