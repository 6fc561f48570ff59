import {
  type EventBatch,
  type Logger,
  type Metrics,
  NightjarError,
  noMetrics,
  silentLogger,
  takeRows,
} from '@nightjar/core'
import type { StoreClient } from '../client.ts'
import { EventInsert } from './event-insert.ts'
import { KnownIds } from './known-ids.ts'
import { NewRows } from './new-rows.ts'
import { warmKnownIds } from './warm.ts'

/** What the writer of events needs. */
export interface EventWriterOptions {
  readonly client: StoreClient
  readonly logger?: Logger
  readonly metrics?: Metrics
  /** Ids kept in memory to know a row that is sent again; 21 bytes each when full. */
  readonly knownIds?: number
  /** Rows that go into one insert at most (a single batch may be larger). */
  readonly groupRows?: number
  /** Rows that may wait; past it appends are refused with `STORE_BUSY`. */
  readonly maxWaitingRows?: number
}

/** What was stored of a batch, and the position of its first row. */
export interface AppendedEvents {
  readonly batch: EventBatch
  readonly position: number
}

interface Append {
  readonly batch: EventBatch
  readonly resolve: (appended: AppendedEvents) => void
  readonly reject: (error: unknown) => void
}

const KNOWN_IDS = 1 << 22
const GROUP_ROWS = 32_768
const MAX_WAITING_ROWS = 262_144

/**
 * The one writer of `nightjar.events`. Appends that arrive while an insert is in flight go together into the next one
 * (group commit). A row whose id is stored is not stored again. Positions count up from 1 and are never used twice.
 */
export class EventWriter {
  readonly #metrics: Metrics
  readonly #client: StoreClient
  readonly #groupRows: number
  readonly #maxWaitingRows: number
  readonly #known: KnownIds
  readonly #newRows: NewRows
  readonly #insert: EventInsert
  readonly #waiting: Append[] = []
  #waitingRows = 0
  #end = 1
  #durableEnd = 1
  #closed = false
  #loop: Promise<void> | undefined

  constructor(options: EventWriterOptions) {
    this.#client = options.client
    this.#metrics = options.metrics ?? noMetrics
    this.#groupRows = options.groupRows ?? GROUP_ROWS
    this.#maxWaitingRows = options.maxWaitingRows ?? MAX_WAITING_ROWS
    this.#known = new KnownIds(options.knownIds ?? KNOWN_IDS)
    this.#newRows = new NewRows(this.#client, this.#known, this.#metrics)
    this.#insert = new EventInsert(this.#client, options.logger ?? silentLogger)
  }

  /** Position after the newest durable row. */
  get end(): number {
    return this.#durableEnd
  }

  /** Learns the newest rows of the store; positions before `atLeast` are not given out again. */
  async start(atLeast: number): Promise<void> {
    const newest = await warmKnownIds(this.#client, this.#known)
    this.#end = Math.max(newest + 1, atLeast, 1)
    this.#durableEnd = this.#end
  }

  /**
   * Stores the rows that are new. Resolves when they are durable; rejects with a retryable error when none was stored.
   */
  append(batch: EventBatch): Promise<AppendedEvents> {
    if (this.#closed)
      return Promise.reject(new NightjarError('STORE_CLOSED', 'The store is closed.'))
    if (this.#waitingRows > 0 && this.#waitingRows + batch.rows > this.#maxWaitingRows) {
      this.#metrics.add('nightjar_store_refused_rows_total', batch.rows)
      return Promise.reject(
        new NightjarError('STORE_BUSY', 'The store cannot keep up.', {
          retryable: true,
          hint: 'Send again later; nothing of this batch was stored.',
        }),
      )
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject })
      this.#waitingRows += batch.rows
      this.#loop ??= this.#run()
    })
  }

  /** Waits for what was appended, and takes no more. */
  async close(): Promise<void> {
    this.#closed = true
    this.#insert.close()
    await this.#loop
  }

  async #run(): Promise<void> {
    // Appends of the same tick belong together.
    await Promise.resolve()
    while (this.#waiting.length > 0) await this.#commit(this.#takeGroup())
    this.#loop = undefined
  }

  #takeGroup(): Append[] {
    const group: Append[] = []
    let rows = 0
    for (;;) {
      const next = this.#waiting[0]
      if (next === undefined || (rows > 0 && rows + next.batch.rows > this.#groupRows)) break
      this.#waiting.shift()
      group.push(next)
      rows += next.batch.rows
    }
    this.#waitingRows -= rows
    return group
  }

  async #commit(group: readonly Append[]): Promise<void> {
    const started = performance.now()
    try {
      const fresh = await this.#newRows.find(group.map(({ batch }) => batch))
      const first = this.#end
      const placed = group.map((append, i) => {
        const rows = fresh[i] as Uint32Array
        const position = this.#end
        // Whatever becomes of the insert, these positions are used up.
        this.#end += rows.length
        return {
          append,
          batch: append.batch,
          rows,
          position,
          positions: (n: number) => position + n,
        }
      })
      const count = this.#end - first
      if (count > 0) await this.#insert.run(placed, first, count)
      for (const { batch, rows } of placed) this.#newRows.learn(batch, rows)
      this.#durableEnd = this.#end
      for (const { append, batch, rows, position } of placed)
        append.resolve({ batch: takeNew(batch, rows), position })
      this.#tell(group, count, performance.now() - started)
    } catch (error) {
      this.#metrics.add('nightjar_store_append_errors_total', 1)
      for (const append of group) append.reject(error)
    }
  }

  #tell(group: readonly Append[], accepted: number, ms: number): void {
    const rows = group.reduce((sum, { batch }) => sum + batch.rows, 0)
    this.#metrics.add('nightjar_store_events_total', accepted)
    this.#metrics.add('nightjar_store_duplicates_total', rows - accepted)
    this.#metrics.add('nightjar_store_inserts_total', 1)
    this.#metrics.add('nightjar_store_insert_seconds_total', ms / 1000)
    this.#metrics.set('nightjar_store_known_ids', this.#known.size)
    this.#metrics.set('nightjar_store_waiting_rows', this.#waitingRows)
  }
}

function takeNew(batch: EventBatch, rows: Uint32Array): EventBatch {
  return rows.length === batch.rows ? batch : takeRows(batch, Array.from(rows))
}
