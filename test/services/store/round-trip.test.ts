import {
  type AuditEventInput,
  batchOf,
  COLUMN_NAMES,
  type ColumnName,
  columnSpec,
  eventsOf,
} from '@nightjar/core'
import { openStore, type Store } from '@nightjar/store'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshFolder } from './fresh-store.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 5, 1)

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    "'; DROP TABLE nightjar.events; --",
    '\n\nDROP TABLE nightjar.events',
    '\\N',
    '\0',
    '\\',
  ),
  fc.string({ unit: 'grapheme', minLength: 200, maxLength: 300 }),
)

function arbitraryOf(name: ColumnName): fc.Arbitrary<unknown> {
  const { kind, values, width = 0 } = columnSpec(name)
  switch (kind) {
    case 'bytes':
      return fc
        .uint8Array({ minLength: width, maxLength: width })
        .map((bytes) => Buffer.from(bytes).toString('hex'))
    case 'list':
      return fc.uniqueArray(
        text.filter((item) => item !== ''),
        { maxLength: 5 },
      )
    case 'time':
      return fc
        .tuple(fc.integer({ min: -2 * DAY, max: DAY }), fc.integer({ min: 0, max: 999 }))
        .map(([ms, us]) => {
          const iso = new Date(NOW + ms).toISOString()
          return us === 0 ? iso : `${iso.slice(0, -1)}${String(us).padStart(3, '0')}Z`
        })
    case 'count':
      return fc.oneof(fc.nat(), fc.maxSafeNat())
    default:
      return values ? fc.constantFrom(...values) : text
  }
}

const required = COLUMN_NAMES.filter((name) => columnSpec(name).required)
const anyEvent = fc.record(
  Object.fromEntries(COLUMN_NAMES.map((name) => [name, arbitraryOf(name)])),
  {
    requiredKeys: required,
  },
) as fc.Arbitrary<AuditEventInput>

describe('an event stored and read back', () => {
  const folder = freshFolder()
  let store: Store
  beforeAll(async () => {
    store = await openStore({ data: folder.path, retentionDays: 3650 })
  })
  afterAll(async () => {
    await store.close()
    folder.remove()
  })

  it('is the same in every column, whatever they hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(anyEvent, { selector: ({ id }) => id, minLength: 1, maxLength: 40 }),
        async (events) => {
          const batch = batchOf(events)
          const stored = await store.log.appendEvents(batch)
          expect(stored.batch.rows).toBe(batch.rows)
          const read = await store.log.readEvents({ from: stored.position, limit: batch.rows })
          expect(read.position).toBe(stored.position)
          expect(eventsOf(read.batch)).toEqual(eventsOf(batch))
        },
      ),
      { numRuns: 25 },
    )
  })

  it('keeps dictionaries of more than 255 and more than 65535 values apart', async () => {
    for (const count of [300, 70_000]) {
      const batch = batchOf(
        Array.from({ length: count }, (_, i) => ({
          id: (BigInt(count) * 1_000_000n + BigInt(i)).toString(16).padStart(32, '0'),
          time: '2026-06-01T00:00:00.000Z',
          receivedTime: '2026-06-01T00:00:00.000Z',
          tenant: 'wide',
          kind: 'call' as const,
          vantage: 'client' as const,
          emitter: 'test',
          outcome: 'success' as const,
          tool: `tool-${i}`,
          labels: [`label-${i}`],
          session: `session-${i % 7}`,
        })),
      )
      const { position } = await store.log.appendEvents(batch)
      const read = await store.log.readEvents({ from: position, limit: count })
      const { tool, labels, session } = read.batch.columns
      const last = read.batch.rows - 1
      expect(tool.values[tool.codes[last] as number]).toBe(`tool-${last}`)
      expect(labels.values[labels.codes[last] as number]).toBe(`label-${last}`)
      expect(session.values[session.codes[last] as number]).toBe(`session-${last % 7}`)
    }
  })

  it('stores a batch that spans more days than one insert may touch', async () => {
    const batch = batchOf(
      Array.from({ length: 400 }, (_, i) => ({
        id: (0xda7en * 1_000_000n + BigInt(i)).toString(16).padStart(32, '0'),
        time: new Date(NOW - (i % 250) * DAY).toISOString(),
        receivedTime: new Date(NOW).toISOString(),
        tenant: 'history',
        kind: 'call' as const,
        vantage: 'client' as const,
        emitter: 'test',
        outcome: 'success' as const,
      })),
    )
    const { position } = await store.log.appendEvents(batch)
    const read = await store.log.readEvents({ from: position, limit: 400 })
    expect(eventsOf(read.batch)).toEqual(eventsOf(batch))
  })
})
