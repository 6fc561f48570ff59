import { type AuditEvent, type EventBatch, eventsOf, type Sighting } from '@nightjar/core'
import type { PublishedEvents, RecordOf, TopicName } from '@nightjar/stream'

/** A stream that keeps what is published, in the order it became durable, and can be held back or made to fail. */
export class RecordingStream {
  readonly batches: EventBatch[] = []
  readonly sightings: Sighting[] = []
  /** Awaited before each publish becomes durable. */
  gate: Promise<void> = Promise.resolve()
  failure: Error | undefined
  /** Publishes running at this moment, and the most there ever were. */
  running = 0
  mostRunning = 0

  /** Lets no publish become durable until what it returns is called. */
  hold(): () => void {
    let open: () => void = () => undefined
    this.gate = new Promise((resolve) => {
      open = resolve
    })
    return open
  }

  get rows(): number {
    return this.batches.reduce((sum, batch) => sum + batch.rows, 0)
  }

  get events(): AuditEvent[] {
    return this.batches.flatMap(eventsOf)
  }

  async publishEvents(batch: EventBatch): Promise<PublishedEvents> {
    this.running += 1
    this.mostRunning = Math.max(this.mostRunning, this.running)
    try {
      await this.gate
      if (this.failure) throw this.failure
      this.batches.push(batch)
      return { accepted: batch.rows, duplicates: 0 }
    } finally {
      this.running -= 1
    }
  }

  async publish<T extends TopicName>(_topic: T, records: readonly RecordOf<T>[]): Promise<void> {
    await this.gate
    if (this.failure) throw this.failure
    for (const { value } of records) this.sightings.push(value as unknown as Sighting)
  }
}
