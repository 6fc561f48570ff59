import {
  type AuditEvent,
  COLUMN_NAMES,
  type ColumnName,
  columnSpec,
  formatMicros,
  sqlName,
} from '@nightjar/core'

function sqlOf(name: ColumnName): string {
  const column = sqlName(name)
  switch (columnSpec(name).kind) {
    case 'bytes':
      return `lower(hex(${column}))`
    case 'time':
      return `toUnixTimestamp64Micro(${column})`
    default:
      return column
  }
}

/** The SELECT list of a whole event; an alias equal to a column would take its place in WHERE, hence the prefix. */
export const EVENT_SELECT = COLUMN_NAMES.map((name) => `${sqlOf(name)} AS e_${name}`).join(', ')

/** A row of {@link EVENT_SELECT}. */
export type EventRow = Readonly<Record<`e_${ColumnName}`, unknown>>

function cellOf(name: ColumnName, value: unknown): unknown {
  const { kind, required } = columnSpec(name)
  switch (kind) {
    case 'list':
      return Array.isArray(value) && value.length > 0 ? value : undefined
    case 'count':
      return Number(value) === 0 ? undefined : Number(value)
    case 'time':
      return formatMicros(Number(value)) || undefined
    case 'bytes':
      return required || /[^0]/.test(String(value)) ? value : undefined
    default:
      return required || value !== '' ? value : undefined
  }
}

/** The event of a row; what is unset is left out. */
export function eventOf(row: EventRow): AuditEvent {
  const event: Record<string, unknown> = {}
  for (const name of COLUMN_NAMES) {
    const value = cellOf(name, row[`e_${name}`])
    if (value !== undefined) event[name] = value
  }
  return event as unknown as AuditEvent
}
