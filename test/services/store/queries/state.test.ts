import { createQueries, type Queries } from '@nightjar/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenedStore, openTestStore } from './opened-store.ts'

const NOW = Date.parse('2026-03-02T00:00:00Z')
const at = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString()
const tenant = 'default'

let store: OpenedStore
let queries: Queries

function alertRow(n: number, version = 1, fields: Record<string, unknown> = {}) {
  const row = {
    tenant,
    id: `alt_${n}`,
    fingerprint: `f${n}`,
    family: 'exfiltration-burst',
    severity: n % 2 ? 'high' : 'low',
    severity_rank: n % 2 ? 3 : 1,
    state: 'open',
    suppressed: false,
    owner: '',
    risk: n % 10,
    count: 1,
    first_seen: at(n),
    last_seen: at(n),
    created_at: at(n),
    updated_at: at(n),
    principal: 'ann',
    server: 'files',
    title: `Burst ${n}`,
    version,
    ...fields,
  }
  const { id, state, risk, fingerprint } = row
  const doc = { id, tenant, state, fingerprint, version, risk: { score: risk }, ruleIds: ['r1'] }
  return { ...row, doc: JSON.stringify({ ...doc, findingIds: [`fnd_${n}`] }) }
}

beforeAll(async () => {
  store = await openTestStore()
  queries = createQueries(store.client, { clock: { now: () => NOW } })
  await store.client.insertRows(
    'nightjar.alerts',
    Array.from({ length: 130 }, (_, n) => alertRow(n)),
  )
  await store.client.insertRows('nightjar.alerts', [alertRow(5, 2, { state: 'closed' })])
  const finding = { tenant, id: 'fnd_5', fingerprint: 'f5', rule_id: 'r1', severity: 'high' }
  const row = { ...finding, family: 'x', time: at(5), doc: JSON.stringify({ id: 'fnd_5' }) }
  await store.client.insertRows('nightjar.findings', [row])
  await store.client.insertRows('nightjar.findings', [row])
  const server = { tenant, name: 'files', state: 'pending', transport: 'stdio', version: 1 }
  const seen = { first_seen: at(9), last_seen: at(1) }
  await store.client.insertRows('nightjar.servers', [
    { ...server, ...seen, id: 'srv_1', has_drift: true, doc: '{"id":"srv_1"}' },
    { ...server, ...seen, id: 'srv_2', has_drift: false, doc: '{"id":"srv_2"}' },
  ])
  const destination = { tenant, id: 'dst_1', name: 'siem', type: 'webhook', doc: '{"id":"dst_1"}' }
  await store.client.insertRows('nightjar.destinations', [
    { ...destination, removed: false, version: 1 },
    { ...destination, id: 'dst_2', removed: false, version: 1 },
    { ...destination, id: 'dst_2', removed: true, version: 2 },
  ])
  const suppression = { tenant, created_at: at(60), ended: false, version: 1 }
  await store.client.insertRows('nightjar.suppressions', [
    { ...suppression, id: 'sup_1', expires_at: at(-60), doc: '{"id":"sup_1"}' },
    { ...suppression, id: 'sup_2', expires_at: at(5), doc: '{"id":"sup_2"}' },
    { ...suppression, id: 'sup_3', expires_at: at(-60), ended: true, doc: '{"id":"sup_3"}' },
  ])
})
afterAll(() => store.close())

describe('state lists', () => {
  it.each(['lastSeen', 'risk'] as const)(
    'walks alerts by %s, the newest version each',
    async (sort) => {
      const found: { id: string; risk: number }[] = []
      let cursor: string | null = null
      do {
        const page = await queries.alerts({ tenant, sort, limit: 40, ...(cursor && { cursor }) })
        expect(page.total).toBe(130)
        found.push(...page.items.map(({ id, risk }) => ({ id, risk: risk.score })))
        cursor = page.nextCursor
      } while (cursor !== null)
      expect(new Set(found.map(({ id }) => id)).size).toBe(130)
      if (sort === 'lastSeen')
        expect(found.slice(0, 2).map(({ id }) => id)).toEqual(['alt_0', 'alt_1'])
      else
        expect(found.map(({ risk }) => risk)).toEqual(
          found
            .map(({ risk }) => risk)
            .sort()
            .reverse(),
        )
      expect(await queries.alert(tenant, 'alt_5')).toMatchObject({ state: 'closed', version: 2 })
    },
  )

  it.each([
    [{ state: ['closed'] }, 1],
    [{ state: ['open'], severity: ['high'] }, 64],
    [{ q: 'burst 77' }, 1],
    [{ ruleId: 'r1' }, 130],
    [{ ruleId: "' OR 1=1 --" }, 0],
    [{ suppressed: true }, 0],
    [{ from: 'now-10m' }, 11],
    [{ owner: ["' OR 1=1 --"] }, 0],
  ])('filters alerts by %j', async (filter, total) => {
    expect((await queries.alerts({ tenant, ...filter })).total).toBe(total)
  })

  it('gives the findings of an alert once, and counts them by rule', async () => {
    const alert = await queries.alert(tenant, 'alt_5')
    expect(alert && (await queries.findingsOf(alert))).toEqual([{ id: 'fnd_5' }])
    expect(await queries.findingsByRule(tenant)).toEqual(new Map([['r1', 1]]))
  })

  it('lists servers, destinations and suppressions by what they are now', async () => {
    expect((await queries.servers({ tenant, drift: true })).items).toEqual([{ id: 'srv_1' }])
    expect((await queries.destinations({ tenant })).items).toEqual([{ id: 'dst_1' }])
    expect(await queries.destination(tenant, 'dst_2')).toBeUndefined()
    expect((await queries.suppressions({ tenant, active: true })).items).toEqual([{ id: 'sup_1' }])
    expect((await queries.suppressions({ tenant, active: false })).total).toBe(2)
    expect((await queries.deliveries({ tenant })).total).toBe(0)
    expect(await queries.manifests(tenant, 'srv_1')).toEqual([])
    const { openAlerts, servers } = await queries.overview(tenant)
    expect([openAlerts.high, servers]).toEqual([64, { total: 2, pending: 2, drift: 1 }])
  })
})
