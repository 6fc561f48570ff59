import type { StoreClient } from '../client.ts'
import { BlockReader } from '../native/block-reader.ts'
import { BytesCollector, DictCollector, NumberCollector } from '../native/collect-columns.ts'
import { type IdKey, IdKeys } from './id-table.ts'
import type { KnownIds } from './known-ids.ts'

/** Rows learnt at a start. More would be remembered, but a start would wait for them. */
const WARM_ROWS = 500_000

/** Puts the newest rows of the store into memory; gives the newest position, 0 when there are none. */
export async function warmKnownIds(client: StoreClient, known: KnownIds): Promise<number> {
  const [row] = await client.rows<{ newest: number; total: number }>(
    'SELECT max(seq) AS newest, count() AS total FROM nightjar.events',
  )
  const { newest = 0, total = 0 } = row ?? {}
  if (total === 0) return newest
  const after = Math.max(0, newest - WARM_ROWS)
  const learnt = await learn(client, known, after)
  if (learnt.rows >= total) return newest
  known.forgetUpTo(
    learnt.rows === 0
      ? Number.POSITIVE_INFINITY
      : await newestTimeBefore(client, after, learnt.received),
  )
  return newest
}

async function learn(
  client: StoreClient,
  known: KnownIds,
  after: number,
): Promise<{ rows: number; received: number }> {
  const reader = new BlockReader(
    await client.native(
      `SELECT id, tenant, time, received_time FROM nightjar.events
       WHERE seq > {after:UInt64} ORDER BY seq`,
      { after },
      { maxSeconds: 300 },
    ),
  )
  const id = new BytesCollector(16)
  const tenant = new DictCollector(false)
  const time = new NumberCollector('time')
  const received = new NumberCollector('time')
  while (!reader.done) {
    const columns = reader.varint()
    const rows = reader.varint()
    for (const collector of [id, tenant, time, received].slice(0, columns)) {
      reader.string()
      reader.string()
      if (rows > 0) collector.read(reader, rows)
    }
  }
  const times = time.finish().data
  const keys = new IdKeys({ columns: { id: id.finish(), tenant: tenant.finish() } })
  const key: IdKey = new Uint32Array(4)
  for (let row = 0; row < times.length; row++) {
    keys.read(row, key)
    known.add(key, times[row] as number)
  }
  const oldest = received.finish().data.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  return { rows: times.length, received: oldest }
}

/**
 * Newest event time of the rows up to a position. Rows received before `received` and not later than it need no look:
 * only those with a time beyond it are asked for, which are few.
 */
async function newestTimeBefore(
  client: StoreClient,
  position: number,
  received: number,
): Promise<number> {
  const [row] = await client.rows<{ newest: number }>(
    `SELECT max(toUnixTimestamp64Micro(time)) AS newest FROM nightjar.events
     WHERE time >= fromUnixTimestamp64Micro({received:Int64}, 'UTC') AND seq <= {position:UInt64}`,
    { received, position },
    { maxSeconds: 300 },
  )
  return Math.max(received, row?.newest ?? 0)
}
