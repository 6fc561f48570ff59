import { type AuditEventInput, batchOf, eventsOf } from '@nightjar/core'
import type { Stream } from '@nightjar/stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

/** A stream under test and how to end it and open it again on the same log, as a restart does. */
export interface StreamUnderTest {
  readonly stream: Stream
  restart(): Promise<Stream>
  close(): Promise<void>
}

const at = (n: number) => new Date(Date.UTC(2026, 10, 21, 10, 0, n)).toISOString()
const event = (n: number): AuditEventInput => ({
  id: (0xa00 + n).toString(16).padStart(32, '0'),
  time: at(n),
  receivedTime: at(n),
  tenant: 'default',
  kind: 'call',
  vantage: 'server',
  emitter: 'test',
  outcome: 'success',
  tool: `tool-${n % 3}`,
  traceId: (n + 1).toString(16).padStart(32, '0'),
})
const events = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => event(from + i))
const letter = (n: number) => ({
  key: `k${n % 2}`,
  value: { topic: 't', position: n, code: 'X', message: '', payload: '', time: at(n) },
})
const TOPIC = 'nightjar.deadletter.v1' as const

/** What Kafka and memory promise alike. */
export function streamContract(name: string, open: () => Promise<StreamUnderTest>): void {
  describe(`${name}: the stream contract`, () => {
    let under: StreamUnderTest
    beforeEach(async () => {
      under = await open()
    })
    afterEach(() => under.close())

    test('an event is accepted once, however often it is published', async () => {
      expect(await under.stream.publishEvents(batchOf(events(0, 10)))).toEqual({
        accepted: 10,
        duplicates: 0,
      })
      expect(await under.stream.publishEvents(batchOf(events(5, 15)))).toEqual({
        accepted: 5,
        duplicates: 5,
      })
    })

    test('a subscriber gets every event in order, those from before it too', async () => {
      await under.stream.publishEvents(batchOf(events(0, 5)))
      const seen: string[] = []
      await under.stream.subscribeEvents('group', async ({ batch }) => {
        seen.push(...eventsOf(batch).map(({ id }) => id))
      })
      await under.stream.publishEvents(batchOf(events(5, 9)))
      await vi.waitFor(() => expect(seen).toEqual(events(0, 9).map(({ id }) => id)))
    })

    test('after a restart a group continues where it committed', async () => {
      await under.stream.publishEvents(batchOf(events(0, 4)))
      const first = await under.stream.subscribeEvents('group', async () => undefined)
      await vi.waitFor(() => expect(first.lag()).toBe(0))
      await first.commit(3)
      await first.stop()
      const stream = await under.restart()
      const seen: string[] = []
      await stream.subscribeEvents('group', async ({ batch, replayed }) => {
        seen.push(...eventsOf(batch).map(({ id }) => `${id.slice(-2)} ${replayed}`))
      })
      await vi.waitFor(() => expect(seen).toEqual(['02 false', '03 false']))
    })

    test('a rewound subscription marks what was committed as replayed', async () => {
      await under.stream.publishEvents(batchOf(events(0, 10)))
      const first = await under.stream.subscribeEvents('group', async () => undefined)
      await first.commit(8)
      await first.stop()
      const stream = await under.restart()
      const seen: string[] = []
      await stream.subscribeEvents(
        'group',
        async ({ batch, replayed }) => {
          seen.push(...eventsOf(batch).map(({ id }) => `${id.slice(-2)} ${replayed}`))
        },
        { rewindMs: 3000 },
      )
      await vi.waitFor(() => expect(seen.at(-1)).toBe('09 false'))
      expect(seen).toEqual(
        ['03', '04', '05', '06']
          .map((n) => `${n} true`)
          .concat(['07', '08', '09'].map((n) => `${n} false`)),
      )
    })

    test('a handler that fails gets the same batch again', async () => {
      let calls = 0
      await under.stream.subscribeEvents('group', async () => {
        calls += 1
        if (calls < 3) throw new Error('not yet')
      })
      await under.stream.publishEvents(batchOf(events(0, 1)))
      await vi.waitFor(() => expect(calls).toBe(3))
    })

    test('records keep their order, and a committed one does not come again', async () => {
      await under.stream.publish(TOPIC, [letter(1), letter(2)])
      const seen: number[] = []
      const first = await under.stream.subscribe(TOPIC, 'group', async (records) => {
        seen.push(...records.map(({ value }) => value.position))
      })
      await under.stream.publish(TOPIC, [letter(3)])
      await vi.waitFor(() => expect(seen).toEqual([1, 2, 3]))
      await first.commit(3)
      await first.stop()
      const stream = await under.restart()
      const again: number[] = []
      await stream.subscribe(TOPIC, 'group', async (records) => {
        again.push(...records.map(({ value }) => value.position))
      })
      await vi.waitFor(() => expect(again).toEqual([3]))
    })

    test('a subscription from the end sees only what comes after it', async () => {
      await under.stream.publish(TOPIC, [letter(1)])
      const seen: number[] = []
      const handler = async (records: readonly { value: { position: number } }[]) => {
        seen.push(...records.map(({ value }) => value.position))
      }
      await under.stream.subscribe(TOPIC, 'group', handler, { from: 'end' })
      await under.stream.publish(TOPIC, [letter(2)])
      await vi.waitFor(() => expect(seen).toEqual([2]))
    })

    test('the newest value of each key is kept, over a restart too', async () => {
      await under.stream.publish(TOPIC, [letter(1), letter(2), letter(3)])
      const stream = await under.restart()
      const latest = await stream.readLatest(TOPIC)
      expect([...latest].map(([key, value]) => [key, value.position]).sort()).toEqual([
        ['k0', 2],
        ['k1', 3],
      ])
    })
  })
}
