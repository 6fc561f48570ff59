import {
  type Column,
  type ColumnName,
  type DictColumn,
  type EventBatch,
  formatMicros,
  hexAt,
  listAt,
  textAt,
} from '@nightjar/core'
import type { Field, VirtualName } from '../rule/fields.ts'
import type { World } from './world.ts'

const NO_WORLD: World = { serverState: () => 'unknown', enforcesAllowList: () => false }
const EMPTY: EventBatch = { rows: 0, columns: {} as EventBatch['columns'] }

/** The batch that is being judged and the world it is judged in: what every compiled part reads from. */
export class Reader {
  batch: EventBatch = EMPTY
  world: World = NO_WORLD
  /** Grows with each batch. */
  generation = 0

  prepare(batch: EventBatch, world: World): void {
    this.batch = batch
    this.world = world
    this.generation += 1
  }

  /** A dictionary-coded value of a row. */
  dict(name: ColumnName, row: number): string {
    const column = this.batch.columns[name] as DictColumn
    return column.values[column.codes[row] as number] as string
  }

  /** A field's values as strings: none when absent, several for lists. Builds strings: not for every row. */
  strings(field: Field, row: number): readonly string[] {
    if (field.source === 'virtual') return nonEmpty(this.#virtual(field.virtual, row))
    const column: Column = this.batch.columns[field.column]
    switch (column.kind) {
      case 'dict':
        return nonEmpty(column.values[column.codes[row] as number] as string)
      case 'text':
        return nonEmpty(textAt(column, row))
      case 'list':
        return listAt(column, row)
      case 'bytes':
        return nonEmpty(hexAt(column.data, column.width, row))
      case 'time':
        return nonEmpty(formatMicros(column.data[row] as number))
      case 'count':
        return nonEmpty(column.data[row] ? String(column.data[row]) : '')
    }
  }

  /** A field's values in one string, `''` when absent. */
  text(field: Field, row: number): string {
    return this.strings(field, row).join(', ')
  }

  /** A numeric field of a row; 0 is absent. */
  number(field: Field, row: number): number {
    if (field.source === 'virtual') return this.#ioSize(row)
    const column: Column = this.batch.columns[field.column]
    return 'data' in column && column.kind !== 'bytes' ? (column.data[row] as number) : 0
  }

  /** The principal; without one client@host, else the session, else the conversation; `''` when nothing is known. */
  actor(row: number): string {
    const principal = this.dict('principal', row)
    if (principal !== '') return principal
    const client = this.dict('client', row)
    const host = this.dict('host', row)
    if (client !== '' || host !== '') return `${client}@${host}`
    return this.dict('session', row) || this.dict('conversation', row)
  }

  #ioSize(row: number): number {
    const { argsBytes, resultBytes } = this.batch.columns
    return (argsBytes.data[row] as number) + (resultBytes.data[row] as number)
  }

  #virtual(name: VirtualName, row: number): string {
    switch (name) {
      case 'nightjar.actor':
        return this.actor(row)
      case 'nightjar.io.size':
        return String(this.#ioSize(row) || '')
      case 'nightjar.server.state': {
        const server = this.dict('server', row)
        return server === '' ? '' : this.world.serverState(this.dict('tenant', row), server)
      }
      case 'nightjar.policy.enforce_allow_list':
        return String(this.world.enforcesAllowList(this.dict('tenant', row)))
    }
  }
}

function nonEmpty(text: string): readonly string[] {
  return text === '' ? [] : [text]
}
