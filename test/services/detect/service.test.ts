import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { batchOf, type Finding } from '@nightjar/core'
import {
  createDetector,
  type Detector,
  type DetectorOptions,
  limitsSchema,
  loadRules,
} from '@nightjar/detect'
import { createMemoryLog, createMemoryStream, type DurableLog, type Stream } from '@nightjar/stream'
import { afterEach, describe, expect, it } from 'vitest'
import { call } from './support.ts'

const limits = limitsSchema.parse({ foldCalls: 4096, evidence: 4096 })
const rules = loadRules('rules')
const running: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop()
})

async function begin(stream: Stream, options: Partial<DetectorOptions> = {}): Promise<Detector> {
  const detector = createDetector({ stream, rules, limits, checkpointMs: 0, ...options })
  running.push(detector)
  await detector.start()
  return detector
}

async function findingsIn(log: DurableLog): Promise<Finding[]> {
  const records = await log.read('nightjar.findings.v1', { from: 1, limit: 100_000 })
  return records.map(({ value }) => value)
}

async function settled(detector: Detector): Promise<void> {
  for (let i = 0; i < 200 && detector.stats().lagEvents > 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 10))
  expect(detector.stats().lagEvents).toBe(0)
}

const burst = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) =>
    call(from + i, (from + i) * 10, { principal: 'mallory', tool: 'read', labels: ['read'] }),
  )

describe('the detector', () => {
  it('publishes a finding, durable, for what comes on the stream', async () => {
    const log = createMemoryLog()
    const stream = createMemoryStream({ log })
    const detector = await begin(stream)
    await stream.publishEvents(batchOf(burst(0, 100)))
    await stream.publishEvents(batchOf(burst(100, 200)))
    await settled(detector)
    const findings = await findingsIn(log)
    expect(findings.map(({ ruleId }) => ruleId)).toEqual(['exfiltration-burst-calls'])
    expect(detector.rules().find(({ id }) => id === 'exfiltration-burst-calls')?.findings24h).toBe(
      1,
    )
    expect(detector.stats()).toMatchObject({ windowsEvicted: 0, findings: 1 })
    expect(await log.committed('detect', 'nightjar.events.v1')).toBe(301)
  })

  it('knows servers and policies, from before and from now on', async () => {
    const log = createMemoryLog()
    const stream = createMemoryStream({ log })
    const state = (type: 'server' | 'policy', key: string, value: unknown) =>
      stream.publish('nightjar.state.v1', [{ key, value: { key, tenant: 'acme', type, value } }])
    await state('server', 'server:acme:bad', { name: 'bad', state: 'rejected' })
    const detector = await begin(stream)
    await stream.publishEvents(
      batchOf([
        call(1, 0, { principal: 'a', server: 'bad' }),
        call(2, 10, { principal: 'a', server: 'new' }),
      ]),
    )
    await settled(detector)
    await state('policy', 'policy:acme', { enforceAllowList: true })
    await new Promise((resolve) => setTimeout(resolve, 50))
    await stream.publishEvents(batchOf([call(3, 20, { principal: 'a', server: 'new' })]))
    await settled(detector)
    expect((await findingsIn(log)).map(({ ruleId, entity }) => [ruleId, entity.server])).toEqual([
      ['blocked-server-call', 'bad'],
      ['unapproved-server-call', 'new'],
    ])
  })

  for (const kept of ['with', 'without'] as const)
    it(`takes up its windows after a restart and says nothing twice, ${kept} a checkpoint`, async () => {
      const log = createMemoryLog()
      const folder = mkdtempSync(join(tmpdir(), 'nightjar-detect-'))
      const options = kept === 'with' ? { checkpointDir: folder } : {}
      const run = async (from: number, count: number): Promise<void> => {
        const stream = createMemoryStream({ log })
        const detector = await begin(stream, options)
        await stream.publishEvents(batchOf(burst(from, count)))
        await settled(detector)
        await detector.stop()
        await stream.close()
      }
      await run(0, 100)
      expect(await findingsIn(log)).toEqual([])
      await run(100, 60)
      expect(await findingsIn(log)).toHaveLength(1)
      await run(160, 300)
      await run(460, 1)
      const findings = await findingsIn(log)
      expect(findings).toHaveLength(1)
      expect(findings[0]).toMatchObject({ observed: 151, eventCount: 151 })
    })

  it('remembers in the checkpoint what no replay can tell', async () => {
    const log = createMemoryLog()
    const folder = mkdtempSync(join(tmpdir(), 'nightjar-detect-'))
    const scoped = (number: number, hours: number, scopes: readonly string[]) =>
      call(number, hours * 3_600_000, { principal: 'p', scopes })
    const run = async (events: Parameters<typeof batchOf>[0]): Promise<void> => {
      const stream = createMemoryStream({ log })
      const detector = await begin(stream, { checkpointDir: folder })
      await stream.publishEvents(batchOf(events))
      await settled(detector)
      await detector.stop()
      await stream.close()
    }
    await run(Array.from({ length: 8 }, (_, i) => scoped(i, i, ['files:read'])))
    await run([scoped(100, 50, ['files:read', 'admin'])])
    expect((await findingsIn(log)).map(({ ruleId }) => ruleId)).toEqual(['scope-escalation'])
    expect(readFileSync(join(folder, 'detect.checkpoint.json'), 'utf8')).toContain('files:read')
  })

  it('begins with what the store knows when there is no checkpoint', async () => {
    const log = createMemoryLog()
    const stream = createMemoryStream({ log })
    const asked: unknown[] = []
    const detector = await begin(stream, {
      history: {
        knownTerms: async (question) => {
          asked.push(question)
          const at = call(0, 0).time as string
          const time = Date.parse(at)
          return [
            {
              tenant: 'acme',
              group: ['p'],
              terms: ['files:read'],
              events: 40,
              firstTime: time,
              lastTime: time,
            },
          ]
        },
      },
    })
    await stream.publishEvents(
      batchOf([call(1, 10, { principal: 'p', scopes: ['files:read', 'admin'] })]),
    )
    await settled(detector)
    expect(asked).toEqual([{ field: 'enduser.scope', groupBy: ['enduser.id'], limit: 100_000 }])
    expect((await findingsIn(log)).map(({ data }) => data)).toEqual([{ terms: ['admin'] }])
  })

  it('tells of a checkpoint it cannot read and goes on without', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nightjar-detect-'))
    writeFileSync(join(folder, 'detect.checkpoint.json'), '{"version":9}')
    const log = createMemoryLog()
    const stream = createMemoryStream({ log })
    const detector = await begin(stream, { checkpointDir: folder })
    await stream.publishEvents(batchOf(burst(0, 200)))
    await settled(detector)
    expect(await findingsIn(log)).toHaveLength(1)
  })

  it('publishes a finding once the log is back, without judging twice', async () => {
    const log = createMemoryLog()
    const memory = createMemoryStream({ log })
    let failures = 3
    const stream: Stream = {
      publishEvents: (batch) => memory.publishEvents(batch),
      readLatest: (topic) => memory.readLatest(topic),
      subscribe: (topic, group, handler, options) =>
        memory.subscribe(topic, group, handler, options),
      subscribeEvents: (group, handler, options) => memory.subscribeEvents(group, handler, options),
      close: () => memory.close(),
      publish: async (topic, records) => {
        if (topic === 'nightjar.findings.v1' && failures-- > 0) throw new Error('the log is down')
        await memory.publish(topic, records)
      },
    }
    const detector = await begin(stream)
    await stream.publishEvents(batchOf(burst(0, 200)))
    await settled(detector)
    expect(failures).toBeLessThan(0)
    expect(await findingsIn(log)).toHaveLength(1)
    expect((await findingsIn(log))[0]?.observed).toBe(151)
  })

  it('stops twice, and without a start', async () => {
    const detector = createDetector({
      stream: createMemoryStream({ log: createMemoryLog() }),
      rules,
      limits,
    })
    await detector.stop()
    await detector.start()
    await detector.stop()
    await detector.stop()
  })
})
