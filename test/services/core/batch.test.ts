import { batchOf, EventBatchBuilder, eventsOf, takeRows } from '@nightjar/core'
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

test('a value is the same whether it came as a string or as bytes', () => {
  const builder = new EventBatchBuilder(1)
  const values = ['alice', 'Zürich 🌍', '\ud800', '\ufeffmark', 'a'.repeat(300)]
  const { principal } = builder.columns
  for (const value of values) {
    for (const bytes of [undefined, Buffer.from(value)]) {
      if (bytes === undefined) principal.set(builder.rows, value)
      else principal.setBytes(builder.rows, bytes, 0, bytes.length)
      builder.endRow()
    }
  }
  const seen = eventsOf(builder.finish()).map((event) => event.principal)
  expect(seen).toEqual(
    values.flatMap((value) => [value, new TextDecoder().decode(Buffer.from(value))]),
  )
})

test('bytes are known only once they have come as bytes', () => {
  const { columns } = new EventBatchBuilder()
  const bytes = Buffer.from('alice')
  columns.principal.set(0, 'alice')
  expect(columns.principal.setKnownBytes(1, bytes, 0, 5)).toBe(false)
  columns.principal.setBytes(1, bytes, 0, 5)
  expect(columns.principal.setKnownBytes(2, bytes, 0, 5)).toBe(true)
  expect(columns.principal.get(2)).toBe('alice')
  expect(columns.principal.setKnownBytes(3, Buffer.from('\ufeff'), 0, 3)).toBe(false)
})

test('rows that are undone leave nothing in the rows after them', () => {
  const builder = new EventBatchBuilder()
  const write = (text: string) => {
    builder.columns.errorMessage.set(builder.rows, text)
    builder.columns.scopes.add(builder.rows, text)
    builder.endRow()
  }
  write('kept')
  builder.endRow()
  write('undone')
  builder.columns.scopes.add(builder.rows, 'undone half way')
  builder.truncate(1)
  builder.endRow()
  write('after')
  expect(eventsOf(builder.finish())).toEqual([
    { errorMessage: 'kept', scopes: ['kept'] },
    {},
    { errorMessage: 'after', scopes: ['after'] },
  ])
})

test('every value of many keeps its code as the dictionary grows', () => {
  const builder = new EventBatchBuilder()
  const names = Array.from({ length: 20_000 }, (_, i) => `user-${i % 9000}`)
  for (const name of names) {
    const bytes = Buffer.from(name)
    builder.columns.principal.setBytes(builder.rows, bytes, 0, bytes.length)
    builder.endRow()
  }
  const { columns } = builder.finish()
  const { codes, values } = columns.principal
  expect(values).toHaveLength(9001)
  expect(Array.from(codes, (code) => values[code])).toEqual(names)
})
