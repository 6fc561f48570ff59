import type { EventBatch } from '@nightjar/core'
import type { StoreClient } from '../client.ts'
import { LookupEncoder } from '../native/lookup-encoder.ts'
import { sortBucket } from '../schema/events.ts'
import { LOOKUP_COLUMNS, LOOKUP_ROWS } from '../schema/lookups.ts'

/** Rows asked about in one statement. */
const CHUNK = LOOKUP_ROWS / 4

/** Rows of a batch that memory cannot judge. */
export interface Doubtful {
  readonly batch: EventBatch
  readonly rows: Uint32Array
}

interface Found {
  readonly of_tenant: string
  readonly hex_id: string
  readonly asked: number
}

/**
 * The times are known, so the engine reads the granules of their five minutes that hold such times, and of these the
 * ids first. The first row says how many
 * were asked about: the table is in memory, and an engine that was started again has lost them.
 */
const LOOK_UP = `SELECT '' AS of_tenant, '' AS hex_id, count() AS asked
FROM nightjar.event_lookups WHERE lookup = {lookup:UInt64}
UNION ALL
SELECT DISTINCT toString(tenant), lower(hex(id)), 0
FROM nightjar.events
WHERE (tenant, ${sortBucket('time')}) IN (
  SELECT tenant, ${sortBucket('time')} FROM nightjar.event_lookups WHERE lookup = {lookup:UInt64}
)
AND time >= (SELECT min(time) FROM nightjar.event_lookups WHERE lookup = {lookup:UInt64})
AND time <= (SELECT max(time) FROM nightjar.event_lookups WHERE lookup = {lookup:UInt64})
AND (tenant, id) IN (SELECT tenant, id FROM nightjar.event_lookups WHERE lookup = {lookup:UInt64})`

/** Name of an event across tenants. */
export function storedName(tenant: string, id: string): string {
  return `${tenant} ${id}`
}

/** Looks events up in the store. One look-up at a time. */
export class StoredIds {
  readonly #client: StoreClient
  readonly #encoder = new LookupEncoder()

  constructor(client: StoreClient) {
    this.#client = client
  }

  /** Which of these rows are stored, as {@link storedName}s. */
  async find(doubtful: readonly Doubtful[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>()
    for (const { batch, rows } of doubtful)
      for (let at = 0; at < rows.length; at += CHUNK)
        await this.#chunk(batch, rows.subarray(at, at + CHUNK), found)
    return found
  }

  async #chunk(batch: EventBatch, rows: Uint32Array, found: Set<string>): Promise<void> {
    for (;;) {
      // Whole numbers below 2^53; processes that share a server do not meet.
      const lookup = Math.floor(Math.random() * Number.MAX_SAFE_INTEGER)
      this.#encoder.reset()
      this.#encoder.add(lookup, batch, rows)
      await this.#client.insertNative({
        table: 'nightjar.event_lookups',
        columns: LOOKUP_COLUMNS.map(({ name }) => name),
        block: this.#encoder.blocks(),
        rows: rows.length,
        token: `lookup-${lookup}`,
      })
      const answer = await this.#client.rows<Found>(LOOK_UP, { lookup })
      const asked = answer.reduce((sum, row) => sum + row.asked, 0)
      if (asked < rows.length) continue
      for (const { of_tenant, hex_id } of answer)
        if (hex_id !== '') found.add(storedName(of_tenant, hex_id))
      return
    }
  }
}
