import { createHash } from 'node:crypto'
import { type Logger, messageOf, NightjarError } from '@nightjar/core'
import type { NativeInsert, StoreClient } from '../client.ts'
import { EVENT_BLOCK_COLUMNS, EventEncoder } from '../native/event-encoder.ts'
import { type EventRows, splitByDay } from './split-by-day.ts'

const FIRST_WAIT_MS = 100
const LAST_WAIT_MS = 5_000

/** Puts placed rows into `nightjar.events`: all of them or, with an error, none. */
export class EventInsert {
  readonly #client: StoreClient
  readonly #logger: Logger
  readonly #encoder = new EventEncoder()
  #closed = false

  constructor(client: StoreClient, logger: Logger) {
    this.#client = client
    this.#logger = logger
  }

  /** Gives up repeating. */
  close(): void {
    this.#closed = true
  }

  /**
   * Stores rows whose positions are `first` and the `count - 1` after it. Resolves when all are stored; rejects only
   * when none is, or when the store was closed before it could be known.
   */
  async run(all: readonly EventRows[], first: number, count: number): Promise<void> {
    for (const part of splitByDay(all)) {
      const insert = this.#encode(part, first)
      for (let wait = FIRST_WAIT_MS; ; wait = Math.min(LAST_WAIT_MS, wait * 2)) {
        const error = await this.#try(insert)
        if (error === undefined) break
        const landed = await this.#landed(first, count, error)
        if (landed === 0) throw error
        if (landed === count) return
        if (this.#closed) throw error
        this.#logger.warn(
          { first, count, landed, error: messageOf(error) },
          'An insert of events was cut short; it is repeated.',
        )
        await new Promise((resolve) => setTimeout(resolve, wait))
      }
    }
  }

  async #try(insert: NativeInsert): Promise<unknown> {
    try {
      await this.#client.insertNative(insert)
      return undefined
    } catch (error) {
      return error
    }
  }

  /** One block a batch, one insert in all. The token tells this block from any other, also after a restart. */
  #encode(part: readonly EventRows[], first: number): NativeInsert {
    const hash = createHash('sha256')
    let rows = 0
    this.#encoder.reset()
    for (const { batch, rows: chosen, positions } of part) {
      if (chosen.length === 0) continue
      this.#encoder.add(batch, chosen, positions)
      hash.update(batch.columns.id.data)
      hash.update(new Uint8Array(chosen.buffer, chosen.byteOffset, chosen.byteLength))
      rows += chosen.length
    }
    return {
      table: 'nightjar.events',
      columns: EVENT_BLOCK_COLUMNS,
      block: this.#encoder.blocks(),
      rows,
      token: `events-${first}-${hash.digest('hex').slice(0, 32)}`,
    }
  }

  /** How many rows of a range are in the store. It asks until it knows: a guess could lose rows or double them. */
  async #landed(first: number, count: number, cause: unknown): Promise<number> {
    for (;;) {
      try {
        const [row] = await this.#client.rows<{ landed: number }>(
          `SELECT count() AS landed FROM nightjar.events
           WHERE seq >= {first:UInt64} AND seq < {end:UInt64}`,
          { first, end: first + count },
        )
        return row?.landed ?? 0
      } catch (error) {
        if (this.#closed || (error instanceof NightjarError && !error.retryable)) throw cause
        await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS))
      }
    }
  }
}
