import { createQueries, type Queries } from '@nightjar/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { event, type OpenedStore, openTestStore } from './opened-store.ts'

const NOW = Date.parse('2026-03-02T00:00:00Z')
const MINUTE = 60_000

let store: OpenedStore
let queries: Queries

const at = (ms: number) => new Date(NOW - ms).toISOString()

beforeAll(async () => {
  store = await openTestStore()
  queries = createQueries(store.client, { clock: { now: () => NOW } })
  await store.insert(
    Array.from({ length: 2500 }, (_, index) =>
      event({
        time: at(Math.floor(index / 3) * MINUTE),
        tool: `tool${index % 7}`,
        server: index % 2 === 0 ? 'files' : 'mail',
        principal: index % 5 === 0 ? 'ann' : 'bob',
        outcome: index % 100 === 0 ? 'denied' : 'success',
        traceId: (index + 1).toString(16).padStart(32, '0'),
        ...(index === 7 && {
          errorMessage: 'Connection REFUSED by db',
          labels: ['read', 'private'],
          signals: ['secret.aws'],
          argsPreview: "path='; DROP TABLE nightjar.events; --",
          argsBytes: 12,
        }),
      }),
    ),
  )
  await store.insert([event({ tenant: 'other', tool: 'tool0' })])
})
afterAll(() => store.close())

async function walk(question: object, limit: number) {
  const ids: string[] = []
  let cursor: string | undefined
  for (;;) {
    const page = await queries.events({
      tenant: 'default',
      ...question,
      limit,
      ...(cursor && { cursor }),
    })
    ids.push(...page.items.map(({ id }) => id))
    if (page.nextCursor === null) return { ids, total: page.total }
    cursor = page.nextCursor
  }
}

describe('events', () => {
  it('gives each of 2,500 events once in a walk of pages, newest first', async () => {
    const { ids, total } = await walk({}, 400)
    expect(total).toBe(2500)
    expect(ids).toHaveLength(2500)
    expect(new Set(ids).size).toBe(2500)
    const page = await queries.events({ tenant: 'default', limit: 1000 })
    const times = page.items.map(({ time }) => time)
    expect(times).toEqual(times.toSorted().reverse())
  })

  it('counts and lists an event that was stored twice once', async () => {
    await store.insert([event({ id: 'f'.repeat(32), tool: 'twice' })])
    await store.insert([event({ id: 'f'.repeat(32), tool: 'twice' })])
    const page = await queries.events({ tenant: 'default', tool: ['twice'] })
    expect([page.total, page.items.length]).toEqual([1, 1])
  })

  it.each([
    [{ tool: ['tool1'], server: ['mail'] }, 179],
    [{ tool: ['tool1', 'tool2'] }, 714],
    [{ outcome: ['denied'] }, 25],
    [{ principal: ['ann'], outcome: ['denied'] }, 25],
    [{ q: 'refused CONNECTION' }, 1],
    [{ label: 'private' }, 1],
    [{ signal: 'secret.aws' }, 1],
    [{ traceId: '1'.padStart(32, '0') }, 1],
    [{ from: 'now-10m' }, 33],
    [{ from: at(10 * MINUTE), to: at(5 * MINUTE) }, 15],
    [{ kind: ['list'] }, 0],
  ])('filters by %j', async (filter, total) => {
    const page = await queries.events({ tenant: 'default', ...filter })
    expect(page.total).toBe(total)
    expect(page.items.length).toBe(Math.min(total, 50))
  })

  it.each([
    'q',
    'kind',
    'method',
    'tool',
    'server',
    'principal',
    'client',
    'host',
    'outcome',
    'session',
    'conversation',
    'traceId',
    'signal',
    'label',
  ])('takes SQL in %s as text', async (name) => {
    const texts = ["' OR '1'='1", "\\' OR 1=1 --", '{tenant:String}', 'a\0b', "x'); DROP TABLE t"]
    for (const text of texts) {
      const value = ['q', 'traceId', 'signal', 'label'].includes(name) ? text : [text]
      const page = await queries.events({ tenant: 'default', [name]: value })
      expect(page.total).toBe(0)
    }
  })

  it('refuses the cursor of another question', async () => {
    const { nextCursor } = await queries.events({ tenant: 'default', limit: 10 })
    const ask = (question: object) => queries.events({ tenant: 'default', limit: 10, ...question })
    await expect(ask({ cursor: nextCursor, tool: ['x'] })).rejects.toMatchObject({
      code: 'API_BAD_CURSOR',
    })
    await expect(ask({ cursor: 'bm9wZQ' })).rejects.toMatchObject({ code: 'API_BAD_CURSOR' })
    await expect(ask({ cursor: nextCursor, limit: 20 })).resolves.toMatchObject({
      items: { length: 20 },
    })
  })

  it('leaves out what an event does not have, and keeps what it has', async () => {
    const [found] = (await queries.events({ tenant: 'default', signal: 'secret.aws' })).items
    expect(found).toMatchObject({ labels: ['read', 'private'], argsBytes: 12 })
    expect(found).not.toHaveProperty('session')
    expect(found).not.toHaveProperty('spanId')
    expect(found).not.toHaveProperty('durationUs')
  })
})

describe('health', () => {
  it('tells the newest event, the sources and the size', async () => {
    expect(await queries.lastEvent('default')).toMatchObject({ lastEventTime: at(0) })
    expect(await queries.lastEvent('nobody')).toEqual({
      events: 0,
      lastEventTime: null,
      lastReceivedTime: null,
    })
    expect(await queries.sources('default')).toMatchObject([{ emitter: 'nightjar-tap' }])
    expect((await queries.tableSize()).rows).toBeGreaterThan(2500)
  })
})
