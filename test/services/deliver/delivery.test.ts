import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Delivery, deliverySchema } from '@nightjar/core'
import { createMemoryLog, createMemoryStream, type Stream } from '@nightjar/stream'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually, house } from './house.ts'
import { alert, type Receiver, SECRET, startReceiver, stateOf } from './samples.ts'

const withoutOpenssl = spawnSync('openssl', ['version']).status !== 0

let receiver: Receiver
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(async () => {
  await receiver.close()
})

const answering =
  (...statuses: number[]): Receiver['answer'] =>
  (response, index) =>
    response.writeHead(statuses[Math.min(index, statuses.length - 1)] ?? 204).end()
const versionsSent = () =>
  receiver.received.map(
    ({ data }) => (data.unmapped as Record<string, unknown>)['nightjar.alert.version'],
  )

describe('delivery', () => {
  it('sends a new alert once, signed, and writes it into the ledger', async () => {
    const { put, send, ledger, delivery } = await house()
    await put({ url: receiver.url })
    await send(alert())
    await eventually(async () =>
      expect((await ledger()).map(stateOf)).toEqual([
        { state: 'delivered', attempts: 1, alertVersion: 1 },
      ]),
    )
    const [row] = await ledger()
    const [message] = receiver.received
    const headers = message?.headers as Record<string, string>
    expect(new Webhook(SECRET).verify(message?.body ?? '', headers)).toMatchObject({
      type: 'nightjar.alert.created',
      timestamp: '2026-11-21T12:00:00.000Z',
      data: { class_uid: 2004, type_uid: 200401 },
    })
    expect(headers['webhook-id']).toBe(row?.messageId)
    expect(headers['user-agent']).toBe('Nightjar/0.1.0')
    expect(deliverySchema.parse(row)).toMatchObject({ responseStatus: 204, test: false, error: '' })
    expect(receiver.received).toHaveLength(1)
    expect(delivery.stats()).toEqual({ pending: 0, held: 0 })
  })

  it('follows an alert from created over updated to closed', async () => {
    const { put, send } = await house()
    await put({ url: receiver.url })
    await send(alert())
    await eventually(() => expect(receiver.received).toHaveLength(1))
    await send(alert({ version: 2, state: 'acknowledged', owner: 'ana' }))
    await eventually(() => expect(receiver.received).toHaveLength(2))
    await send(alert({ version: 3, state: 'closed', closeReason: 'true_positive' }))
    await eventually(() => expect(receiver.received).toHaveLength(3))
    expect(
      receiver.received.map(({ type, data }) => [type, data.type_uid, data.status_id]),
    ).toEqual([
      ['nightjar.alert.created', 200401, 1],
      ['nightjar.alert.updated', 200402, 2],
      ['nightjar.alert.closed', 200403, 4],
    ])
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(3)
    expect(new Set(receiver.received.map(({ data }) => data.finding_info.uid)).size).toBe(1)
  })

  it('does not send what is suppressed, too mild, of another tenant, known, or only commented', async () => {
    const { put, send, ledger } = await house()
    await put({ url: receiver.url, minSeverity: 'medium' })
    await send(
      alert({ id: 'a', suppressed: true }),
      alert({ id: 'b', severity: 'low' }),
      alert({ id: 'c', tenant: 'acme' }),
      alert({ id: 'd' }),
    )
    await eventually(() => expect(receiver.received).toHaveLength(1))
    const line = {
      time: '2026-11-21T12:00:01.000Z',
      actor: 'ana',
      action: 'commented',
      detail: 'x',
    }
    await send(alert({ id: 'd' }), alert({ id: 'd', version: 2, history: [line] }))
    await send(alert({ id: 'end' }))
    await eventually(async () =>
      expect((await ledger()).map(({ alertId }) => alertId)).toEqual(['d', 'end']),
    )
    await eventually(() => expect(receiver.received).toHaveLength(2))
  })

  it('sends only the newest version of what waits, after what is on its way', async () => {
    const { put, send, ledger } = await house()
    await put({ url: receiver.url })
    const held: (() => void)[] = []
    receiver.answer = (response) => held.push(() => response.writeHead(204).end())
    await send(alert())
    await eventually(() => expect(held).toHaveLength(1))
    for (const version of [2, 3, 4, 5]) await send(alert({ version, count: version }))
    await send(alert({ id: 'alt_other' }))
    await eventually(async () => expect(await ledger()).toHaveLength(6))
    receiver.answer = answering(204)
    held[0]?.()
    await eventually(() => expect(versionsSent()).toEqual([1, 5, 1]))
    await eventually(async () =>
      expect((await ledger()).map(({ state }) => state)).toEqual([
        'delivered',
        'superseded',
        'superseded',
        'superseded',
        'delivered',
        'delivered',
      ]),
    )
    expect(receiver.received.map(({ type }) => type)).toEqual([
      'nightjar.alert.created',
      'nightjar.alert.updated',
      'nightjar.alert.created',
    ])
  })

  it('keeps the order per destination while the head is retried, and lets other destinations go on', async () => {
    const other = await startReceiver()
    const { put, send } = await house()
    await put({ url: receiver.url })
    await put({ url: other.url }, 'dst_other')
    receiver.answer = answering(503, 503, 204)
    for (const id of ['a1', 'a2', 'a3']) await send(alert({ id }))
    await eventually(() => expect(other.received).toHaveLength(3))
    await eventually(() => expect(receiver.received).toHaveLength(5))
    expect(receiver.received.map(({ data }) => data.finding_info.uid)).toEqual([
      'a1',
      'a1',
      'a1',
      'a2',
      'a3',
    ])
    await other.close()
  })

  it('repeats the message id and body on a retry, with a fresh timestamp and signature', async () => {
    const { put, send, ledger, destination } = await house(createMemoryLog(), { retryScale: 0.25 })
    await put({ url: receiver.url })
    receiver.answer = answering(500, 204)
    await send(alert())
    await eventually(async () =>
      expect((await ledger()).map(stateOf)).toEqual([
        { state: 'retrying', attempts: 1, alertVersion: 1 },
      ]),
    )
    expect((await ledger())[0]?.nextAttemptAt).toBeTypeOf('string')
    expect(await destination()).toMatchObject({ status: 'retrying' })
    await eventually(async () =>
      expect((await ledger()).map(stateOf)).toEqual([
        { state: 'delivered', attempts: 2, alertVersion: 1 },
      ]),
    )
    const [first, second] = receiver.received
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(second?.body).toBe(first?.body)
    expect(Number(second?.headers['webhook-timestamp'])).toBeGreaterThan(
      Number(first?.headers['webhook-timestamp']),
    )
    new Webhook(SECRET).verify(second?.body ?? '', second?.headers as Record<string, string>)
    expect(await destination()).toMatchObject({ status: 'ok', statusDetail: '' })
  })

  it('waits as long as the receiver asks', async () => {
    const { put, send, ledger } = await house(createMemoryLog(), { retryScale: 0.01 })
    await put({ url: receiver.url })
    receiver.answer = (response, index) =>
      response.writeHead(index === 0 ? 429 : 204, index === 0 ? { 'retry-after': '60' } : {}).end()
    const began = Date.now()
    await send(alert())
    await eventually(async () => expect((await ledger())[0]?.state).toBe('delivered'))
    expect(Date.now() - began).toBeGreaterThanOrEqual(590)
  })

  it('sends the newer version instead of one that failed meanwhile', async () => {
    const { put, send, ledger } = await house()
    await put({ url: receiver.url })
    receiver.answer = answering(503, 503, 503, 204)
    await send(alert())
    await eventually(() => expect(receiver.received.length).toBeGreaterThan(0))
    await send(alert({ version: 2, count: 2 }))
    await eventually(async () =>
      expect((await ledger()).map(({ state }) => state)).toEqual(['superseded', 'delivered']),
    )
    expect(receiver.received.at(-1)?.type).toBe('nightjar.alert.created')
  })

  it('forgets what was suppressed while it waited, and sends it once it is shown again', async () => {
    const { put, send, ledger } = await house(createMemoryLog(), { retryScale: 0.1 })
    await put({ url: receiver.url })
    receiver.answer = answering(503)
    await send(alert())
    await eventually(async () => expect((await ledger())[0]?.state).toBe('retrying'))
    await send(alert({ version: 2, suppressed: true }))
    await eventually(async () => expect((await ledger())[0]?.state).toBe('superseded'))
    receiver.answer = answering(204)
    await send(alert({ version: 3 }))
    await eventually(async () =>
      expect((await ledger()).map(({ state }) => state)).toEqual(['superseded', 'delivered']),
    )
    expect(versionsSent().at(-1)).toBe(3)
  })

  it.each([400, 413, 422])(
    'sets a message aside on %d, records why, and goes on',
    async (status) => {
      const { put, send, ledger, destination } = await house()
      await put({ url: receiver.url })
      receiver.answer = (response, index) =>
        response.writeHead(index === 0 ? status : 204).end('no\r\nthank you')
      await send(alert({ id: 'a1' }), alert({ id: 'a2' }))
      await eventually(async () =>
        expect((await ledger()).map(({ state }) => state)).toEqual(['rejected', 'delivered']),
      )
      expect((await ledger())[0]?.error).toContain('no thank you')
      expect(await destination()).toMatchObject({ status: 'ok' })
    },
  )

  it.each([401, 403, 404])(
    'holds the destination on %d until its settings change',
    async (status) => {
      const { put, send, ledger, destination, delivery } = await house()
      await put({ url: receiver.url })
      receiver.answer = answering(status)
      await send(alert({ id: 'a1' }))
      await eventually(async () => expect(await destination()).toMatchObject({ status: 'held' }))
      await send(alert({ id: 'a2' }))
      await eventually(() => expect(delivery.stats()).toEqual({ pending: 0, held: 2 }))
      expect(receiver.received).toHaveLength(1)
      receiver.answer = answering(204)
      expect(await put({ url: `${receiver.url}?changed` })).toMatchObject({
        ok: true,
        result: { status: 'ok', sealedSecret: '' },
      })
      await eventually(async () =>
        expect((await ledger()).map(({ state }) => state)).toEqual(['delivered', 'delivered']),
      )
      expect(receiver.received.map(({ data }) => data.finding_info.uid)).toEqual(['a1', 'a1', 'a2'])
    },
  )

  it('disables the destination on 410, and keeps what waits until it is enabled', async () => {
    const { put, send, ledger, destination } = await house()
    await put({ url: receiver.url })
    receiver.answer = answering(410, 204)
    await send(alert())
    await eventually(async () =>
      expect(await destination()).toMatchObject({ enabled: false, status: 'disabled' }),
    )
    await send(alert({ id: 'ignored' }), alert({ version: 2, count: 2 }))
    await eventually(async () =>
      expect((await ledger()).map(({ state }) => state)).toEqual(['superseded', 'pending']),
    )
    await put({ url: receiver.url, enabled: true })
    await eventually(() => expect(versionsSent()).toEqual([1, 2]))
  })

  it('never follows a redirect', async () => {
    const { put, send, ledger } = await house(createMemoryLog(), { retryScale: 1 })
    const trap = await startReceiver()
    await put({ url: receiver.url })
    receiver.answer = (response) => response.writeHead(307, { location: trap.url }).end()
    await send(alert())
    await eventually(async () =>
      expect((await ledger())[0]).toMatchObject({ state: 'retrying', responseStatus: 307 }),
    )
    expect(trap.received).toEqual([])
    await trap.close()
  })

  it('tries again when nobody answers in time, and when nobody listens', async () => {
    const { put, send, ledger } = await house(createMemoryLog(), {
      timeoutMs: 100,
      retryScale: 0.1,
    })
    await put({ url: receiver.url })
    receiver.answer = (response, index) => void (index > 0 && response.writeHead(204).end())
    await send(alert({ id: 'a_slow' }))
    await eventually(async () =>
      expect((await ledger())[0]).toMatchObject({ state: 'retrying', responseStatus: 0 }),
    )
    await eventually(async () => expect((await ledger())[0]).toMatchObject({ state: 'delivered' }))
    await receiver.close()
    await send(alert({ id: 'b_gone' }))
    await eventually(async () =>
      expect((await ledger())[1]).toMatchObject({
        state: 'retrying',
        error: 'The receiver cannot be reached (ECONNREFUSED).',
      }),
    )
    receiver = await startReceiver()
  })

  it('goes to a name through the addresses that are allowed', async () => {
    const { put, send, ledger } = await house()
    expect(await put({ url: receiver.url.replace('127.0.0.1', 'localhost') })).toMatchObject({
      ok: true,
    })
    await send(alert())
    await eventually(async () => expect((await ledger())[0]).toMatchObject({ state: 'delivered' }))
    expect(receiver.received[0]?.headers.host).toMatch(/^localhost:/)
  })

  it.skipIf(withoutOpenssl)(
    'does not send to a server whose certificate nobody vouches for',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'nightjar-tls-'))
      const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
      const make = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject]
      execFileSync('openssl', [...make, '-keyout', key, '-out', cert], { stdio: 'ignore' })
      let requests = 0
      const server = createServer(
        { key: readFileSync(key), cert: readFileSync(cert) },
        (_, response) => {
          requests++
          response.end()
        },
      ).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      const port = typeof address === 'object' ? address?.port : 0
      const { put, send, ledger } = await house(createMemoryLog(), { retryScale: 1 })
      await put({ url: `https://127.0.0.1:${port}/` })
      await send(alert())
      await eventually(async () =>
        expect((await ledger())[0]).toMatchObject({
          state: 'retrying',
          error: 'The receiver cannot be reached (DEPTH_ZERO_SELF_SIGNED_CERT).',
        }),
      )
      expect(requests).toBe(0)
      server.close()
    },
  )

  it('reads only the start of an endless answer', async () => {
    const { put, send, ledger } = await house()
    await put({ url: receiver.url })
    receiver.answer = (response) => {
      response.writeHead(200)
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      }
      response.on('drain', more)
      more()
    }
    await send(alert())
    await eventually(async () => expect((await ledger())[0]).toMatchObject({ state: 'delivered' }))
  })

  it('gives up on a message that breaks the receiver after ten attempts, and goes on with the next', async () => {
    const { put, send, ledger, delivery } = await house(createMemoryLog(), { retryScale: 1e-7 })
    await put({ url: receiver.url })
    receiver.answer = (response, index) => response.writeHead(index < 10 ? 500 : 204).end()
    await send(alert({ id: 'a1' }), alert({ id: 'a2' }))
    await eventually(async () =>
      expect((await ledger()).map(stateOf)).toEqual([
        { state: 'held', attempts: 10, alertVersion: 1 },
        { state: 'delivered', attempts: 1, alertVersion: 1 },
      ]),
    )
    expect(delivery.stats()).toEqual({ pending: 0, held: 1 })
  })

  it('is not sent to an inside address, even if the name led elsewhere when it was put', async () => {
    const log = createMemoryLog()
    const first = await house(log)
    await first.put({ url: receiver.url })
    await first.stop()
    const second = await house(log, { allowCidrs: [] })
    await second.send(alert())
    await eventually(async () =>
      expect(await second.destination()).toMatchObject({ status: 'held' }),
    )
    expect((await second.ledger())[0]?.error).toContain('127.0.0.1')
    expect(receiver.received).toEqual([])
  })
})

describe('delivery over restarts', () => {
  it('sends what waited, under the same message id, and sends nothing twice', async () => {
    const log = createMemoryLog()
    const first = await house(log, { retryScale: 1 })
    await first.put({ url: receiver.url })
    receiver.answer = answering(204, 503)
    await first.send(alert({ id: 'done' }))
    await eventually(() => expect(receiver.received).toHaveLength(1))
    await first.send(alert({ id: 'a1' }), alert({ id: 'a2' }))
    await eventually(async () =>
      expect((await first.ledger()).map(({ state }) => state)).toContain('retrying'),
    )
    await first.stop()
    const before = await first.ledger()
    receiver.answer = answering(204)
    // Later than the back-off that the ledger holds.
    const second = await house(log, { clock: { now: () => Date.now() + 60_000 } })
    await eventually(async () =>
      expect((await second.ledger()).map(({ state }) => state)).toEqual([
        'delivered',
        'delivered',
        'delivered',
      ]),
    )
    const messages = (rows: Delivery[]) => rows.map(({ messageId }) => messageId).sort()
    expect(messages(await second.ledger())).toEqual(messages(before))
    const ids = receiver.received.map(({ data }) => data.finding_info.uid)
    expect(ids.filter((id) => id === 'done')).toHaveLength(1)
    expect(ids.slice(-2)).toEqual(['a1', 'a2'])
  })

  it('sends the newest version of an alert that changed while it was down', async () => {
    const log = createMemoryLog()
    const first = await house(log, { retryScale: 1 })
    await first.put({ url: receiver.url })
    receiver.answer = answering(503)
    await first.send(alert())
    await eventually(async () => expect((await first.ledger())[0]?.state).toBe('retrying'))
    await first.delivery.stop()
    await first.send(alert({ version: 2, count: 2 }), alert({ id: 'new' }))
    receiver.answer = answering(204)
    const second = await house(log)
    await second.put({ url: receiver.url })
    await eventually(() => expect(versionsSent().slice(1)).toEqual([2, 1]))
    await eventually(async () =>
      expect((await second.ledger()).map(({ state }) => state).sort()).toEqual([
        'delivered',
        'delivered',
        'superseded',
      ]),
    )
  })

  it('stops in time while a receiver keeps it waiting, and sends again after the start', async () => {
    const log = createMemoryLog()
    const first = await house(log)
    await first.put({ url: receiver.url })
    receiver.answer = () => undefined
    await first.send(alert())
    await eventually(() => expect(receiver.received).toHaveLength(1))
    const began = Date.now()
    await first.delivery.stop()
    await first.delivery.stop()
    expect(Date.now() - began).toBeLessThan(4000)
    expect((await first.ledger()).map(({ state }) => state)).toEqual(['pending'])
    receiver.answer = answering(204)
    const second = await house(log)
    await eventually(async () =>
      expect((await second.ledger()).map(({ state }) => state)).toEqual(['delivered']),
    )
    const [one, two] = receiver.received
    expect(two?.headers['webhook-id']).toBe(one?.headers['webhook-id'])
  })

  it('holds alerts back while the log is down, and sends none that the ledger does not have', async () => {
    const log = createMemoryLog()
    const stream = createMemoryStream({ log })
    let down = false
    const flaky: Stream = Object.assign(Object.create(stream) as Stream, {
      publish: async (...args: Parameters<Stream['publish']>) => {
        if (down && args[0] === 'nightjar.records.v1') throw new Error('log is down')
        await stream.publish(...args)
      },
      subscribe: stream.subscribe.bind(stream),
      readLatest: stream.readLatest.bind(stream),
      close: stream.close.bind(stream),
    })
    const { put, send, ledger } = await house(log, { stream: flaky })
    await put({ url: receiver.url })
    down = true
    await send(alert())
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(receiver.received).toEqual([])
    expect(await log.committed('nightjar.deliver', 'nightjar.alerts.v1')).toBe(0)
    down = false
    await eventually(async () => expect((await ledger())[0]?.state).toBe('delivered'))
    expect(receiver.received).toHaveLength(1)
    expect(await log.committed('nightjar.deliver', 'nightjar.alerts.v1')).toBe(2)
  })

  it('loses nothing of hundreds of alerts while the receiver fails every third time', async () => {
    const { put, send, ledger, delivery } = await house(createMemoryLog(), { retryScale: 1e-4 })
    await put({ url: receiver.url })
    receiver.answer = (response, index) => response.writeHead(index % 3 === 1 ? 502 : 204).end()
    const ids = Array.from({ length: 300 }, (_, i) => `alt_${i}`)
    await send(...ids.map((id) => alert({ id })))
    await eventually(async () => {
      const rows = await ledger()
      expect(rows.filter(({ state }) => state === 'delivered')).toHaveLength(300)
    })
    expect(delivery.stats()).toEqual({ pending: 0, held: 0 })
    const accepted = receiver.received.filter((_, i) => i % 3 !== 1)
    expect(accepted.map(({ data }) => data.finding_info.uid)).toEqual(ids)
  })
})
