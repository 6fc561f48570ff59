import { type AuditEventInput, batchOf } from '@nightjar/core'
import { limitsSchema, replay } from '@nightjar/detect'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { call, correlation, idOf, rulesOf } from './support.ts'

const SPAN = 2560
const STEP = SPAN / 256
const LATENESS = 1000
const LIMITS = limitsSchema.parse({ foldCalls: 4096, evidence: 4096, latenessMs: LATENESS })

interface Arrived {
  readonly number: number
  readonly who: string
  readonly tool: string
  readonly time: number
  readonly value: number
}

/** Events of two principals and three tools in an order that differs from their times by up to a second; times differ. */
const arrivals = fc
  .array(
    fc.record({
      who: fc.constantFrom('x', 'y'),
      tool: fc.constantFrom('a', 'b', 'c'),
      gap: fc.integer({ min: 0, max: 400 }),
      delay: fc.integer({ min: 0, max: 900 }),
      value: fc.integer({ min: 1, max: 9 }),
    }),
    { maxLength: 120 },
  )
  .map((list) => {
    let time = 0
    const timed = list.map(({ who, tool, gap, delay, value }, number) => {
      time += gap + 1
      return { number, who, tool, value, time, at: time + delay }
    })
    return timed.sort((a, b) => a.at - b.at || a.number - b.number)
  })

const inOrder = arrivals.map((list) => [...list].sort((a, b) => a.time - b.time))

const eventsOf = (list: readonly Arrived[]): AuditEventInput[] =>
  list.map(({ number, who, tool, time, value }) =>
    call(number, time, {
      principal: who,
      tool,
      argsBytes: value,
      target: String(value),
      targetHash: `${value}`.padStart(16, '0'),
    }),
  )

/** The correlation's findings; base rules it does not name speak for themselves. */
const findingsOf = (rule: string, events: readonly AuditEventInput[]) =>
  replay(rulesOf(rule), [batchOf(events)], { limits: LIMITS }).filter(
    ({ ruleId }) => ruleId === 'c-rule',
  )

const fired = (rule: string, list: readonly Arrived[]): string[] =>
  findingsOf(rule, eventsOf(list)).map(({ time }) => time)

/** Times at which `met` holds, with a cooldown of a millisecond by event time. */
function spoken(
  list: readonly Arrived[],
  met: (before: readonly Arrived[], now: Arrived) => boolean,
): string[] {
  const seen: Arrived[] = []
  const last = new Map<string, number>()
  const times: string[] = []
  for (const now of list) {
    const holds = met(
      seen.filter(({ who }) => who === now.who),
      now,
    )
    seen.push(now)
    if (!holds || now.time <= (last.get(now.who) ?? -1)) continue
    last.set(now.who, now.time)
    times.push(call(0, now.time).time as string)
  }
  return times
}

const START_STEP = Math.floor(Date.UTC(2026, 10, 21, 9) / STEP)
const stepOf = (time: number): number => START_STEP + Math.floor(time / STEP)

/** The largest amount in any window of 256 steps that ends with an event and holds `now`. */
function largest(
  before: readonly Arrived[],
  now: Arrived,
  amount: (event: Arrived) => number,
): number {
  const steps = before.map(({ time }) => stepOf(time))
  const own = stepOf(now.time)
  const newest = Math.max(own, ...steps)
  const keep = 256 + LATENESS / STEP
  if (own <= newest - keep) return 0
  const all = [...before, now]
  const ends = [own, ...steps.filter((step) => step > own && step < own + 256)]
  return Math.max(
    ...ends.map((end) =>
      all
        .filter(({ time }) => stepOf(time) <= end && stepOf(time) > end - 256)
        .reduce((sum, event) => sum + amount(event), 0),
    ),
  )
}

describe('windows give what a recomputation from scratch gives', () => {
  it('event_count, out of order too', () => {
    const rule = correlation(
      `type: event_count\nrules: [a]\ntimespan: ${SPAN}ms\ncondition: {gt: 2}`,
    )
    void fc.assert(
      fc.property(arrivals, (list) => {
        const counted = list.filter(({ tool }) => tool === 'a')
        expect(fired(rule, list)).toEqual(
          spoken(counted, (before, now) => largest(before, now, () => 1) > 2),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('value_sum, out of order too', () => {
    const rule = correlation(
      `type: value_sum\nrules: [a, b]\ntimespan: ${SPAN}ms\ncondition: {field: nightjar.args.size, gte: 30}`,
    )
    void fc.assert(
      fc.property(arrivals, (list) => {
        const counted = list.filter(({ tool }) => tool !== 'c')
        expect(fired(rule, list)).toEqual(
          spoken(counted, (before, now) => largest(before, now, ({ value }) => value) >= 30),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('value_count, in order', () => {
    const rule = correlation(
      `type: value_count\nrules: [a, b, c]\ntimespan: ${SPAN}ms\ncondition: {field: nightjar.target.hash, gt: 4}`,
    )
    void fc.assert(
      fc.property(inOrder, (list) => {
        const met = (before: readonly Arrived[], now: Arrived): boolean =>
          new Set(
            [...before, now].filter(({ time }) => time > now.time - SPAN).map(({ value }) => value),
          ).size > 4
        expect(fired(rule, list)).toEqual(spoken(list, met))
      }),
      { numRuns: 200 },
    )
  })

  it('temporal_ordered, out of order too', () => {
    const rule = correlation(`type: temporal_ordered\nrules: [a, b, c]\ntimespan: ${SPAN}ms`)
    const order = ['a', 'b', 'c']
    const chain = (events: readonly Arrived[], now: Arrived): boolean => {
      const at = (tool: string) =>
        tool === now.tool ? [now] : events.filter((event) => event.tool === tool)
      return at('a').some((a) =>
        at('b').some((b) =>
          at('c').some((c) => a.time <= b.time && b.time <= c.time && c.time - a.time < SPAN),
        ),
      )
    }
    void fc.assert(
      fc.property(arrivals, (list) => {
        // The window remembers the latest sixteen of each stage: fewer than that are exact.
        const short = list.filter(({ number }) => number < 40)
        fc.pre(
          ['x', 'y'].every((who) =>
            order.every(
              (tool) =>
                short.filter((event) => event.who === who && event.tool === tool).length <= 16,
            ),
          ),
        )
        expect(fired(rule, short)).toEqual(spoken(short, chain))
      }),
      { numRuns: 200 },
    )
  })

  it('temporal, in order', () => {
    const rule = correlation(
      `type: temporal\nrules: [a, b, c]\ntimespan: ${SPAN}ms\ncondition: {gte: 2}`,
    )
    void fc.assert(
      fc.property(inOrder, (list) => {
        const met = (before: readonly Arrived[], now: Arrived): boolean =>
          new Set(
            [...before, now].filter(({ time }) => time > now.time - SPAN).map(({ tool }) => tool),
          ).size >= 2
        expect(fired(rule, list)).toEqual(spoken(list, met))
      }),
      { numRuns: 200 },
    )
  })
})

it('a finding names the events of its window and counts them all', () => {
  const rule = correlation(
    'type: event_count\nrules: [a]\ntimespan: 1m\ncondition: {gt: 2}',
  ).replace('1ms', '1h')
  const events = [0, 120_000, 121_000, 122_000].map((ms, i) =>
    call(i, ms, { tool: 'a', principal: 'p' }),
  )
  const [finding, ...more] = findingsOf(rule, events)
  expect(more).toEqual([])
  expect(finding).toMatchObject({
    ruleId: 'c-rule',
    observed: 3,
    threshold: 2,
    windowMs: 60_000,
    eventCount: 3,
    eventIds: [idOf(1), idOf(2), idOf(3)],
    firstTime: events[1]?.time,
    time: events[3]?.time,
  })
})

it('a finding of a sequence names its steps', () => {
  const rule = correlation('type: temporal_ordered\nrules: [a, b]\ntimespan: 1m')
  const events = ['a', 'c', 'a', 'c', 'b'].map((tool, i) =>
    call(i, i * 1000, { tool, principal: 'p' }),
  )
  const [finding] = findingsOf(rule, events)
  expect(finding?.eventIds).toEqual([idOf(2), idOf(4)])
  expect(finding?.firstTime).toBe(events[2]?.time)
})

it('one event is never two steps of a sequence', () => {
  const rule = correlation('type: temporal_ordered\nrules: [a, b]\ntimespan: 1m').replace(
    'gen_ai.tool.name: b',
    'gen_ai.tool.name: a',
  )
  const one = [call(1, 0, { tool: 'a', principal: 'p' })]
  expect(findingsOf(rule, one)).toEqual([])
  const two = [...one, call(2, 5, { tool: 'a', principal: 'p' })]
  expect(findingsOf(rule, two)).toHaveLength(1)
})

it('aliases group different fields together', () => {
  const text = correlation(`type: temporal_ordered
rules: [a, b]
timespan: 1m
aliases: {place: {a: nightjar.destination, b: nightjar.client.name}}`).replace(
    '[enduser.id]',
    '[place]',
  )
  const events = [
    call(1, 0, { tool: 'a', destination: 'one' }),
    call(2, 10, { tool: 'b', client: 'two' }),
    call(3, 20, { tool: 'b', client: 'one' }),
  ]
  expect(findingsOf(text, events).map(({ eventIds }) => eventIds.at(-1))).toEqual([idOf(3)])
})

it('an event without a group-by field is in no group', () => {
  const rule = correlation('type: event_count\nrules: [a]\ntimespan: 1m\ncondition: {gt: 1}')
  const events = [1, 2, 3].map((i) => call(i, i, { tool: 'a' }))
  expect(findingsOf(rule, events)).toEqual([])
})
