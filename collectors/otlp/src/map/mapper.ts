import type { EventBatchBuilder, Metrics } from '@nightjar/core'
import type { IngestContext, OtlpRecord, RecordMapper } from '../record.ts'
import { Redactor } from '../redact/content.ts'
import { KeyedHash } from '../redact/keyed-hash.ts'
import { HOST_NAME } from './attribute-keys.ts'
import { DIALECTS } from './dialects.ts'
import { EventIds } from './event-id.ts'
import { Row } from './row.ts'

/** What a mapper needs from its process. */
export interface MapperOptions {
  /** Key of a tenant's keyed hashes: derived per tenant, the same on every start. At least 16 bytes. */
  readonly keyFor: (tenant: string) => Uint8Array
  /** Longest preview of arguments and results, in characters; default 300. */
  readonly previewChars?: number
  readonly metrics: Metrics
}

const HOST_NAMES = [HOST_NAME]
const MAX_TENANTS = 1024
const EARLIEST_US = Date.UTC(2000, 0, 1) * 1000
const HOUR_US = 3_600_000_000

class DialectMapper implements RecordMapper {
  readonly #options: MapperOptions
  readonly #row: Row
  readonly #ids = new EventIds()
  readonly #keys = new Map<string, KeyedHash>()

  constructor(options: MapperOptions) {
    this.#options = options
    this.#row = new Row(new Redactor(options.previewChars), options.metrics)
  }

  map(record: OtlpRecord, builder: EventBatchBuilder, context: IngestContext): number {
    for (const dialect of DIALECTS) {
      if (!dialect.claims(record)) continue
      const row = this.#row
      row.begin(record, builder, context, this.#keyedFor(context.tenant))
      const written = dialect.write(row)
      if (written) {
        this.#complete(row)
        builder.endRow()
      }
      row.release()
      return written ? 1 : 0
    }
    return 0
  }

  #keyedFor(tenant: string): KeyedHash {
    let keyed = this.#keys.get(tenant)
    if (keyed === undefined) {
      keyed = new KeyedHash(this.#options.keyFor(tenant))
      if (this.#keys.size >= MAX_TENANTS) this.#keys.clear()
      this.#keys.set(tenant, keyed)
    }
    return keyed
  }

  /** What the envelope says, the same for all dialects. */
  #complete(row: Row): void {
    const { record, columns, at, context } = row
    const { tenant } = context
    columns.tenant.set(at, tenant)
    columns.id.setBytes(at, this.#idOf(row, tenant), 0)
    this.#times(row)
    if (record.traceIdAt >= 0) columns.traceId.setBytes(at, record.bytes, record.traceIdAt)
    // A log record lies within the span it names; it is not that span.
    const spanColumn = record.signal === 'span' ? columns.spanId : columns.parentSpanId
    if (record.spanIdAt >= 0) spanColumn.setBytes(at, record.bytes, record.spanIdAt)
    if (record.parentSpanIdAt >= 0)
      columns.parentSpanId.setBytes(at, record.bytes, record.parentSpanIdAt)
    row.nameFrom('host', record.resource, HOST_NAMES)
    if (record.scopeVersion() !== '') row.name('emitterVersion', record.scopeVersion())
    if (record.droppedAttributes > 0) row.flag('attributes_dropped')
  }

  #idOf(row: Row, tenant: string): Uint8Array {
    const { record } = row
    if (record.signal === 'span') return this.#ids.ofSpan(tenant, record)
    const emitter = row.value('emitter')
    return row.logIdentity === ''
      ? this.#ids.ofUnnamedLog(tenant, emitter, record)
      : this.#ids.ofLog(tenant, emitter, row.logIdentity)
  }

  /** An emitter's clock is believed within bounds; a time beyond them is replaced by ours and the event says so. */
  #times(row: Row): void {
    const { record, columns, at, context } = row
    const { receivedUs } = context
    columns.receivedTime.set(at, receivedUs)
    const believable = (us: number): boolean => us >= EARLIEST_US && us <= receivedUs + HOUR_US
    if (record.observedTimeUs > 0 && believable(record.observedTimeUs))
      columns.observedTime.set(at, record.observedTimeUs)
    const given = record.timeUs > 0 ? record.timeUs : record.observedTimeUs
    const began = given - row.beganBeforeUs
    if (believable(began)) {
      columns.time.set(at, began)
      return
    }
    columns.time.set(at, receivedUs)
    row.flag(given === 0 ? 'time_missing' : 'clock_skew')
    this.#options.metrics.add('nightjar_otlp_time_replaced_total', 1)
  }
}

/** A mapper over all dialects. It keeps bounded caches only and nothing of a record. */
export function createMapper(options: MapperOptions): RecordMapper {
  return new DialectMapper(options)
}
