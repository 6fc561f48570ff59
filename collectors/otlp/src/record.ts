import type { Buffer } from 'node:buffer'
import type { EventBatchBuilder, Sighting } from '@nightjar/core'
import type { KeyId } from './keys.ts'

/** Kinds of an OTLP AnyValue. `none` is an attribute without a value, which counts as absent. */
export const VALUE = {
  none: 0,
  string: 1,
  bool: 2,
  int: 3,
  double: 4,
  array: 5,
  map: 6,
  bytes: 7,
} as const

/**
 * Attributes of a resource, scope, record or span event, filed by known key. Offsets point into the record's `bytes`:
 * the content of a string or bytes value, the encoded ArrayValue or KeyValueList of an array or map.
 */
export interface AttributeSet {
  /** Number of attributes, known or not. */
  readonly count: number
  /** One of {@link VALUE}; `none` when absent. */
  kindOf(key: KeyId): number
  startOf(key: KeyId): number
  endOf(key: KeyId): number
  /** Any scalar as text (arrays and maps as JSON), `''` when absent. Makes a string: not for every attribute of every span. */
  text(key: KeyId): string
  /** Int, double or numeric text; NaN when absent or not a number. */
  number(key: KeyId): number
  /** Bool, or the text `true` or `false`; undefined otherwise. */
  bool(key: KeyId): boolean | undefined
}

/** True where an attribute is absent or has no content. */
export function isEmpty(attributes: AttributeSet, key: KeyId): boolean {
  const kind = attributes.kindOf(key)
  return (
    kind === VALUE.none ||
    ((kind === VALUE.string || kind === VALUE.bytes) &&
      attributes.endOf(key) === attributes.startOf(key))
  )
}

/** A span event or exception, walked only when asked for. */
export interface SpanEvent {
  readonly name: string
  readonly attributes: AttributeSet
}

/**
 * A span or log record as the dialects see it: a view over the request's bytes that is reused for the next record, so
 * nothing of it may be kept. Offsets are -1 when absent, times are microseconds since the Unix epoch (0 when absent).
 */
export interface OtlpRecord {
  readonly signal: 'span' | 'log'
  /** The whole request, protobuf. */
  readonly bytes: Buffer
  /** The encoded Span or LogRecord within `bytes`. */
  readonly start: number
  readonly end: number
  /** 16, 8 and 8 bytes. */
  readonly traceIdAt: number
  readonly spanIdAt: number
  readonly parentSpanIdAt: number
  /** Span kind (0 to 5) or log severity number. */
  readonly kind: number
  /** Start of a span, time of a log. */
  readonly timeUs: number
  readonly endTimeUs: number
  readonly observedTimeUs: number
  /** Span status code: 0 unset, 1 ok, 2 error. */
  readonly statusCode: number
  readonly droppedAttributes: number
  readonly flags: number
  readonly resource: AttributeSet
  readonly attributes: AttributeSet
  /** Span name, or a log's event_name. */
  name(): string
  statusMessage(): string
  scopeName(): string
  scopeVersion(): string
  /** A log's body when it is a string, else its JSON; `''` when absent. */
  body(): string
  /** Calls back for each span event. */
  eachEvent(visit: (event: SpanEvent) => void): void
}

/** What is known of a request apart from its bytes. */
export interface IngestContext {
  /** From the credential alone. */
  readonly tenant: string
  /** Microseconds since the Unix epoch. */
  readonly receivedUs: number
  /** Manifests found on the way; published beside the batch. */
  readonly sightings: Sighting[]
}

/** Turns records into rows: recognises the dialect, redacts, writes columns. */
export interface RecordMapper {
  /**
   * Appends the rows of a record and gives their number; 0 means the record is not MCP and is skipped. Never throws
   * for content.
   */
  map(record: OtlpRecord, builder: EventBatchBuilder, context: IngestContext): number
}
