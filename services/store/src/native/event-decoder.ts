import {
  type Column,
  columnSpec,
  type EventBatch,
  type EventColumns,
  NightjarError,
} from '@nightjar/core'
import { STORED_COLUMNS, type StoredColumn } from '../schema/event-columns.ts'
import { BlockReader } from './block-reader.ts'
import {
  BytesCollector,
  type Collector,
  DictCollector,
  ListCollector,
  NumberCollector,
  TextCollector,
} from './collect-columns.ts'

/** Columns to select, in this order, for {@link decodeEvents}. */
export const EVENT_SELECT_COLUMNS = [...STORED_COLUMNS.map(({ sql }) => `\`${sql}\``), 'seq'].join(
  ', ',
)

function collectorFor({ name, type }: StoredColumn): Collector<Column> {
  const { kind, width } = columnSpec(name)
  switch (kind) {
    case 'dict':
      return new DictCollector(type === 'String')
    case 'text':
      return new TextCollector()
    case 'list':
      return new ListCollector()
    case 'bytes':
      return new BytesCollector(width ?? 0)
    case 'time':
    case 'count':
      return new NumberCollector(kind)
  }
}

/** An EventBatch and the position of each of its rows. */
export interface DecodedEvents {
  readonly batch: EventBatch
  readonly positions: Float64Array
}

/** Reads the Native blocks of a SELECT of {@link EVENT_SELECT_COLUMNS} back into columns. */
export function decodeEvents(bytes: Uint8Array): DecodedEvents {
  const reader = new BlockReader(bytes)
  const collectors = STORED_COLUMNS.map((column) => ({
    ...column,
    collector: collectorFor(column),
  }))
  const seq = new NumberCollector('count')
  const expected = [...collectors, { sql: 'seq', type: 'UInt64', collector: seq }]
  let total = 0
  while (!reader.done) {
    const columns = reader.varint()
    const rows = reader.varint()
    if (columns !== expected.length)
      throw new NightjarError(
        'STORE_BLOCK',
        `A block has ${columns} columns, not ${expected.length}.`,
      )
    for (const { sql, type, collector } of expected) {
      const found = `${reader.string()} ${reader.string()}`
      if (found !== `${sql} ${type}`)
        throw new NightjarError('STORE_BLOCK', `A block has ${found} in place of ${sql} ${type}.`)
      if (rows > 0) collector.read(reader, rows)
    }
    total += rows
  }
  const columns = Object.fromEntries(
    collectors.map(({ name, collector }) => [name, collector.finish()]),
  ) as unknown as EventColumns
  return { batch: { rows: total, columns }, positions: seq.finish().data }
}
