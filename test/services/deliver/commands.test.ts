import type { CommandBody, Delivery, Destination } from '@nightjar/core'
import { createDelivery } from '@nightjar/deliver'
import { createMemoryLog, createMemoryStream } from '@nightjar/stream'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually, house } from './house.ts'
import { alert, type Receiver, SECRET, sealer, startReceiver } from './samples.ts'

let receiver: Receiver
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(async () => {
  await receiver.close()
})
const seal = (secret: string) => ({ sealedSecret: sealer.seal(secret) })

describe('destination.put', () => {
  it('creates, changes only what is given, and never answers with the secret', async () => {
    const { put, ask, destination, log } = await house()
    const created = await put({ url: receiver.url, secret: SECRET })
    expect(created).toMatchObject({
      ok: true,
      result: { id: 'dst_siem', enabled: true, status: 'ok', version: 1, sealedSecret: '' },
    })
    const change = {
      type: 'destination.put' as const,
      id: 'dst_siem',
      destination: { name: 'new' },
    }
    expect(await ask(change)).toMatchObject({ ok: true, result: { name: 'new', version: 2 } })
    expect(await destination()).toMatchObject({ name: 'new', url: receiver.url, ...seal(SECRET) })
    expect(await ask(change)).toMatchObject({ ok: true, result: { version: 2 } })
    const everything = JSON.stringify([
      await log.read('nightjar.records.v1', { from: 1, limit: 1e6 }),
      await log.read('nightjar.replies.v1', { from: 1, limit: 1e6 }),
    ])
    expect(everything).not.toContain(SECRET)
  })

  it.each([
    ['DELIVER_DESTINATION_INVALID', { name: '' }],
    ['DELIVER_DESTINATION_INVALID', { url: 'not a url' }],
    ['DELIVER_DESTINATION_INVALID', { type: 'carrier-pigeon' }],
    ['DELIVER_DESTINATION_INVALID', { minSeverity: 'terrible' }],
    ['DELIVER_DESTINATION_INVALID', { sealedSecret: undefined }],
    ['DELIVER_URL_INVALID', { url: 'ftp://127.0.0.1/' }],
    ['DELIVER_URL_INVALID', { url: 'http://user:pass@127.0.0.1/' }],
    ['DELIVER_SECRET_INVALID', seal('whsec_short')],
    ['DELIVER_SECRET_INVALID', { sealedSecret: 'in the clear' }],
    ['DELIVER_ADDRESS_REFUSED', { url: 'https://10.0.0.1/' }],
    ['DELIVER_ADDRESS_REFUSED', { url: 'http://169.254.169.254/latest/meta-data' }],
    ['DELIVER_ADDRESS_REFUSED', { url: 'http://0xa9fea9fe/' }],
    ['DELIVER_ADDRESS_REFUSED', { url: 'https://[::ffff:192.168.0.1]/' }],
  ])('refuses with %s: %j', async (code, changes) => {
    const { put, destination } = await house()
    const reply = await put({ url: receiver.url, ...changes })
    expect(reply).toMatchObject({ ok: false, code })
    expect(await destination()).toBeUndefined()
  })

  it('refuses loopback by name and by number unless its network is allowed', async () => {
    const { put } = await house(createMemoryLog(), { allowCidrs: [] })
    for (const host of ['localhost', '127.0.0.1', '[::1]', '0x7f.1'])
      expect(await put({ url: `https://${host}/` })).toMatchObject({
        ok: false,
        code: 'DELIVER_ADDRESS_REFUSED',
      })
  })

  it('keeps tenants apart', async () => {
    const { put, ask } = await house()
    await put({ url: receiver.url })
    const bodies: CommandBody[] = [
      { type: 'destination.put', id: 'dst_siem', destination: { name: 'mine' } },
      { type: 'destination.remove', id: 'dst_siem', reason: 'r' },
      { type: 'destination.test', id: 'dst_siem' },
    ]
    for (const body of bodies)
      expect(await ask(body, { tenant: 'acme' })).toMatchObject({
        ok: false,
        code: 'DELIVER_DESTINATION_UNKNOWN',
      })
  })

  it('cannot be started with a network that is none', () => {
    const stream = createMemoryStream({ log: createMemoryLog() })
    const options = { stream, sealer, productVersion: '0', allowCidrs: ['everything'] }
    expect(() => createDelivery(options)).toThrow(
      expect.objectContaining({ code: 'DELIVER_ALLOW_INVALID' }),
    )
  })
})

describe('destination.remove', () => {
  it('ends what waits, keeps the ledger, and gives the id to nobody else', async () => {
    const { put, ask, send, ledger, destination, delivery } = await house(createMemoryLog(), {
      retryScale: 1,
    })
    await put({ url: receiver.url })
    receiver.answer = (response) => response.writeHead(503).end()
    await send(alert({ id: 'a1' }), alert({ id: 'a2' }))
    await eventually(async () =>
      expect((await ledger()).map(({ state }) => state)).toContain('retrying'),
    )
    const remove = { type: 'destination.remove' as const, id: 'dst_siem', reason: 'moved' }
    expect(await ask(remove)).toMatchObject({
      ok: true,
      result: { enabled: false, sealedSecret: '' },
    })
    expect((await ledger()).map(({ state }) => state)).toEqual(['rejected', 'rejected'])
    expect((await destination())?.removedAt).toBeTypeOf('string')
    expect(delivery.stats()).toEqual({ pending: 0, held: 0 })
    expect(await ask(remove)).toMatchObject({ ok: true })
    expect(await put({ url: receiver.url })).toMatchObject({
      ok: false,
      code: 'DELIVER_DESTINATION_UNKNOWN',
    })
  })
})

describe('destination.test', () => {
  const test = { type: 'destination.test' as const, id: 'dst_siem' }

  it('sends a marked message, records it and answers with status and latency', async () => {
    const { put, ask, ledger } = await house()
    await put({ url: receiver.url, enabled: false })
    const reply = await ask(test)
    expect(reply).toMatchObject({
      ok: true,
      result: { test: true, state: 'delivered', responseStatus: 204, error: '', attempts: 1 },
    })
    expect((reply.result as Delivery).latencyMs).toBeGreaterThanOrEqual(0)
    expect(await ledger()).toEqual([reply.result])
    const [message] = receiver.received
    const verified = new Webhook(SECRET).verify(
      message?.body ?? '',
      message?.headers as Record<string, string>,
    )
    expect(verified).toMatchObject({
      type: 'nightjar.test',
      data: { class_uid: 2004, is_alert: false, unmapped: { 'nightjar.test': true } },
    })
  })

  it('answers with the receiver’s refusal and changes nothing else', async () => {
    const { put, ask, destination } = await house()
    await put({ url: receiver.url })
    receiver.answer = (response) => response.writeHead(401).end('who are you?')
    expect(await ask(test)).toMatchObject({
      ok: true,
      result: {
        state: 'rejected',
        responseStatus: 401,
        error: 'The receiver answered 401: who are you?',
      },
    })
    expect(await destination()).toMatchObject({ status: 'ok', version: 1 })
  })

  it('does not tell the signature that a receiver echoes', async () => {
    const { put, ask } = await house()
    await put({ url: receiver.url })
    receiver.answer = (response, index) =>
      response.writeHead(400).end(String(receiver.received[index]?.headers['webhook-signature']))
    const reply = await ask(test)
    expect((reply.result as Delivery).error).toBe('The receiver answered 400: [signature]')
  })

  it('ends a hold when it succeeds', async () => {
    const { put, ask, send, destination } = await house()
    await put({ url: receiver.url })
    receiver.answer = (response, index) => response.writeHead(index === 0 ? 403 : 204).end()
    await send(alert())
    await eventually(async () => expect(await destination()).toMatchObject({ status: 'held' }))
    await ask(test)
    await eventually(() => expect(receiver.received).toHaveLength(3))
    expect(await destination()).toMatchObject({ status: 'ok' })
  })
})

describe('delivery.redeliver', () => {
  it('sends a delivered message again under its id', async () => {
    const { put, send, ask, ledger } = await house()
    await put({ url: receiver.url })
    await send(alert())
    await eventually(async () => expect((await ledger())[0]?.state).toBe('delivered'))
    const [row] = await ledger()
    const reply = await ask({ type: 'delivery.redeliver', id: row?.id ?? '' })
    expect(reply).toMatchObject({ ok: true, result: { id: row?.id, state: 'pending' } })
    await eventually(async () =>
      expect((await ledger())[0]).toMatchObject({ state: 'delivered', attempts: 2 }),
    )
    const [one, two] = receiver.received
    expect(two?.headers['webhook-id']).toBe(one?.headers['webhook-id'])
  })

  it('sends what is true now when the alert changed since, also after a restart', async () => {
    const log = createMemoryLog()
    const first = await house(log)
    await first.put({ url: receiver.url })
    receiver.answer = (response, index) => response.writeHead(index === 0 ? 400 : 204).end()
    await first.send(alert())
    await eventually(async () => expect((await first.ledger())[0]?.state).toBe('rejected'))
    await first.send(alert({ version: 2, count: 2 }))
    await eventually(() => expect(receiver.received).toHaveLength(2))
    const [row] = await first.ledger()
    await first.stop()
    const second = await house(log)
    const reply = await second.ask({ type: 'delivery.redeliver', id: row?.id ?? '' })
    expect(reply).toMatchObject({ ok: true, result: { alertVersion: 2 } })
    await eventually(() => expect(receiver.received).toHaveLength(3))
  })

  it('ends a hold', async () => {
    const { put, send, ask, ledger, destination } = await house()
    await put({ url: receiver.url })
    receiver.answer = (response, index) => response.writeHead(index === 0 ? 404 : 204).end()
    await send(alert({ id: 'a1' }), alert({ id: 'a2' }))
    await eventually(async () => expect(await destination()).toMatchObject({ status: 'held' }))
    const row = (await ledger()).find(({ state }) => state === 'held')
    expect(await ask({ type: 'delivery.redeliver', id: row?.id ?? '' })).toMatchObject({ ok: true })
    await eventually(async () =>
      expect((await ledger()).map(({ state }) => state)).toEqual(['delivered', 'delivered']),
    )
    expect(await destination()).toMatchObject({ status: 'ok' })
  })

  it('refuses what is unknown, foreign, a test, suppressed, or for a disabled destination', async () => {
    const { put, send, ask, ledger } = await house()
    await put({ url: receiver.url })
    const codeOf = async (id: string, tenant = 'default') =>
      (await ask({ type: 'delivery.redeliver', id }, { tenant })).code
    await send(alert())
    await eventually(async () => expect((await ledger())[0]?.state).toBe('delivered'))
    const id = (await ledger())[0]?.id ?? ''
    const tested = await ask({ type: 'destination.test', id: 'dst_siem' })
    expect(await codeOf('dlv_nothing')).toBe('DELIVER_DELIVERY_UNKNOWN')
    expect(await codeOf(id, 'acme')).toBe('DELIVER_DELIVERY_UNKNOWN')
    expect(await codeOf((tested.result as Delivery).id)).toBe('DELIVER_DELIVERY_IS_TEST')
    await send(alert({ version: 2, suppressed: true }))
    expect(await codeOf(id)).toBe('DELIVER_ALERT_SUPPRESSED')
    const disabled = await put({ enabled: false })
    expect((disabled.result as Destination).status).toBe('disabled')
    expect(await codeOf(id)).toBe('DELIVER_DESTINATION_DISABLED')
  })
})
