import { COLUMN_NAMES } from '../columns.ts'
import type { Column, EventBatch, EventColumns, ListColumn, TextColumn } from './column.ts'

function takeText(column: TextColumn, rows: readonly number[]): TextColumn {
  const ends = new Uint32Array(rows.length)
  let total = 0
  for (const row of rows)
    total += (column.ends[row] as number) - (row === 0 ? 0 : (column.ends[row - 1] as number))
  const bytes = new Uint8Array(total)
  let at = 0
  rows.forEach((row, i) => {
    const start = row === 0 ? 0 : (column.ends[row - 1] as number)
    bytes.set(column.bytes.subarray(start, column.ends[row]), at)
    at += (column.ends[row] as number) - start
    ends[i] = at
  })
  return { kind: 'text', ends, bytes }
}

function takeList(column: ListColumn, rows: readonly number[]): ListColumn {
  const ends = new Uint32Array(rows.length)
  const codes: number[] = []
  rows.forEach((row, i) => {
    for (
      let j = row === 0 ? 0 : (column.ends[row - 1] as number);
      j < (column.ends[row] as number);
      j++
    )
      codes.push(column.codes[j] as number)
    ends[i] = codes.length
  })
  return { kind: 'list', ends, codes: Uint32Array.from(codes), values: column.values }
}

function takeColumn(column: Column, rows: readonly number[]): Column {
  switch (column.kind) {
    case 'dict':
      return {
        kind: 'dict',
        codes: Uint32Array.from(rows, (row) => column.codes[row] as number),
        values: column.values,
      }
    case 'text':
      return takeText(column, rows)
    case 'list':
      return takeList(column, rows)
    case 'bytes': {
      const { width, data } = column
      const taken = new Uint8Array(rows.length * width)
      rows.forEach((row, i) => {
        taken.set(data.subarray(row * width, (row + 1) * width), i * width)
      })
      return { kind: 'bytes', width, data: taken }
    }
    case 'time':
    case 'count':
      return {
        kind: column.kind,
        data: Float64Array.from(rows, (row) => column.data[row] as number),
      }
  }
}

/** The batch of just these rows, in this order. Dictionaries are shared, not trimmed. */
export function takeRows(batch: EventBatch, rows: readonly number[]): EventBatch {
  const columns = Object.fromEntries(
    COLUMN_NAMES.map((name) => [name, takeColumn(batch.columns[name], rows)]),
  ) as unknown as EventColumns
  return { rows: rows.length, columns }
}
