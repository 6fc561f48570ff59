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

function builderFor(name: ColumnName): AnyBuilder {
  const { kind, width } = columnSpec(name)
  switch (kind) {
    case 'dict':
      return new DictBuilder()
    case 'text':
      return new TextBuilder()
    case 'list':
      return new ListBuilder()
    case 'bytes':
      return new BytesBuilder(width ?? 0)
    case 'time':
    case 'count':
      return new NumberBuilder(kind)
  }
}

/**
 * Fills an EventBatch row by row: set columns of row `rows`, then `endRow()`. A request that turns out bad is undone
 * with `truncate(mark)`, where `mark` is the number of rows before it. After `finish()` the builder must not be used.
 */
export class EventBatchBuilder {
  readonly columns: ColumnBuilders
  readonly #all: readonly AnyBuilder[]
  /** Only these keep ends; a column of fixed width has nothing to do at the end of a row. */
  readonly #ending: readonly (TextBuilder | ListBuilder)[]
  #rows = 0

  constructor() {
    const entries = COLUMN_NAMES.map((name) => [name, builderFor(name)] as const)
    this.columns = Object.fromEntries(entries) as unknown as ColumnBuilders
    this.#all = entries.map(([, builder]) => builder)
    this.#ending = this.#all.filter(
      (builder) => builder instanceof TextBuilder || builder instanceof ListBuilder,
    )
  }

  /** Complete rows, and so the index of the row being written. */
  get rows(): number {
    return this.#rows
  }

  endRow(): void {
    for (const builder of this.#ending) builder.endRow(this.#rows)
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
