import type { AuditEventInput } from '@nightjar/core'
import { createQueries, type Queries } from '@nightjar/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { event, type OpenedStore, openTestStore } from './opened-store.ts'

const NOW = Date.parse('2026-03-02T00:00:00Z')
const at = (seconds: number) => new Date(NOW - 86_400_000 + seconds * 1000).toISOString()
const trace = (n: number) => n.toString(16).padStart(32, 'a')

let store: OpenedStore
let queries: Queries

/** One tenant per case, so that each sees its own rows alone. */
async function given(tenant: string, ...events: AuditEventInput[]) {
  await store.insert(events.map((one) => event({ ...one, tenant })))
}

beforeAll(async () => {
  store = await openTestStore()
  queries = createQueries(store.client, { clock: { now: () => NOW } })
})
afterAll(() => store.close())

describe('calls', () => {
  it('folds the vantages of a call that share a trace, and takes the outcome that decides', async () => {
    const one = { traceId: trace(1), tool: 'read', time: at(10) }
    await given(
      'trace',
      { ...one, vantage: 'client', emitter: 'sdk', principal: 'ann', durationUs: 900, client: 'c' },
      {
        ...one,
        vantage: 'server',
        emitter: 'sdk',
        server: 's',
        outcome: 'tool_error',
        time: at(11),
      },
      { ...one, vantage: 'gateway', server: 'files', durationUs: 950 },
    )
    const page = await queries.calls({ tenant: 'trace' })
    expect(page.total).toBe(1)
    expect(page.items[0]).toMatchObject({
      time: at(10),
      tool: 'read',
      outcome: 'tool_error',
      principal: 'ann',
      server: 'files',
      client: 'c',
      durationUs: 950,
      vantages: ['client', 'gateway', 'server'],
    })
    expect(page.items[0]?.id).toMatch(/^call_[0-9a-f]{32}$/)
    expect(page.items[0]?.events).toHaveLength(3)
  })

  it('keeps two calls of one tool in one trace apart, with and without request ids', async () => {
    const both = (n: number, requestId?: string) =>
      (['client', 'server'] as const).map((vantage, index) => ({
        traceId: trace(2),
        tool: requestId ? 'read' : 'write',
        time: at(20 + n * 10 + index),
        vantage,
        ...(requestId && { requestId }),
      }))
    await given('pairs', ...both(0, '7'), ...both(1, '8'), ...both(0), ...both(1))
    const page = await queries.calls({ tenant: 'pairs' })
    expect(page.total).toBe(4)
    expect(page.items.map(({ vantages }) => vantages)).toEqual(Array(4).fill(['client', 'server']))
  })

  it('folds by the model call id, and by session and request, where there is no trace', async () => {
    await given(
      'ids',
      { callId: 'toolu_1', tool: 'a', vantage: 'client', emitter: 'claude-code' },
      { callId: 'toolu_1', tool: 'a', vantage: 'gateway' },
      { session: 's1', requestId: '1', tool: 'b', vantage: 'server' },
      { session: 's1', requestId: '1', tool: 'b', vantage: 'gateway' },
      { session: 's1', requestId: '2', tool: 'b', vantage: 'gateway' },
      { tool: 'c' },
      { tool: 'c' },
      { kind: 'list', method: 'tools/list' },
    )
    expect((await queries.calls({ tenant: 'ids' })).total).toBe(5)
  })

  it('does not take a row that was stored twice for a second call', async () => {
    const same = event({ tenant: 'twice', traceId: trace(3), tool: 'read' })
    await store.insert([same])
    await store.insert([same])
    expect((await queries.calls({ tenant: 'twice' })).total).toBe(1)
  })

  it('filters by what the folded call shows', async () => {
    const rows = (n: number, outcome: 'denied' | 'success') => [
      { traceId: trace(n), tool: 'send', vantage: 'client' as const, principal: 'ann', outcome },
      { traceId: trace(n), tool: 'send', vantage: 'server' as const, server: 'mail' },
    ]
    await given('filters', ...rows(10, 'denied'), ...rows(11, 'success'))
    const total = async (filter: object) =>
      (await queries.calls({ tenant: 'filters', ...filter })).total
    expect(await total({ outcome: ['denied'] })).toBe(1)
    expect(await total({ outcome: ['success'] })).toBe(1)
    expect(await total({ principal: ['ann'], server: ['mail'] })).toBe(2)
    expect(await total({ traceId: trace(10) })).toBe(1)
    expect(await total({ q: 'mail' })).toBe(2)
    expect(await total({ q: "' OR 1=1 --" })).toBe(0)
    expect(await total({ principal: ["' OR 1=1 --"] })).toBe(0)
    expect(await total({ from: 'now-1h' })).toBe(0)
    expect((await queries.calls({ tenant: 'filters', server: ['mail'] })).items).toHaveLength(2)
  })

  it('walks 700 calls over many hours, each once', async () => {
    await given(
      'walk',
      ...Array.from({ length: 700 }, (_, n) =>
        (['client', 'server'] as const).map((vantage) => ({
          traceId: trace(1000 + n),
          tool: `t${n % 3}`,
          time: at(n * 97),
          vantage,
        })),
      ).flat(),
    )
    const ids: string[] = []
    let cursor: string | null = null
    do {
      const page = await queries.calls({ tenant: 'walk', limit: 90, ...(cursor && { cursor }) })
      expect(page.total).toBe(700)
      ids.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect([ids.length, new Set(ids).size]).toEqual([700, 700])
  })
})

describe('sessions', () => {
  it('groups by conversation, session, trace, and else by idle gap', async () => {
    await given(
      'groups',
      { conversation: 'c1', principal: 'ann', tool: 'a', server: 'x', time: at(1), argsBytes: 5 },
      {
        conversation: 'c1',
        principal: 'ann',
        tool: 'b',
        server: 'y',
        time: at(2),
        outcome: 'denied',
      },
      { session: 's1', principal: 'ann', requestId: '1', time: at(3) },
      { session: 's1', principal: 'bob', requestId: '2', time: at(4) },
      { traceId: trace(50), tool: 'a', time: at(5) },
      { traceId: trace(50), tool: 'b', time: at(6) },
      { principal: 'eve', client: 'cli', time: at(100), outcome: 'error' },
      { principal: 'eve', client: 'cli', time: at(100 + 14 * 60) },
      { principal: 'eve', client: 'cli', time: at(100 + 30 * 60) },
    )
    const page = await queries.sessions({ tenant: 'groups' })
    expect(page.total).toBe(6)
    expect(page.items.map(({ calls }) => calls)).toEqual([1, 2, 2, 1, 1, 2])
    const talk = page.items.at(-1)
    expect(talk).toMatchObject({
      principal: 'ann',
      servers: ['x', 'y'],
      tools: ['a', 'b'],
      denied: 1,
      errors: 0,
      argsBytes: 5,
      firstTime: at(1),
      lastTime: at(2),
    })
    for (const session of page.items) {
      expect(await queries.session('groups', session.id)).toEqual(session)
      const timeline = await queries.calls({ tenant: 'groups', sessionKey: session.id })
      expect(timeline.total).toBe(session.calls)
      expect(timeline.items).toHaveLength(session.calls)
    }
    const recent = await queries.sessions({ tenant: 'groups', from: at(100 + 20 * 60) })
    expect(recent.items).toEqual(page.items.slice(0, 1))
    const ofServer = await queries.sessions({ tenant: 'groups', server: ['y'] })
    expect(ofServer.items).toEqual([talk])
    expect((await queries.sessions({ tenant: 'groups', q: 'ANN y' })).items).toEqual([talk])
    expect((await queries.sessions({ tenant: 'groups', q: "' OR 1=1 --" })).total).toBe(0)
  })

  it('counts a call of several vantages once, whichever of them names the session', async () => {
    const one = { traceId: trace(60), tool: 'a' }
    await given(
      'vantages',
      { ...one, vantage: 'client', conversation: 'c2', principal: 'ann', argsBytes: 9 },
      { ...one, vantage: 'server', argsBytes: 9 },
    )
    const { items } = await queries.sessions({ tenant: 'vantages' })
    expect(items).toMatchObject([{ calls: 1, principal: 'ann', argsBytes: 9 }])
    expect(await queries.session('vantages', items[0]?.id ?? '')).toEqual(items[0])
  })

  it('pages sessions by cursor', async () => {
    await given(
      'pages',
      ...Array.from({ length: 25 }, (_, n) => ({ conversation: `c${n}`, time: at(n * 3600) })),
    )
    const first = await queries.sessions({ tenant: 'pages', limit: 20 })
    const cursor = first.nextCursor ?? ''
    const second = await queries.sessions({ tenant: 'pages', limit: 20, cursor })
    expect(second.items).toHaveLength(5)
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(25)
  })

  it('knows no session of a foreign id', async () => {
    for (const id of ['x', 'ses_', 'ses_bm9wZQ', 'ses_W10'])
      expect(await queries.session('groups', id)).toBeUndefined()
    await expect(queries.calls({ tenant: 'groups', sessionKey: 'x' })).rejects.toMatchObject({
      code: 'API_BAD_SESSION',
    })
  })
})

describe('overview', () => {
  it('counts a call that several vantages saw once, over 24 hours', async () => {
    const seen = (n: number, vantage: 'client' | 'server', extra: AuditEventInput = {}) => ({
      traceId: trace(n),
      tool: 'read',
      server: 'files',
      vantage,
      time: at(3600),
      ...extra,
    })
    await given(
      'overview',
      seen(70, 'client', { principal: 'ann' }),
      seen(70, 'server'),
      seen(71, 'client', { principal: 'bob', outcome: 'error' }),
      seen(72, 'server', { time: at(-3600), server: 'old' }),
    )
    const overview = await queries.overview('overview')
    expect(overview.calls).toEqual({ last24h: 2, previous24h: 1, errors24h: 1, denied24h: 0 })
    expect(overview.principals24h).toBe(2)
    expect(overview.series).toHaveLength(96)
    expect(overview.series.reduce((sum, point) => sum + point.calls, 0)).toBe(2)
    expect(overview.topServers).toEqual([{ server: 'files', calls: 2, errors: 1 }])
    expect(overview.topTools).toEqual([{ server: 'files', tool: 'read', calls: 2, errors: 1 }])
    expect(overview.openAlerts).toEqual({
      informational: 0,
      low: 0,
      medium: 0,
      high: 0,
      critical: 0,
    })
  })
})
