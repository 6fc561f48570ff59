import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  alertSchema,
  auditEventSchema,
  callViewSchema,
  overviewSchema,
  pageSchema,
  sessionViewSchema,
} from '@nightjar/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { event, type OpenedStore, openTestStore } from '../store/queries/opened-store.ts'
import { alert, alertRow, type RunningApi, runApi } from './running.ts'

let store: OpenedStore
let running: RunningApi
const eventId = (n: number) => `e${n.toString(16).padStart(31, '0')}`
const trace = (n: number) => (n + 1).toString(16).padStart(32, '0')

beforeAll(async () => {
  store = await openTestStore()
  await store.insert(
    Array.from({ length: 2500 }, (_, n) =>
      event({
        id: eventId(n + 1),
        traceId: trace(n),
        tool: `tool${n % 5}`,
        server: 'files',
        principal: 'ann',
        conversation: `c${n % 10}`,
        time: new Date(Date.now() - n * 60_000).toISOString(),
        receivedTime: new Date(Date.now() - n * 60_000).toISOString(),
      }),
    ),
  )
  const one = alert('alt_1', { eventIds: [eventId(1), eventId(2)] })
  await store.client.insertRows('nightjar.alerts', [alertRow(one)])
  running = await runApi(store.client)
})
afterAll(async () => {
  await running.stop()
  await store.close()
})

interface List {
  items: { id: string }[]
  nextCursor: string | null
  total: number
}

describe('lists', () => {
  it.each(['events', 'calls'])('walks 2,500 %s by cursor, each once', async (list) => {
    const ids: string[] = []
    let cursor = ''
    for (;;) {
      const page = await running.get<List>(`/${list}?limit=700${cursor}`)
      expect(page.total).toBe(2500)
      ids.push(...page.items.map(({ id }) => id))
      if (page.nextCursor === null) break
      cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`
    }
    expect([ids.length, new Set(ids).size]).toEqual([2500, 2500])
  })

  it('answers in the form its schemas describe', async () => {
    const check = async (path: string, schema: z.ZodType) => {
      const answer = await running.get(path)
      expect(z.safeParse(schema, answer).error?.issues ?? []).toEqual([])
      return answer as unknown as List
    }
    await check('/events?limit=3', pageSchema(auditEventSchema))
    await check('/calls?limit=3', pageSchema(callViewSchema))
    const sessions = await check('/sessions', pageSchema(sessionViewSchema))
    expect(sessions.total).toBe(10)
    const id = encodeURIComponent(sessions.items[0]?.id ?? '')
    await check(`/sessions/${id}`, sessionViewSchema)
    expect((await running.get<List>(`/calls?session=${id}&limit=1`)).total).toBe(250)
    expect((await running.get<List>(`/calls?sessionKey=${id}&limit=1`)).total).toBe(250)
    await check('/alerts', pageSchema(alertSchema))
    await check('/overview', overviewSchema)
  })

  it('takes exact filters, repeated values, commas for closed sets, and relative times', async () => {
    const total = async (query: string) => (await running.get<List>(`/events?${query}`)).total
    expect(await total('tool=tool1')).toBe(500)
    expect(await total('tool=tool1&tool=tool2')).toBe(1000)
    expect(await total('outcome=success,denied')).toBe(2500)
    expect(await total('from=now-1h')).toBe(60)
    expect(await total(`traceId=${trace(7).toUpperCase()}`)).toBe(1)
    expect(await total(`q=${encodeURIComponent("' OR 1=1 --")}`)).toBe(0)
    expect((await running.get<List>('/alerts?state=open,acknowledged&sort=risk')).total).toBe(1)
  })

  it('gives an alert with its findings and the events that show it', async () => {
    const detail = await running.get<{ alert: object; findings: object[]; events: object[] }>(
      '/alerts/alt_1',
    )
    expect(detail).toMatchObject({ alert: { id: 'alt_1' }, findings: [{ id: 'fnd_alt_1' }] })
    expect(detail.events).toHaveLength(2)
  })

  it('pages rules in their own order, with what they found', async () => {
    const first = await running.get<List>('/rules?limit=2')
    expect(first.items.map(({ id }) => id)).toEqual(['rule-001', 'rule-002'])
    const second = await running.get<List>(`/rules?limit=2&cursor=${first.nextCursor}`)
    expect(second).toMatchObject({ items: [{ id: 'rule-003' }], nextCursor: null, total: 3 })
    expect((await running.get<List>('/rules?severity=high')).total).toBe(2)
    const odd = await running.ask(`/api/v1/rules?cursor=${first.nextCursor}&severity=low`)
    expect(await odd.json()).toMatchObject({ status: 400, code: 'API_BAD_CURSOR' })
  })
})

describe('openapi', () => {
  const file = join(process.cwd(), 'test/contract/openapi.json')
  it('describes the API as the committed document does', async () => {
    const document = await running.get('/openapi.json')
    const text = `${JSON.stringify(document, null, 2)}\n`
    if (process.env.NIGHTJAR_UPDATE_CONTRACT || !existsSync(file)) {
      mkdirSync(join(file, '..'), { recursive: true })
      writeFileSync(file, text)
    }
    expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(file, 'utf8')))
    expect(document.openapi).toBe('3.1.0')
    const schemas = Object.keys((document.components as { schemas: object }).schemas)
    expect(schemas.filter((name) => name.endsWith('Input'))).toEqual([])
    expect(schemas).toContain('AuditEvent')
    expect(text).not.toContain('sealedSecret')
  })
})
