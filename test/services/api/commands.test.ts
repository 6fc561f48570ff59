import type { Alert, Command, Destination } from '@nightjar/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type OpenedStore, openTestStore } from '../store/queries/opened-store.ts'
import { alert, alertRow, type RunningApi, runApi, TOKEN } from './running.ts'

let store: OpenedStore
let running: RunningApi

beforeAll(async () => {
  store = await openTestStore()
  running = await runApi(store.client, { counts: () => ({ accepted: ++accepted }) })
})
afterAll(async () => {
  await running.stop()
  await store.close()
})
beforeEach(() => {
  running.commands.length = 0
})
let accepted = 0

const json = async (response: Response) => (await response.json()) as Record<string, unknown>

/** An owner of alerts that writes the row a while after its reply, as the archiver does. */
async function acknowledge({ body }: Command) {
  const next = alert(body.id, { state: 'acknowledged', version: 2 })
  setTimeout(() => void store.client.insertRows('nightjar.alerts', [alertRow(next)]), 150)
  return { ok: true, result: next }
}

describe('commands', () => {
  it('answers when the owner has, and a read shows the change', async () => {
    await store.client.insertRows('nightjar.alerts', [alertRow(alert('alt_1'))])
    running.owner(acknowledge)
    const answer = await running.send('POST', '/alerts/alt_1/acknowledge', { comment: 'mine' })
    expect([answer.status, await json(answer)]).toMatchObject([200, { state: 'acknowledged' }])
    const read = await running.get<{ alert: Alert }>('/alerts/alt_1')
    expect(read.alert.version).toBe(2)
    expect(running.commands).toMatchObject([
      {
        actor: 'admin',
        tenant: 'default',
        body: { type: 'alert.acknowledge', id: 'alt_1', comment: 'mine' },
      },
    ])
  })

  it.each([
    ['ALERT_UNKNOWN', 404],
    ['ALERT_WRONG_STATE', 409],
    ['REGISTRY_UNKNOWN_SERVER', 404],
    ['REGISTRY_NO_DRIFT', 409],
    ['DELIVER_DESTINATION_DISABLED', 409],
    ['ALERT_COMMENT_REQUIRED', 422],
  ])('answers the refusal %s with %i and the words of the owner', async (code, status) => {
    running.owner(async () => ({ ok: false, code, message: 'Because.' }))
    const answer = await running.send('POST', '/alerts/alt_1/reopen')
    expect([answer.status, await json(answer)]).toMatchObject([
      status,
      { code, detail: 'Because.' },
    ])
  })

  it('answers 202 with the id of a command whose owner is silent', async () => {
    running.owner(async () => undefined)
    const answer = await running.send('POST', '/alerts/alt_1/assign', { owner: 'ann' })
    expect([answer.status, await json(answer)]).toMatchObject([202, { status: 'pending' }])
    expect(running.commands[0]?.id).toMatch(/^cmd_/)
  })

  it.each([
    ['POST', '/alerts/a/close', { closeReason: 'duplicate', comment: 'x' }, 'alert.close'],
    ['POST', '/alerts/a/comment', { comment: 'x' }, 'alert.comment'],
    ['POST', '/servers/s/approve', { reason: 'x' }, 'server.approve'],
    ['POST', '/servers/s/reject', { reason: 'x' }, 'server.reject'],
    ['POST', '/servers/s/quarantine', { reason: 'x' }, 'server.quarantine'],
    ['POST', '/servers/s/manifests/h/approve', { reason: 'x' }, 'manifest.approve'],
    ['POST', '/servers/s/manifests/h/reject', { reason: 'x' }, 'manifest.reject'],
    ['PUT', '/policy', { enforceAllowList: true, reason: 'x' }, 'policy.set'],
    ['POST', '/suppressions/s/end', { reason: 'x' }, 'suppression.end'],
    ['DELETE', '/destinations/d', undefined, 'destination.remove'],
    ['POST', '/destinations/d/test', undefined, 'destination.test'],
    ['POST', '/deliveries/d/redeliver', {}, 'delivery.redeliver'],
  ])('%s %s %j is the command %s', async (method, path, body, type) => {
    running.owner(async () => ({ ok: false, code: 'X_UNKNOWN', message: 'No.' }))
    expect((await running.send(method, path, body)).status).toBe(404)
    const reason = path === '/destinations/d' ? { reason: expect.any(String) } : {}
    expect(running.commands).toMatchObject([{ body: { type, ...body, ...reason } }])
  })

  it('creates a suppression with just what its owner takes', async () => {
    running.owner(async ({ body }) => ({ ok: true, result: { id: body.id, version: 1 } }))
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
    const body = { match: { family: 'x' }, reason: 'planned', expiresAt }
    const pending = running.send('POST', '/suppressions', body)
    expect((await pending).status).toBe(201)
    expect(running.commands[0]?.body).toMatchObject({ suppression: body })
    expect(running.commands[0]?.body.id).toMatch(/^sup_[0-9a-f]{24}$/)
    const wide = await running.send('POST', '/suppressions', { ...body, match: { nothing: 'x' } })
    expect(wide.status).toBe(400)
  })
})

describe('destinations', () => {
  const row = (one: Destination) => ({
    ...{ tenant: 'default', id: one.id, name: one.name, type: one.type, version: one.version },
    removed: false,
    doc: JSON.stringify(one),
  })
  const written = new Map<string, Destination>()
  const stored = async ({ body }: Command) => {
    const { destination } = body as { destination: Partial<Destination> }
    const times = { createdAt: new Date().toISOString(), updatedAt: new Date().toISOString() }
    const old = written.get(body.id)
    const one = {
      ...old,
      id: body.id,
      tenant: 'default',
      status: 'ok',
      statusDetail: '',
      version: Date.now(),
      ...times,
    }
    const full = { ...one, ...destination } as Destination
    written.set(full.id, full)
    await store.client.insertRows('nightjar.destinations', [row(full)])
    return { ok: true, result: full }
  }

  it('shows a secret it made once, seals it, and never gives the sealed one away', async () => {
    running.owner(stored)
    const body = { name: 'siem', type: 'webhook', url: 'http://127.0.0.1:9/hook' }
    const answer = await running.send('POST', '/destinations', body)
    const made = await json(answer)
    expect([answer.status, made.minSeverity]).toEqual([201, 'low'])
    expect(answer.headers.get('location')).toBe(`/api/v1/destinations/${made.id}`)
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(made).not.toHaveProperty('sealedSecret')
    expect(JSON.stringify(running.commands)).not.toContain(made.secret)
    expect(JSON.stringify(running.commands)).toContain('sealed(50)')
    const list = await running.get('/destinations')
    expect(list).toMatchObject({ total: 1, items: [{ id: made.id, enabled: true }] })
    expect(JSON.stringify(list)).not.toMatch(/sealed|whsec/)

    const changed = await running.send('PATCH', `/destinations/${made.id}`, { enabled: false })
    expect(await json(changed)).toMatchObject({ id: made.id, name: 'siem', enabled: false })
    expect(running.commands.at(-1)?.body).toMatchObject({
      destination: { enabled: false },
    })
    const gone = await running.send('PATCH', '/destinations/dst_none', { enabled: false })
    expect(gone.status).toBe(404)
  })

  it('takes a secret that is given and does not repeat it', async () => {
    running.owner(stored)
    const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
    const body = { name: 'b', type: 'webhook', url: 'https://siem.example/hook', secret }
    expect(await json(await running.send('POST', '/destinations', body))).not.toHaveProperty(
      'secret',
    )
    const weak = await running.send('POST', '/destinations', { ...body, secret: 'whsec_x' })
    expect(await weak.text()).not.toContain('whsec_x')
    expect(weak.status).toBe(400)
  })
})

describe('stream', () => {
  async function open(headers: Record<string, string> = {}) {
    const abort = new AbortController()
    const response = await fetch(`${running.api.url}/api/v1/stream`, {
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
      signal: abort.signal,
    })
    let text = ''
    const reading = (async () => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString()
    })().catch(() => undefined)
    const until = async (needle: string) => {
      const end = Date.now() + 5000
      while (!text.includes(needle)) {
        if (Date.now() > end) throw new Error(`no ${needle} in: ${text}`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      return text
    }
    return { response, until, reading, close: () => abort.abort() }
  }
  const publish = (id: string, tenant = 'default') =>
    running.stream.publish('nightjar.alerts.v1', [{ key: id, value: alert(id, { tenant }) }])

  it('brings an alert and counts, resumes, resets what it cannot, and says bye', async () => {
    const first = await open()
    expect(first.response.headers.get('content-type')).toContain('text/event-stream')
    expect(first.response.headers.get('cache-control')).toBe('no-store')
    await first.until('retry: 3000')
    await publish('alt_of_another', 'other')
    await publish('alt_live')
    const text = await first.until('"id":"alt_live"')
    expect(text).toMatch(/id: \w+-\d+\nevent: alert\ndata: \{/)
    expect(text).not.toContain('alt_of_another')
    await first.until('event: counts\ndata: {"accepted":')
    first.close()

    const lastId = /id: (\S+)\nevent: alert/.exec(text)?.[1] ?? ''
    await publish('alt_missed')
    await new Promise((resolve) => setTimeout(resolve, 100))
    const second = await open({ 'last-event-id': lastId })
    expect(await second.until('"id":"alt_missed"')).not.toContain('"id":"alt_live"')
    second.close()

    const third = await open({ 'last-event-id': 'another-12' })
    await third.until('event: reset')
    const begin = performance.now()
    await running.api.stop()
    await third.until('event: bye')
    await third.reading
    expect(performance.now() - begin).toBeLessThan(2000)
  })
})
