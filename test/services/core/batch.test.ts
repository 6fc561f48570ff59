import { batchOf, eventsOf, takeRows } from '@nightjar/core'
import { expect, test } from 'vitest'

const events = [
  {
    id: `${'0'.repeat(31)}1`,
    time: '2026-11-21T10:00:00.000Z',
    tool: 'read_file',
    scopes: ['a', 'b'],
    argsBytes: 12,
  },
  {
    id: `${'0'.repeat(31)}2`,
    time: '2026-11-21T10:00:00.000123Z',
    tool: 'read_file',
    errorMessage: 'Zürich 🌍',
  },
  { tool: 'send', scopes: ['b'], targetHash: 'ffee000000000001' },
] as const

test('an event keeps every field through the columns', () => {
  expect(eventsOf(batchOf(events))).toEqual(events)
})

test('taking rows keeps their order and their values', () => {
  expect(eventsOf(takeRows(batchOf(events), [2, 0]))).toEqual([events[2], events[0]])
})
