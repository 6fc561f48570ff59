import { type OtlpRecord, type SpanEvent, VALUE } from '../record.ts'
import { readAnyValue, type ValueAt } from './any-value.ts'
import { AttributeSlots } from './attributes.ts'
import type { KeyTable } from './key-table.ts'
import { Reader } from './reader.ts'
import type { StringCache } from './string-cache.ts'
import { scalarText, valueToJson } from './value-json.ts'

/** A range of bytes that becomes a string only when asked for. */
class LazyText {
  #start = 0
  #end = 0
  #text: string | undefined = ''

  clear(): void {
    this.#text = ''
  }

  set(start: number, end: number): void {
    this.#start = start
    this.#end = end
    this.#text = undefined
  }

  get(bytes: Buffer, strings: StringCache): string {
    this.#text ??= strings.get(bytes, this.#start, this.#end)
    return this.#text
  }
}

/** Most attributes of one resource, scope, record or event that are filed; the rest count as dropped. */
export const MAX_ATTRIBUTES = 1024

/**
 * The one OtlpRecord of a walker: the walk sets its offsets, the dialects read them. Reset for each record, while
 * resource and scope stay.
 */
export class RecordView implements OtlpRecord {
  signal: 'span' | 'log' = 'span'
  bytes: Buffer = Buffer.alloc(0)
  start = 0
  end = 0
  traceIdAt = -1
  spanIdAt = -1
  parentSpanIdAt = -1
  kind = 0
  timeUs = 0
  endTimeUs = 0
  observedTimeUs = 0
  statusCode = 0
  dropped = 0
  flags = 0
  readonly resource: AttributeSlots
  readonly attributes: AttributeSlots
  readonly nameText = new LazyText()
  readonly statusText = new LazyText()
  readonly scopeNameText = new LazyText()
  readonly scopeVersionText = new LazyText()
  readonly bodyValue: ValueAt = { kind: 0, start: 0, end: 0 }
  readonly #strings: StringCache
  readonly #eventReader = new Reader()
  readonly #event: EventView

  constructor(table: KeyTable, strings: StringCache) {
    this.#strings = strings
    this.resource = new AttributeSlots(table, strings, MAX_ATTRIBUTES)
    this.attributes = new AttributeSlots(table, strings, MAX_ATTRIBUTES)
    this.#event = new EventView(new AttributeSlots(table, strings, MAX_ATTRIBUTES), strings)
  }

  /** Makes the view empty for the record in `bytes[start .. end)`. */
  begin(start: number, end: number): void {
    this.start = start
    this.end = end
    this.traceIdAt = this.spanIdAt = this.parentSpanIdAt = -1
    this.kind = this.statusCode = this.dropped = this.flags = 0
    this.timeUs = this.endTimeUs = this.observedTimeUs = 0
    this.nameText.clear()
    this.statusText.clear()
    this.bodyValue.kind = VALUE.none
    this.attributes.clear(this.bytes)
  }

  get droppedAttributes(): number {
    return this.dropped + this.attributes.excess
  }

  name(): string {
    return this.nameText.get(this.bytes, this.#strings)
  }

  statusMessage(): string {
    return this.statusText.get(this.bytes, this.#strings)
  }

  scopeName(): string {
    return this.scopeNameText.get(this.bytes, this.#strings)
  }

  scopeVersion(): string {
    return this.scopeVersionText.get(this.bytes, this.#strings)
  }

  body(): string {
    const { kind, start, end } = this.bodyValue
    return kind === VALUE.array || kind === VALUE.map
      ? valueToJson(this.bytes, kind, start, end)
      : scalarText(this.bytes, kind, start, end)
  }

  eachEvent(visit: (event: SpanEvent) => void): void {
    if (this.signal !== 'span') return
    const reader = this.#eventReader
    reader.reset(this.bytes)
    reader.at = this.start
    while (reader.at < this.end) {
      const tag = reader.tag(this.end)
      if (tag !== 0x5a) {
        reader.skip(tag, this.end)
        continue
      }
      const stop = reader.stop(this.end)
      this.#event.read(reader, stop)
      visit(this.#event)
      reader.at = stop
    }
  }
}

/** The one SpanEvent of a record view. */
class EventView implements SpanEvent {
  readonly attributes: AttributeSlots
  readonly #strings: StringCache
  readonly #name = new LazyText()
  #bytes: Buffer = Buffer.alloc(0)

  constructor(attributes: AttributeSlots, strings: StringCache) {
    this.attributes = attributes
    this.#strings = strings
  }

  get name(): string {
    return this.#name.get(this.#bytes, this.#strings)
  }

  /** Files the Span.Event between the cursor and `end`: name is field 2, attributes field 3. */
  read(reader: Reader, end: number): void {
    this.#bytes = reader.bytes
    this.#name.clear()
    this.attributes.clear(reader.bytes)
    while (reader.at < end) {
      const tag = reader.tag(end)
      if (tag !== 0x12 && tag !== 0x1a) {
        reader.skip(tag, end)
        continue
      }
      const stop = reader.stop(end)
      if (tag === 0x1a) this.attributes.file(reader, stop)
      else this.#name.set(reader.at, stop)
      reader.at = stop
    }
  }
}

/** Reads a log's body into a view. */
export function readBody(reader: Reader, end: number, view: RecordView): void {
  readAnyValue(reader, end, view.bodyValue)
}
