import { type AlertingOptions, createAlerting } from '@nightjar/alert'
import type { Alert, Finding } from '@nightjar/core'
import { createMemoryLog, createMemoryStream, type Stream } from '@nightjar/stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { command, finding } from './samples.ts'

const running: { stop(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((part) => part.stop()))
})

async function house(log = createMemoryLog(), options: Partial<AlertingOptions> = {}) {
  const used = options.stream ?? createMemoryStream({ log })
  const alerting = createAlerting({ ...options, stream: used })
  await alerting.start()
  running.push(alerting, { stop: () => used.close() })
  return {
    log,
    stream: used,
    alerting,
    async send(...findings: Finding[]) {
      const records = findings.map((value) => ({ key: value.fingerprint, value }))
      await used.publish('nightjar.findings.v1', records)
    },
    async ask(value: ReturnType<typeof command>) {
      await used.publish('nightjar.commands.v1', [{ key: value.body.id, value }])
    },
    alerts: async () => [...(await used.readLatest('nightjar.alerts.v1')).values()],
    versions: async () => (await log.read('nightjar.alerts.v1', { from: 1, limit: 1e6 })).length,
    reply: async (id: string) => (await used.readLatest('nightjar.replies.v1')).get(id),
    committed: async () => await log.committed('nightjar.alert', 'nightjar.findings.v1'),
  }
}

describe('alerting as a service', () => {
  it('publishes alerts from findings and answers commands, leaving other rooms’ commands alone', async () => {
    const { send, ask, alerts, reply, log } = await house()
    await send(finding('f1'), finding('f2', 1))
    await vi.waitFor(async () => expect(await alerts()).toMatchObject([{ count: 2 }]))
    const [alert] = (await alerts()) as [Alert]
    const acknowledge = command({ type: 'alert.acknowledge', id: alert.id })
    await ask(command({ type: 'destination.test', id: 'dst_1' }))
    await ask(acknowledge)
    await vi.waitFor(async () => expect(await reply(acknowledge.id)).toMatchObject({ ok: true }))
    expect(await alerts()).toMatchObject([{ state: 'acknowledged', owner: 'ana' }])
    expect(await log.read('nightjar.replies.v1', { from: 1, limit: 9 })).toHaveLength(1)
  })

  it('raises nothing new when the same findings come again after a restart', async () => {
    const first = await house()
    await first.send(finding('f1'), finding('f2', 1))
    await vi.waitFor(async () => expect(await first.alerts()).toHaveLength(1))
    await first.alerting.stop()
    const second = await house(first.log)
    await second.send(finding('f1'), finding('f2', 1))
    await second.send(finding('other', 0, { fingerprint: 'e'.repeat(32) }))
    await vi.waitFor(async () => expect(await second.alerts()).toHaveLength(2))
    expect(await second.versions()).toBe(2)
  })

  it('takes up findings that nobody handled before a crash, and keeps suppressions over it', async () => {
    const log = createMemoryLog()
    const stream = createMemoryStream({ log })
    const first = await house(log)
    const suppress = command({
      type: 'suppression.create',
      id: 'sup_a',
      suppression: {
        match: { principal: 'alice' },
        reason: 'drill',
        expiresAt: new Date(Date.now() + 60_000).toISOString(),
      },
    })
    await first.ask(suppress)
    await vi.waitFor(async () => expect(await first.reply(suppress.id)).toMatchObject({ ok: true }))
    await first.alerting.stop()
    await stream.publish('nightjar.findings.v1', [{ key: 'k', value: finding('f1') }])
    const second = await house(log)
    await vi.waitFor(async () =>
      expect(await second.alerts()).toMatchObject([{ suppressed: true }]),
    )
  })

  it('holds findings back while the log is down and loses none', async () => {
    const log = createMemoryLog()
    const stream = createMemoryStream({ log })
    let failures = 3
    const flaky: Stream = Object.assign(Object.create(stream) as Stream, {
      subscribe: stream.subscribe.bind(stream),
      readLatest: stream.readLatest.bind(stream),
      close: stream.close.bind(stream),
      publish: async (...args: Parameters<Stream['publish']>) => {
        if (args[0] === 'nightjar.alerts.v1' && failures-- > 0) throw new Error('log is down')
        await stream.publish(...args)
      },
    })
    const { send, alerts, committed } = await house(log, { stream: flaky })
    await send(finding('f1'))
    expect(await committed()).toBe(0)
    await vi.waitFor(async () => expect(await alerts()).toMatchObject([{ count: 1, version: 1 }]), {
      timeout: 5000,
    })
    await vi.waitFor(async () => expect(await committed()).toBe(2))
  })

  it('dead-letters a finding that does not follow its schema and goes on', async () => {
    const { stream, send, alerts } = await house()
    const broken = { ...finding('f0'), severity: 'terrible' } as unknown as Finding
    await send(broken, finding('f1'))
    await vi.waitFor(async () => expect(await alerts()).toMatchObject([{ count: 1 }]))
    const letters = await stream.readLatest('nightjar.deadletter.v1')
    expect([...letters.values()]).toMatchObject([{ code: 'ALERT_FINDING_INVALID' }])
  })

  it('keeps memory bounded and finds an evicted alert again', async () => {
    const { send, ask, alerts, reply } = await house(createMemoryLog(), { maxAlerts: 20 })
    await send(finding('f1', 0, { fingerprint: 'first' }))
    await vi.waitFor(async () => expect(await alerts()).toHaveLength(1))
    const [{ id }] = (await alerts()) as [Alert]
    await ask(command({ type: 'alert.close', id, closeReason: 'true_positive' }))
    await vi.waitFor(async () => expect(await alerts()).toMatchObject([{ state: 'closed' }]))
    for (let i = 0; i < 30; i++) await send(finding(`n${i}`, i, { fingerprint: `n${i}` }))
    await vi.waitFor(async () => expect(await alerts()).toHaveLength(31))
    await send(
      finding('f1', 0, { fingerprint: 'first' }),
      finding('f2', 1, { fingerprint: 'first' }),
    )
    const find = async () => (await alerts()).find((alert) => alert.id === id)
    await vi.waitFor(async () =>
      expect(await find()).toMatchObject({ count: 2, state: 'open', regressed: true }),
    )
    const comment = command({ type: 'alert.comment', id, comment: 'again' })
    await ask(comment)
    await vi.waitFor(async () => expect(await reply(comment.id)).toMatchObject({ ok: true }))
  })

  it('ends suppressions by itself', async () => {
    const { send, ask, alerts, reply } = await house(createMemoryLog(), { tickMs: 20 })
    await send(finding('f1'))
    const create = command({
      type: 'suppression.create',
      id: 'sup_b',
      suppression: {
        match: { principal: 'alice' },
        reason: 'drill',
        expiresAt: new Date(Date.now() + 300).toISOString(),
      },
    })
    await ask(create)
    await vi.waitFor(async () => expect(await reply(create.id)).toMatchObject({ ok: true }))
    await vi.waitFor(async () => expect(await alerts()).toMatchObject([{ suppressed: true }]))
    await vi.waitFor(async () => expect(await alerts()).toMatchObject([{ suppressed: false }]))
  })

  it('stops twice, and without a start', async () => {
    const alerting = createAlerting({ stream: createMemoryStream({ log: createMemoryLog() }) })
    await alerting.stop()
    await alerting.start()
    await alerting.stop()
    await alerting.stop()
  })
})
