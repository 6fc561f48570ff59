import type {
  ColumnBuilders,
  ColumnName,
  EVENT_COLUMNS,
  EventBatchBuilder,
  Metrics,
} from '@nightjar/core'
import type { KeyId } from '../keys.ts'
import {
  type AttributeSet,
  type IngestContext,
  isEmpty,
  type OtlpRecord,
  VALUE,
} from '../record.ts'
import type { Redactor } from '../redact/content.ts'
import type { KeyedHash } from '../redact/keyed-hash.ts'
import { MAX_NAME } from '../redact/scrub.ts'

type Spec = (typeof EVENT_COLUMNS)[ColumnName]['kind']
type ColumnOf<K extends Spec> = {
  [N in ColumnName]: (typeof EVENT_COLUMNS)[N]['kind'] extends K ? N : never
}[ColumnName]

/** Columns that hold a name, each once a row. */
export type DictName = ColumnOf<'dict'>
/** Columns that hold text, each once a row. */
export type TextName = ColumnOf<'text'>
/** Columns that hold a whole number. */
export type CountName = ColumnOf<'count'>
/** Columns that hold a list. */
export type ListName = ColumnOf<'list'>

/** What of the capture is missing or doubtful, as `quality` of an event. */
export type Quality =
  | 'args_truncated'
  | 'args_redacted'
  | 'result_truncated'
  | 'result_redacted'
  | 'attributes_dropped'
  | 'capture_loss'
  | 'clock_skew'
  | 'content_not_judged'
  | 'mcp_unconfirmed'
  | 'outcome_weak'
  | 'time_missing'
  | 'tool_hidden'

/**
 * The row being written: the record it comes from and the columns it goes to. One object per mapper, reused. Every
 * text it writes is scrubbed; a dialect cannot write raw text by it.
 */
export class Row {
  readonly redactor: Redactor
  readonly metrics: Metrics
  #record: OtlpRecord | undefined
  #context: IngestContext | undefined
  #builder: EventBatchBuilder | undefined
  #keyed: KeyedHash | undefined
  #at = 0
  /** Identity of a log record within its tenant, by the dialect; `''` where it has none. */
  logIdentity = ''
  /** Microseconds the beginning lies before the record's time. */
  beganBeforeUs = 0

  /** Adds a signal to the row. */
  readonly addSignal = (signal: string): void => this.add('signals', signal)

  constructor(redactor: Redactor, metrics: Metrics) {
    this.redactor = redactor
    this.metrics = metrics
  }

  begin(
    record: OtlpRecord,
    builder: EventBatchBuilder,
    context: IngestContext,
    keyed: KeyedHash,
  ): void {
    this.#record = record
    this.#builder = builder
    this.#context = context
    this.#keyed = keyed
    this.#at = builder.rows
    this.logIdentity = ''
    this.beganBeforeUs = 0
  }

  /** Lets go of the record and the request it lies in. */
  release(): void {
    this.#record = this.#builder = this.#context = this.#keyed = undefined
  }

  get record(): OtlpRecord {
    return this.#record as OtlpRecord
  }

  get attributes(): AttributeSet {
    return this.record.attributes
  }

  get resource(): AttributeSet {
    return this.record.resource
  }

  get context(): IngestContext {
    return this.#context as IngestContext
  }

  get keyed(): KeyedHash {
    return this.#keyed as KeyedHash
  }

  get columns(): ColumnBuilders {
    return (this.#builder as EventBatchBuilder).columns
  }

  /** Index of the row. */
  get at(): number {
    return this.#at
  }

  /** Value already written to a column of names. */
  value(column: DictName): string {
    return this.columns[column].get(this.#at)
  }

  /** Writes a word of ours: not scrubbed. */
  word(column: DictName, word: string): void {
    this.columns[column].set(this.#at, word)
  }

  /** Writes a name of theirs. */
  name(column: DictName, name: string): void {
    this.columns[column].set(this.#at, this.redactor.scrubber.name(name))
  }

  /** Writes the first of these attributes that is there; false when none is. */
  nameFrom(column: DictName, attributes: AttributeSet, keys: readonly KeyId[]): boolean {
    for (const key of keys) {
      if (isEmpty(attributes, key)) continue
      this.#nameOf(this.columns[column], attributes, key)
      return true
    }
    return false
  }

  #nameOf(column: ColumnBuilders[DictName], attributes: AttributeSet, key: KeyId): void {
    if (attributes.kindOf(key) === VALUE.string) {
      const { bytes } = this.record
      const start = attributes.startOf(key)
      const end = attributes.endOf(key)
      // Bytes that are in the column were found plain when they came first.
      if (column.setKnownBytes(this.#at, bytes, start, end)) return
      if (this.redactor.scrubber.isPlain(bytes, start, end)) {
        column.setBytes(this.#at, bytes, start, end)
        return
      }
    }
    column.set(this.#at, this.redactor.scrubber.name(attributes.text(key)))
  }

  /** Writes text of theirs, at most once a row. */
  text(column: TextName, text: string, max?: number): void {
    this.columns[column].set(this.#at, this.redactor.scrubber.text(text, max))
  }

  /** Writes the first of these attributes that is there, as an id: at most once a row, and no longer than a name. */
  idFrom(column: TextName, keys: readonly KeyId[]): void {
    const { attributes } = this
    for (const key of keys) {
      if (isEmpty(attributes, key)) continue
      if (this.#isPlain(attributes, key))
        this.columns[column].setBytes(
          this.#at,
          this.record.bytes,
          attributes.startOf(key),
          attributes.endOf(key),
        )
      else this.text(column, attributes.text(key), MAX_NAME)
      return
    }
  }

  #isPlain(attributes: AttributeSet, key: KeyId): boolean {
    return (
      attributes.kindOf(key) === VALUE.string &&
      this.redactor.scrubber.isPlain(
        this.record.bytes,
        attributes.startOf(key),
        attributes.endOf(key),
      )
    )
  }

  /** A positive amount among the attributes, 0 when there is none. */
  amount(key: KeyId): number {
    const amount = this.attributes.number(key)
    return Number.isFinite(amount) && amount > 0 ? amount : 0
  }

  count(column: CountName, value: number): void {
    if (value > 0 && value <= Number.MAX_SAFE_INTEGER)
      this.columns[column].set(this.#at, Math.round(value))
  }

  /** Adds a word of ours to a list. */
  add(column: ListName, word: string): void {
    this.columns[column].add(this.#at, word)
  }

  /** Adds names of theirs, given as a JSON list or separated by white space, a bounded number. */
  addAll(column: ListName, text: string): void {
    if (text !== '')
      for (const name of listOf(text)) this.add(column, this.redactor.scrubber.name(name))
  }

  flag(quality: Quality): void {
    this.add('quality', quality)
  }
}

const MAX_LISTED = 64
const MAX_LIST_CHARS = 8192

function listOf(text: string): string[] {
  if (text.startsWith('[') && text.length <= MAX_LIST_CHARS) {
    try {
      const items: unknown = JSON.parse(text)
      if (Array.isArray(items)) return items.slice(0, MAX_LISTED).map(String)
    } catch {
      // Not a list after all: taken as words.
    }
  }
  return text.slice(0, MAX_LIST_CHARS).split(/\s+/, MAX_LISTED)
}
