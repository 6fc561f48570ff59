import { type EventBatch, EventBatchBuilder, takeRows } from '@nightjar/core'
import type { EventRange } from '@nightjar/stream'
import type { StoreClient } from '../client.ts'
import { type DecodedEvents, decodeEvents, EVENT_SELECT_COLUMNS } from '../native/event-decoder.ts'

/** Rows read at once at most, whatever is asked for. */
const MAX_ROWS = 65_536
const SECONDS = 120

/** Reads stored events back into batches by their position. */
export class EventReader {
  readonly #client: StoreClient

  constructor(client: StoreClient) {
    this.#client = client
  }

  /**
   * Rows from a position on, oldest first, before `end`. Positions of a batch follow one another: where rows are missing
   * (retention, an insert that failed) the batch ends, and the next read goes on behind the gap.
   */
  async read(
    { from, limit }: EventRange,
    end: number,
  ): Promise<{ batch: EventBatch; position: number }> {
    const count = Math.min(limit, MAX_ROWS)
    for (let start: number | undefined = from; start !== undefined && start < end; ) {
      const decoded = await this.#range(start, Math.min(end, start + count))
      if (decoded.batch.rows > 0) return consecutive(decoded)
      start = await this.#nextAfter(start + count, end)
    }
    return { batch: new EventBatchBuilder().finish(), position: end }
  }

  async #range(from: number, end: number): Promise<DecodedEvents> {
    return decodeEvents(
      await this.#client.native(
        `SELECT ${EVENT_SELECT_COLUMNS} FROM nightjar.events
         WHERE seq >= {from:UInt64} AND seq < {end:UInt64} ORDER BY seq`,
        { from, end },
        { maxSeconds: SECONDS },
      ),
    )
  }

  async #nextAfter(from: number, end: number): Promise<number | undefined> {
    if (from >= end) return undefined
    const [row] = await this.#client.rows<{ next: number; found: number }>(
      `SELECT min(seq) AS next, count() AS found FROM nightjar.events
       WHERE seq >= {from:UInt64} AND seq < {end:UInt64}`,
      { from, end },
      { maxSeconds: SECONDS },
    )
    return row === undefined || row.found === 0 ? undefined : row.next
  }

  /** Position of the first row received at or after a time, `end` when there is none. */
  async positionAt(receivedMicros: number, end: number): Promise<number> {
    const [row] = await this.#client.rows<{ first: number; found: number }>(
      `SELECT min(seq) AS first, count() AS found FROM nightjar.events
       WHERE received_time >= fromUnixTimestamp64Micro({received:Int64}, 'UTC')`,
      { received: Math.floor(receivedMicros) },
      { maxSeconds: SECONDS },
    )
    return row === undefined || row.found === 0 ? end : Math.min(end, row.first)
  }
}

function consecutive({ batch, positions }: DecodedEvents): { batch: EventBatch; position: number } {
  const position = positions[0] ?? 0
  let rows = 1
  while (rows < batch.rows && positions[rows] === position + rows) rows++
  if (rows === batch.rows) return { batch, position }
  return {
    batch: takeRows(
      batch,
      Array.from({ length: rows }, (_, i) => i),
    ),
    position,
  }
}
