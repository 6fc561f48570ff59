import { COLUMN_NAMES, type ColumnName, columnSpec, type EVENT_COLUMNS } from '../columns.ts'
import { BytesBuilder, DictBuilder, ListBuilder, NumberBuilder, TextBuilder } from './builders.ts'
import type { EventBatch, EventColumns } from './column.ts'

interface BuilderByKind {
  dict: DictBuilder
  text: TextBuilder
  list: ListBuilder
  bytes: BytesBuilder
  time: NumberBuilder
  count: NumberBuilder
}

/** The column builders by name. */
export type ColumnBuilders = {
  readonly [N in ColumnName]: BuilderByKind[(typeof EVENT_COLUMNS)[N]['kind']]
}

type AnyBuilder = BuilderByKind[keyof BuilderByKind]

const FEWEST_ROWS = 64

function builderFor(name: ColumnName, rows: number): AnyBuilder {
  const { kind, width } = columnSpec(name)
  switch (kind) {
    case 'dict':
      return new DictBuilder(rows)
    case 'text':
      return new TextBuilder(rows)
    case 'list':
      return new ListBuilder(rows)
    case 'bytes':
      return new BytesBuilder(width ?? 0, rows)
    case 'time':
    case 'count':
      return new NumberBuilder(kind, rows)
  }
}

/**
 * Fills an EventBatch row by row: set columns of row `rows`, then `endRow()`. A request that turns out bad is undone
 * with `truncate(mark)`, where `mark` is the number of rows before it. After `finish()` the builder must not be used.
 */
export class EventBatchBuilder {
  readonly columns: ColumnBuilders
  readonly #all: readonly AnyBuilder[]
  #rows = 0

  /** `rows`: how many are expected. More are taken too; the columns then grow by doubling. */
  constructor(rows = 1024) {
    const first = Math.max(rows, FEWEST_ROWS)
    const entries = COLUMN_NAMES.map((name) => [name, builderFor(name, first)] as const)
    this.columns = Object.fromEntries(entries) as unknown as ColumnBuilders
    this.#all = entries.map(([, builder]) => builder)
  }

  /** Complete rows, and so the index of the row being written. */
  get rows(): number {
    return this.#rows
  }

  endRow(): void {
    this.#rows += 1
  }

  truncate(rows: number): void {
    for (const builder of this.#all) builder.truncate(rows)
    this.#rows = rows
  }

  finish(): EventBatch {
    const columns = Object.fromEntries(
      COLUMN_NAMES.map((name) => [name, this.columns[name].finish(this.#rows)]),
    ) as unknown as EventColumns
    return { rows: this.#rows, columns }
  }
}
