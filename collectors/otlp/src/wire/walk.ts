import { knownKeys } from '../keys.ts'
import type { OtlpRecord } from '../record.ts'
import { checkKeyValue } from './any-value.ts'
import { KeyTable } from './key-table.ts'
import { readLog } from './log.ts'
import { tooLarge } from './malformed.ts'
import { expectWire, Reader, WIRE } from './reader.ts'
import { RecordView } from './record-view.ts'
import { readSpan } from './span.ts'
import { StringCache } from './string-cache.ts'

/** Why a record was not shown to the visitor. */
export type RejectReason = 'shape' | 'ids'

/** What became of the records of a request. */
export interface WalkResult {
  readonly records: number
  /** Records of another signal's shape, and spans without valid ids. */
  readonly rejected: Readonly<Record<RejectReason, number>>
}

const EMPTY = Buffer.alloc(0)

/**
 * Walks an Export request once, over its bytes, and shows each record to a visitor through one view that is reused.
 * Trace and log requests have the same frame: 1 resource group {1 resource, 2 scope group {1 scope, 2 record}}.
 */
export class RequestWalker {
  readonly #maxRecords: number
  readonly #reader = new Reader()
  readonly #strings = new StringCache()
  #table = new KeyTable()
  #view = new RecordView(this.#table, this.#strings)
  #visit: (record: OtlpRecord) => void = () => undefined
  #records = 0
  #shape = 0
  #ids = 0

  /** `maxRecords`: a request with more is refused whole (`OTLP_TOO_LARGE`). */
  constructor(maxRecords: number) {
    this.#maxRecords = maxRecords
  }

  /**
   * Calls `visit` for each valid record of an ExportTraceServiceRequest or ExportLogsServiceRequest. Throws
   * `OTLP_MALFORMED` at the first fault; the caller then undoes what the visitor did. Not to be called from `visit`.
   */
  walk(
    signal: OtlpRecord['signal'],
    bytes: Uint8Array,
    visit: (record: OtlpRecord) => void,
  ): WalkResult {
    this.#begin(signal, bytes, visit)
    const reader = this.#reader
    const end = bytes.length
    try {
      while (reader.at < end) {
        const tag = reader.tag(end)
        if (tag >>> 3 !== 1) reader.skip(tag, end)
        else this.#resourceGroup(this.#message(tag, end))
      }
      return { records: this.#records, rejected: { shape: this.#shape, ids: this.#ids } }
    } finally {
      // A request must not stay in memory until the next one comes.
      this.#view.bytes = EMPTY
      reader.reset(EMPTY)
    }
  }

  #begin(signal: OtlpRecord['signal'], bytes: Uint8Array, visit: (r: OtlpRecord) => void): void {
    if (knownKeys().length !== this.#table.size) {
      this.#table = new KeyTable()
      this.#view = new RecordView(this.#table, this.#strings)
    }
    this.#visit = visit
    this.#records = this.#shape = this.#ids = 0
    this.#reader.reset(bytes)
    this.#view.bytes = this.#reader.bytes
    this.#view.signal = signal
  }

  /** End of the message field whose tag was read. */
  #message(tag: number, end: number): number {
    expectWire(tag, WIRE.len)
    return this.#reader.stop(end)
  }

  /** Two passes over the few fields of the frame, because the resource may come after what it describes. */
  #resourceGroup(end: number): void {
    const reader = this.#reader
    const start = reader.at
    this.#view.resource.clear(reader.bytes)
    while (reader.at < end) {
      const tag = reader.tag(end)
      if (tag >>> 3 === 1) this.#resource(this.#message(tag, end))
      else reader.skip(tag, end)
    }
    reader.at = start
    while (reader.at < end) {
      const tag = reader.tag(end)
      if (tag >>> 3 === 2) this.#scopeGroup(this.#message(tag, end))
      else reader.skip(tag, end)
    }
  }

  #resource(end: number): void {
    const reader = this.#reader
    while (reader.at < end) {
      const tag = reader.tag(end)
      if (tag >>> 3 === 1) this.#view.resource.file(reader, this.#message(tag, end))
      else reader.skip(tag, end)
    }
  }

  #scopeGroup(end: number): void {
    const reader = this.#reader
    const start = reader.at
    this.#view.scopeNameText.clear()
    this.#view.scopeVersionText.clear()
    while (reader.at < end) {
      const tag = reader.tag(end)
      if (tag >>> 3 === 1) this.#scope(this.#message(tag, end))
      else reader.skip(tag, end)
    }
    reader.at = start
    while (reader.at < end) {
      const tag = reader.tag(end)
      if (tag >>> 3 === 2) this.#record(this.#message(tag, end))
      else reader.skip(tag, end)
    }
  }

  #scope(end: number): void {
    const reader = this.#reader
    while (reader.at < end) {
      const tag = reader.tag(end)
      if (tag >>> 3 > 3) {
        reader.skip(tag, end)
        continue
      }
      const stop = this.#message(tag, end)
      if (tag === 0x0a) this.#view.scopeNameText.set(reader.at, stop)
      else if (tag === 0x12) this.#view.scopeVersionText.set(reader.at, stop)
      else checkKeyValue(reader, stop)
      reader.at = stop
    }
  }

  #record(end: number): void {
    if (this.#records >= this.#maxRecords)
      throw tooLarge(`more than ${this.#maxRecords} records in one request`)
    this.#records += 1
    const reader = this.#reader
    const view = this.#view
    view.begin(reader.at, end)
    const isRecord =
      view.signal === 'span' ? readSpan(reader, end, view) : readLog(reader, end, view)
    reader.at = end
    if (!isRecord) this.#shape += 1
    else if (view.signal === 'span' && (view.traceIdAt < 0 || view.spanIdAt < 0)) this.#ids += 1
    else this.#visit(view)
  }
}
