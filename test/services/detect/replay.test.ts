import { type AuditEventInput, batchOf, findingSchema, takeRows } from '@nightjar/core'
import { Engine, limitsSchema, loadRules, replay, StateWorld } from '@nightjar/detect'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { call, correlation, detection, idOf, rulesOf } from './support.ts'

const LIMITS = limitsSchema.parse({ foldCalls: 4096, evidence: 4096 })
const shipped = loadRules('rules')

/** Stolen and honest work of three principals, mixed, with every shipped claim's makings. */
const mixed = fc
  .array(
    fc.record({
      who: fc.constantFrom('x', 'y', ''),
      gap: fc.integer({ min: 0, max: 2000 }),
      back: fc.integer({ min: 0, max: 1000 }),
      labels: fc.subarray(['read', 'egress', 'destructive', 'private', 'untrusted']),
      signals: fc.subarray(['path.sensitive', 'secret.jwt.args', 'path.traversal']),
      outcome: fc.constantFrom('success', 'denied', 'error'),
      scopes: fc.subarray(['a', 'b', 'c']),
      bytes: fc.integer({ min: 0, max: 2_000_000 }),
    }),
    { minLength: 1, maxLength: 150 },
  )
  .map((list) => {
    let ms = 0
    return list.map(({ who, gap, back, labels, signals, outcome, scopes, bytes }, i) => {
      ms += gap
      return call(i, Math.max(0, ms - back), {
        ...(who === '' ? { client: 'c', host: 'h' } : { principal: who }),
        tool: 't',
        labels,
        signals,
        outcome,
        scopes,
        resultBytes: bytes,
      } as AuditEventInput)
    })
  })

describe('a replay', () => {
  it('gives the same findings however the events are cut into batches', () => {
    void fc.assert(
      fc.property(mixed, fc.array(fc.integer({ min: 1, max: 40 })), (events, cuts) => {
        const batch = batchOf(events)
        const whole = replay(shipped, [batch], { limits: LIMITS })
        const parts = []
        for (let from = 0, i = 0; from < batch.rows; i++) {
          const to = Math.min(batch.rows, from + (cuts[i] ?? 7))
          parts.push(
            takeRows(
              batch,
              Array.from({ length: to - from }, (_, n) => from + n),
            ),
          )
          from = to
        }
        expect(replay(shipped, parts, { limits: LIMITS })).toEqual(whole)
        expect(
          replay(
            shipped,
            events.map((event) => batchOf([event])),
            { limits: LIMITS },
          ),
        ).toEqual(whole)
        for (const finding of whole) expect(findingSchema.parse(finding)).toEqual(finding)
      }),
      { numRuns: 60 },
    )
  })

  it('raises nothing new when everything comes twice', () => {
    void fc.assert(
      fc.property(mixed, (events) => {
        const once = replay(shipped, [batchOf(events)], { limits: LIMITS })
        expect(replay(shipped, [batchOf(events), batchOf(events)], { limits: LIMITS })).toEqual(
          once,
        )
      }),
      { numRuns: 30 },
    )
  })
})

const COUNT = correlation(
  'type: event_count\nrules: [a]\ntimespan: 1m\ncondition: {gte: 3}',
).replace('1ms', '1h')
const judge = (events: readonly AuditEventInput[], rule = COUNT) =>
  replay(rulesOf(rule), [batchOf(events)], { limits: LIMITS }).filter(
    ({ ruleId }) => ruleId === 'c-rule',
  )
const a = { tool: 'a', principal: 'p' }

describe('time', () => {
  it('a date in the future is the receive time, and does not end the window of the others', () => {
    const future = '2031-01-01T00:00:00.000Z'
    const events = [call(1, 0, a), { ...call(2, 1000, a), time: future }, call(3, 2000, a)]
    expect(judge(events)).toHaveLength(1)
    expect(judge(events)[0]?.time).toBe(events[2]?.time)
  })

  it('what is received more than five minutes late is counted, not judged', () => {
    const late = (number: number) => ({
      ...call(number, 0, a),
      receivedTime: call(0, 301_000).time as string,
    })
    const engine = new Engine(rulesOf(COUNT), LIMITS)
    const findings = engine.judge(batchOf([late(1), late(2), late(3)]), new StateWorld())
    expect(findings.filter(({ ruleId }) => ruleId === 'c-rule')).toEqual([])
    expect(engine.stats().late).toBe(3)
  })

  it('what is received four minutes late still counts', () => {
    const late = (number: number) => ({
      ...call(number, number * 1000, a),
      receivedTime: call(0, 240_000).time as string,
    })
    expect(judge([call(9, 239_000, a), late(1), late(2), late(3)])).toHaveLength(1)
  })

  it('a claim of a single event is made late too, and says so', () => {
    const event = { ...call(1, 0, { tool: 'a' }), receivedTime: call(0, 3_600_000).time as string }
    const [finding] = replay(rulesOf(detection('gen_ai.tool.name: a')), [batchOf([event])])
    expect(finding?.data).toEqual({ late: true })
  })
})

describe('one call, several vantages', () => {
  const trace = { traceId: 'ab'.repeat(16) }
  const seen = (number: number, fields: AuditEventInput) =>
    call(number, number, { ...a, ...trace, ...fields })

  it('counts once by trace and request id', () => {
    const events = [1, 2, 3].flatMap((i) => [
      seen(i * 10, { vantage: 'client', requestId: `${i}` }),
      seen(i * 10 + 1, { vantage: 'server', requestId: `${i}` }),
    ])
    expect(judge(events.slice(0, 5))).toHaveLength(1)
    expect(judge(events.slice(0, 4))).toEqual([])
  })

  it('counts once by call id, and by parent span', () => {
    const events = [
      seen(1, { vantage: 'client', callId: 'toolu_1', spanId: '11'.repeat(8) }),
      seen(2, { vantage: 'gateway', callId: 'toolu_1' }),
      seen(3, { vantage: 'server', parentSpanId: '11'.repeat(8), spanId: '22'.repeat(8) }),
    ]
    expect(judge(events)).toEqual([])
  })

  it('a vantage that repeats its ids makes new calls: nothing hides behind a repeated id', () => {
    const events = [1, 2, 3].map((i) => seen(i, { vantage: 'client', requestId: '7' }))
    expect(judge(events)).toHaveLength(1)
  })

  it('the vantage that fits a rule counts, whichever comes first', () => {
    const rule = COUNT.replace(
      'gen_ai.tool.name: a',
      'gen_ai.tool.name: a, nightjar.outcome: denied',
    )
    const events = [1, 2, 3].flatMap((i) => [
      seen(i * 10, { vantage: 'client', requestId: `${i}`, outcome: 'unknown' }),
      seen(i * 10 + 1, { vantage: 'server', requestId: `${i}`, outcome: 'denied' }),
    ])
    expect(judge(events, rule)).toHaveLength(1)
  })

  it('a later vantage that names the principal counts for it', () => {
    const rule = COUNT.replace('[enduser.id]', '[nightjar.actor]')
    const nameless = { principal: '', client: 'c', host: 'h' }
    const events = [1, 2, 3].flatMap((i) => [
      seen(i * 10, { vantage: 'server', requestId: `${i}`, ...(i < 3 ? nameless : {}) }),
      seen(i * 10 + 1, { vantage: 'client', requestId: `${i}` }),
    ])
    expect(judge(events, rule).map(({ entity }) => entity.principal)).toEqual(['p'])
  })
})

describe('a group that fired', () => {
  it('stays quiet for the cooldown, then says that it goes on', () => {
    const rule = COUNT.replace('1h', '2m')
    const events = Array.from({ length: 200 }, (_, i) => call(i, i * 1000, a))
    expect(judge(events, rule).map(({ time }) => time)).toEqual([
      call(0, 2000).time,
      call(0, 122_000).time,
    ])
  })

  it('has one fingerprint with the other rules of its family, and ids of its own', () => {
    const events = Array.from({ length: 200 }, (_, i) =>
      call(i, i * 10, {
        principal: 'm',
        labels: ['read'],
        resultBytes: 1_000_000,
        targetHash: idOf(i).slice(0, 16),
      }),
    )
    const findings = replay(shipped, [batchOf(events)], { limits: LIMITS })
    expect(findings.map(({ ruleId }) => ruleId).sort()).toEqual([
      'exfiltration-burst-bytes',
      'exfiltration-burst-calls',
      'exfiltration-burst-resources',
    ])
    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(1)
    expect(new Set(findings.map(({ id }) => id)).size).toBe(3)
    const calls = findings.find(({ ruleId }) => ruleId === 'exfiltration-burst-calls')
    expect(calls?.summary).toBe('m made 151 reads within 1m, more than 150')
    expect(calls?.eventIds).toHaveLength(100)
    expect(calls?.eventIds.at(-1)).toBe(idOf(150))
    expect(calls?.firstTime).toBe(call(0, 510).time)
  })
})

describe('bounds', () => {
  it('groups beyond the cap push out the one used longest ago, and are counted', () => {
    const engine = new Engine(
      rulesOf(COUNT),
      limitsSchema.parse({ maxGroups: 10, foldCalls: 64, evidence: 1024 }),
    )
    const flood = Array.from({ length: 1000 }, (_, i) =>
      call(i, i, { tool: 'a', principal: `p${i}` }),
    )
    const world = new StateWorld()
    engine.judge(batchOf(flood), world)
    // The flood also fits the base rules b and c of the sample by none, so only the correlation's groups count.
    expect(engine.stats().evicted).toBe(990)
    const busy = [2001, 2002, 2003].map((i) => call(i, i, a))
    expect(engine.judge(batchOf(busy), world)).toHaveLength(1)
  })

  it('entries beyond the cap push out whole groups, never the one at work', () => {
    const rule = correlation(
      'type: value_count\nrules: [a]\ntimespan: 1h\ncondition: {field: nightjar.target, gte: 30}',
    )
    const engine = new Engine(
      rulesOf(rule),
      limitsSchema.parse({ maxEntries: 100, foldCalls: 64, evidence: 1024 }),
    )
    const world = new StateWorld()
    const flood = Array.from({ length: 500 }, (_, i) =>
      call(i, i, { tool: 'a', principal: `p${i % 50}`, target: `t${i}` }),
    )
    engine.judge(batchOf(flood), world)
    expect(engine.stats().evicted).toBeGreaterThan(0)
    const own = Array.from({ length: 40 }, (_, i) =>
      call(1000 + i, 1000 + i, { ...a, target: `own${i}` }),
    )
    expect(engine.judge(batchOf(own), world).length).toBeGreaterThan(0)
  })

  it('one group holds a bounded number of distinct values', () => {
    const rule = correlation(
      'type: value_count\nrules: [a]\ntimespan: 1h\ncondition: {field: nightjar.target, gte: 50}',
    )
    const engine = new Engine(
      rulesOf(rule),
      limitsSchema.parse({ maxDistinct: 60, foldCalls: 64, evidence: 1024 }),
    )
    const flood = Array.from({ length: 5000 }, (_, i) => call(i, i, { ...a, target: `t${i}` }))
    const findings = engine.judge(batchOf(flood), new StateWorld())
    expect(Math.max(...findings.map(({ observed }) => observed ?? 0))).toBeLessThanOrEqual(61)
    expect(engine.stats().evicted).toBe(5000 - 60)
  })

  it('evidence that was overwritten is not named, and counted all the same', () => {
    const limits = limitsSchema.parse({ evidence: 1024, foldCalls: 64 })
    const rule = correlation(
      'type: event_count\nrules: [a]\ntimespan: 1h\ncondition: {gte: 3}',
    ).replace('1ms', '1h')
    const noise = Array.from({ length: 2000 }, (_, i) =>
      call(100 + i, 100 + i, { tool: 'a', principal: `n${i}` }),
    )
    const events = [call(1, 0, a), call(2, 10, a), ...noise, call(9000, 5000, a)]
    const finding = replay(rulesOf(rule), [batchOf(events)], { limits }).find(
      ({ entity }) => entity.principal === 'p',
    )
    expect(finding).toMatchObject({ eventCount: 3, observed: 3, eventIds: [idOf(9000)] })
  })
})

describe('first-seen terms', () => {
  const rule = `title: New scope
name: new-scope
logsource: {product: mcp}
detection: {selection: {enduser.scope|exists: true}, condition: selection}
level: informational
custom:
  level: medium
  stateful: {type: new_terms, field: enduser.scope, group-by: [enduser.id], min_events: 3, learning: 10s, max_terms: 4}
`
  const scoped = (number: number, ms: number, scopes: readonly string[]) =>
    call(number, ms, { principal: 'p', scopes })

  it('fire only when the group has enough events and has been known long enough', () => {
    const learn = [0, 1, 2].map((i) => scoped(i, i, ['a']))
    expect(replay(rulesOf(rule), [batchOf([...learn, scoped(9, 9999, ['b'])])])).toEqual([])
    const [finding] = replay(rulesOf(rule), [batchOf([...learn, scoped(9, 10_000, ['a', 'b'])])])
    expect(finding).toMatchObject({
      severity: 'medium',
      data: { terms: ['b'] },
      eventIds: [idOf(9)],
    })
  })

  it('are news once', () => {
    const events = [0, 1, 2, 3].map((i) => scoped(i, i * 10_000, ['a']))
    const news = [
      scoped(10, 50_000, ['b']),
      scoped(11, 51_000, ['b']),
      scoped(12, 52_000, ['a', 'b']),
    ]
    expect(replay(rulesOf(rule), [batchOf([...events, ...news])])).toHaveLength(1)
  })

  it('are bounded per group', () => {
    const engine = new Engine(rulesOf(rule), LIMITS)
    engine.judge(
      batchOf(Array.from({ length: 100 }, (_, i) => scoped(i, i * 1000, [`s${i}`]))),
      new StateWorld(),
    )
    expect(engine.stats().evicted).toBe(96)
    expect(engine.state()['new-scope']?.terms?.[0]?.[4]).toHaveLength(4)
  })
})
