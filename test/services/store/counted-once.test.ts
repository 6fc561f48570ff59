import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { batchOf, eventsOf } from '@nightjar/core'
import { openStore, type Store } from '@nightjar/store'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { callEvents, freshFolder } from './fresh-store.ts'

async function totals(store: Store): Promise<{ events: number; calls: number; sources: number }> {
  const [row] = await store.client.rows<{ events: number; calls: number; sources: number }>(
    `SELECT (SELECT count() FROM nightjar.events) AS events,
            (SELECT sum(calls) FROM nightjar.calls_by_minute) AS calls,
            (SELECT sum(events) FROM nightjar.events_by_source) AS sources`,
  )
  return row ?? { events: -1, calls: -1, sources: -1 }
}

describe('an event that is sent again', () => {
  const folder = freshFolder()
  let store: Store
  const open = async (knownIds?: number) => {
    store = await openStore({
      data: folder.path,
      retentionDays: 3650,
      ...(knownIds !== undefined && { knownIds }),
    })
  }
  beforeEach(async () => await open())
  afterEach(async () => {
    await store.close()
    folder.remove()
  })

  it('is stored once: within a batch, in another batch, at once and later', async () => {
    const events = callEvents(0, 100)
    const twice = await store.log.appendEvents(batchOf([...events, ...events]))
    expect(twice.batch.rows).toBe(100)
    const overlapping = await Promise.all([
      store.log.appendEvents(batchOf(callEvents(50, 100))),
      store.log.appendEvents(batchOf(callEvents(100, 100))),
    ])
    expect(overlapping.map(({ batch }) => batch.rows)).toEqual([50, 50])
    expect(eventsOf(overlapping[1].batch)).toEqual(eventsOf(batchOf(callEvents(150, 50))))
    expect(await totals(store)).toEqual({ events: 200, calls: 200, sources: 200 })
  })

  it('is stored once after a restart, and positions go on', async () => {
    const first = await store.log.appendEvents(batchOf(callEvents(0, 100)))
    await store.close()
    await open()
    const again = await store.log.appendEvents(batchOf(callEvents(0, 150)))
    expect(again.batch.rows).toBe(50)
    expect(again.position).toBe(first.position + 100)
    expect(await store.log.endOfEvents()).toBe(151)
    expect(await totals(store)).toEqual({ events: 150, calls: 150, sources: 150 })
  })

  it('is stored once when memory has forgotten it, and none is taken for another', async () => {
    await store.close()
    await open(200)
    for (let from = 0; from < 1000; from += 100)
      expect((await store.log.appendEvents(batchOf(callEvents(from, 100)))).batch.rows).toBe(100)
    const old = await store.log.appendEvents(
      batchOf([...callEvents(0, 150), ...callEvents(2000, 10)]),
    )
    expect(old.batch.rows).toBe(10)
    expect(await totals(store)).toEqual({ events: 1010, calls: 1010, sources: 1010 })
  })

  it('is counted once in the rollups too, whichever way a kill left them', async () => {
    await store.log.appendEvents(batchOf(callEvents(0, 300)))
    await store.client.command('TRUNCATE TABLE nightjar.calls_by_minute')
    await store.client.command('TRUNCATE TABLE nightjar.principals_by_hour')
    await store.client.command(
      'INSERT INTO nightjar.events_by_source SELECT * FROM nightjar.events_by_source',
    )
    expect(await totals(store)).toEqual({ events: 300, calls: 0, sources: 600 })
    await store.close()
    writeFileSync(join(folder.path, 'nightjar.lock'), JSON.stringify({ pid: 2 ** 30 }))
    await open()
    expect(await totals(store)).toEqual({ events: 300, calls: 300, sources: 300 })
    const [sums] = await store.client.rows(
      'SELECT sum(args_bytes) AS args, sum(result_bytes) AS results FROM nightjar.calls_by_minute',
    )
    expect(sums).toEqual({ args: 3000, results: 30_000 })
    const [callers] = await store.client.rows(
      `SELECT (SELECT uniqExactMerge(principals) FROM nightjar.principals_by_hour) AS kept,
              (SELECT uniqExact(principal) FROM nightjar.events) AS seen`,
    )
    expect(callers).toEqual({ kept: 1, seen: 1 })
  })

  it('belongs to its tenant: another may have the same id', async () => {
    await store.log.appendEvents(batchOf(callEvents(0, 10)))
    const other = await store.log.appendEvents(batchOf(callEvents(0, 10, { tenant: 'other' })))
    expect(other.batch.rows).toBe(10)
  })

  it('is refused, not dropped, when too much waits', async () => {
    const batch = batchOf(callEvents(0, 10_000))
    const results = await Promise.allSettled(
      Array.from({ length: 60 }, () => store.log.appendEvents(batch)),
    )
    const refused = results.filter(({ status }) => status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    for (const result of refused)
      expect(result).toMatchObject({ reason: { code: 'STORE_BUSY', retryable: true } })
    expect((await totals(store)).events).toBe(10_000)
  })
})
