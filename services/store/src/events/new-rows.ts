import type { EventBatch, Metrics } from '@nightjar/core'
import type { StoreClient } from '../client.ts'
import { type IdKey, IdKeys, IdTable } from './id-table.ts'
import type { KnownIds } from './known-ids.ts'
import { type Doubtful, StoredIds, storedName } from './stored-ids.ts'

/**
 * Finds the rows that are not stored yet. Memory answers for every row later than its horizon, and says for certain
 * which ids it knows; earlier rows it does not know are looked for in the store, by their whole sort key.
 */
export class NewRows {
  readonly #stored: StoredIds
  readonly #known: KnownIds
  readonly #metrics: Metrics

  constructor(client: StoreClient, known: KnownIds, metrics: Metrics) {
    this.#stored = new StoredIds(client)
    this.#known = known
    this.#metrics = metrics
  }

  /** New rows of each batch, in order; of a row that occurs twice only the first. */
  async find(batches: readonly EventBatch[]): Promise<Uint32Array[]> {
    const seen = new IdTable(Number.MAX_SAFE_INTEGER)
    const doubtful: Doubtful[] = []
    const fresh = batches.map((batch) => {
      const { rows, unsure } = this.#judge(batch, seen)
      if (unsure.length > 0) doubtful.push({ batch, rows: Uint32Array.from(unsure) })
      return rows
    })
    if (doubtful.length === 0) return fresh
    const asked = doubtful.reduce((sum, { rows }) => sum + rows.length, 0)
    this.#metrics.add('nightjar_store_id_lookups_total', asked)
    const stored = await this.#stored.find(doubtful)
    if (stored.size === 0) return fresh
    return fresh.map((rows, i) => withoutStored(batches[i] as EventBatch, rows, stored))
  }

  #judge(batch: EventBatch, seen: IdTable): { rows: Uint32Array; unsure: number[] } {
    const key: IdKey = new Uint32Array(4)
    const keys = new IdKeys(batch)
    const times = batch.columns.time.data
    const rows = new Uint32Array(batch.rows)
    const unsure: number[] = []
    let count = 0
    for (let row = 0; row < batch.rows; row++) {
      keys.read(row, key)
      if (this.#known.has(key) || !seen.add(key)) continue
      rows[count++] = row
      if ((times[row] as number) <= this.#known.horizon) unsure.push(row)
    }
    return { rows: rows.subarray(0, count), unsure }
  }

  /** Remembers rows that are stored now. */
  learn(batch: EventBatch, rows: Uint32Array): void {
    const key: IdKey = new Uint32Array(4)
    const keys = new IdKeys(batch)
    const times = batch.columns.time.data
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number
      keys.read(row, key)
      this.#known.add(key, times[row] as number)
    }
  }
}

function withoutStored(
  { columns: { tenant, id } }: EventBatch,
  rows: Uint32Array,
  stored: ReadonlySet<string>,
): Uint32Array {
  return rows.filter((row) => {
    const hex = Buffer.from(id.data.buffer, id.data.byteOffset + row * 16, 16).toString('hex')
    return !stored.has(storedName(tenant.values[tenant.codes[row] as number] as string, hex))
  })
}
