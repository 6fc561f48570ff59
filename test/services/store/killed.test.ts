import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { batchOf } from '@nightjar/core'
import { openStore, type Store } from '@nightjar/store'
import { afterEach, describe, expect, it } from 'vitest'
import { callEvents, freshFolder } from './fresh-store.ts'

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function totals(store: Store) {
  const [row] = await store.client.rows(
    `SELECT (SELECT count() FROM nightjar.events) AS events,
            (SELECT uniqExact(id) FROM nightjar.events) AS ids,
            (SELECT uniqExact(seq) FROM nightjar.events) AS positions,
            (SELECT sum(calls) FROM nightjar.calls_by_minute) AS calls,
            (SELECT sum(events) FROM nightjar.events_by_source) AS sources`,
  )
  return row
}

const once2 = (n: number) => ({ events: n, ids: n, positions: n, calls: n, sources: n })

describe('when the engine is killed', () => {
  const folder = freshFolder()
  afterEach(() => folder.remove())

  it('nothing is lost or doubled, and everyone is answered', { timeout: 60_000 }, async () => {
    const store = await openStore({ data: folder.path, retentionDays: 3650 })
    const appends: Promise<unknown>[] = []
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 8; i++)
        appends.push(store.log.appendEvents(batchOf(callEvents((round * 8 + i) * 500, 500))))
      await sleep(5 + round * 13)
      const { pid } = store.engine()
      if (pid !== undefined) process.kill(pid, 'SIGKILL')
      await sleep(150)
    }
    await Promise.all(appends)
    expect(await totals(store)).toEqual(once2(20_000))
    expect(store.engine().restarts).toBeGreaterThan(0)
    expect(await store.log.endOfEvents()).toBeGreaterThan(20_000)
    await store.close()
  })

  it('a query gets an error it may repeat', async () => {
    const store = await openStore({ data: folder.path })
    const slow = store.client.rows('SELECT sleep(2)').catch((error: unknown) => error)
    await sleep(100)
    process.kill(store.engine().pid ?? 0, 'SIGKILL')
    expect(await slow).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true })
    await expect
      .poll(async () => await store.client.rows('SELECT 1 AS x').catch(() => []), {
        timeout: 10_000,
      })
      .toEqual([{ x: 1 }])
    await store.close()
  })
})

describe('when the whole process is killed', () => {
  const folder = freshFolder()
  const script = fileURLToPath(new URL('append-until-killed.mjs', import.meta.url))
  let child: ChildProcess | undefined
  afterEach(() => {
    child?.kill('SIGKILL')
    folder.remove()
  })

  it('every acknowledged event is there once, and so after sending all again', {
    timeout: 90_000,
  }, async () => {
    let acknowledged = 0
    for (let round = 0; round < 4; round++) {
      const running = spawn(process.execPath, [script, folder.path, String(acknowledged)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      child = running
      let out = ''
      running.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text
      })
      await expect.poll(() => out.length, { timeout: 20_000 }).toBeGreaterThan(0)
      await sleep(30 + round * 47)
      running.kill('SIGKILL')
      await once(running, 'exit')
      const last = out.split('\n').slice(0, -1).at(-1)
      acknowledged = Math.max(acknowledged, Number(last ?? 0))
    }
    expect(acknowledged).toBeGreaterThan(0)
    const store = await openStore({ data: folder.path, retentionDays: 3650 })
    const ids = (await totals(store)) as {
      events: number
      ids: number
      calls: number
      sources: number
    }
    expect(ids.events).toBeGreaterThanOrEqual(acknowledged)
    expect(ids).toMatchObject({ ids: ids.events, calls: ids.events, sources: ids.events })
    for (let from = 0; from < acknowledged + 1000; from += 500)
      await store.log.appendEvents(batchOf(callEvents(from, 500)))
    const wanted = Math.ceil((acknowledged + 1000) / 500) * 500
    expect(await totals(store)).toEqual(once2(wanted))
    await store.close()
  })
})
