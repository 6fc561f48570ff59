import { formatMicros, parseMicros } from '../clock.ts'
import { COLUMN_NAMES, type ColumnName, columnSpec } from '../columns.ts'
import type { AuditEvent, AuditEventInput } from '../event.ts'
import { EventBatchBuilder } from './builder.ts'
import type { Column, EventBatch, ListColumn, TextColumn } from './column.ts'

const decoder = new TextDecoder()

/** Lower-case hex of `width` bytes at `row`, `''` when all are zero. */
export function hexAt(data: Uint8Array, width: number, row: number): string {
  let hex = ''
  let any = 0
  for (let i = row * width; i < (row + 1) * width; i++) {
    const byte = data[i] as number
    any |= byte
    hex += byte < 16 ? `0${byte.toString(16)}` : byte.toString(16)
  }
  return any === 0 ? '' : hex
}

/** Bytes of a hex string. */
export function hexToBytes(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length >> 1)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16)
  return bytes
}

/** Text of a row. */
export function textAt(column: TextColumn, row: number): string {
  const start = row === 0 ? 0 : (column.ends[row - 1] as number)
  const end = column.ends[row] as number
  return end === start ? '' : decoder.decode(column.bytes.subarray(start, end))
}

/** Values of a row of a list column. */
export function listAt(column: ListColumn, row: number): string[] {
  const values: string[] = []
  for (
    let i = row === 0 ? 0 : (column.ends[row - 1] as number);
    i < (column.ends[row] as number);
    i++
  )
    values.push(column.values[column.codes[i] as number] as string)
  return values
}

function valueAt(column: Column, row: number): string | number | string[] | undefined {
  switch (column.kind) {
    case 'dict':
      return column.values[column.codes[row] as number] || undefined
    case 'text':
      return textAt(column, row) || undefined
    case 'list': {
      const values = listAt(column, row)
      return values.length > 0 ? values : undefined
    }
    case 'bytes':
      return hexAt(column.data, column.width, row) || undefined
    case 'time':
      return formatMicros(column.data[row] as number) || undefined
    case 'count':
      return column.data[row] || undefined
  }
}

/** The AuditEvent that is row `row` of a batch. Absent fields are left out. Builds an object: not for the hot path. */
export function eventAt(batch: EventBatch, row: number): AuditEvent {
  const event: Record<string, unknown> = {}
  for (const name of COLUMN_NAMES) {
    const value = valueAt(batch.columns[name], row)
    if (value !== undefined) event[name] = value
  }
  return event as unknown as AuditEvent
}

/** All rows of a batch as AuditEvents. */
export function eventsOf(batch: EventBatch): AuditEvent[] {
  return Array.from({ length: batch.rows }, (_, row) => eventAt(batch, row))
}

function setValue(builder: EventBatchBuilder, name: ColumnName, value: unknown): void {
  const row = builder.rows
  const column = builder.columns[name]
  const { kind } = columnSpec(name)
  if (kind === 'bytes') {
    const bytes = hexToBytes(String(value))
    if (bytes.length > 0 && 'width' in column) column.setBytes(row, bytes, 0)
  } else if (kind === 'list') {
    if ('add' in column) for (const item of value as readonly string[]) column.add(row, item)
  } else if (kind === 'time') {
    if ('kind' in column) column.set(row, parseMicros(String(value)))
  } else if (kind === 'count') {
    if ('kind' in column) column.set(row, Number(value))
  } else if ('set' in column) {
    ;(column as { set(row: number, value: string): void }).set(row, String(value))
  }
}

/** Appends an event written as an object. Not for the hot path: replay files, tests, rule samples. */
export function appendEvent(builder: EventBatchBuilder, event: AuditEventInput): void {
  for (const name of COLUMN_NAMES) {
    const value = (event as Readonly<Record<string, unknown>>)[name]
    if (value !== undefined && value !== null) setValue(builder, name, value)
  }
  builder.endRow()
}

/** A batch of events written as objects. Not for the hot path. */
export function batchOf(events: readonly AuditEventInput[]): EventBatch {
  const builder = new EventBatchBuilder()
  for (const event of events) appendEvent(builder, event)
  return builder.finish()
}
