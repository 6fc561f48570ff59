/** A moment on both clocks: the wall clock dates it, the monotonic one measures durations. Milliseconds. */
export interface Instant {
  readonly epochMs: number
  readonly monotonicMs: number
}

export type AttributeValue = string | number | boolean | readonly string[]
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>

/** A span to emit: one request with its answer. */
export interface SpanRecord {
  readonly signal: 'span'
  readonly name: string
  readonly startMs: number
  readonly durationMs: number
  /** W3C traceparent of the request, untrusted and unchecked. */
  readonly traceparent: string | undefined
  /** Set where the span is an error. */
  readonly error: string | undefined
  readonly attributes: Attributes
}

/** A log record to emit. */
export interface LogRecord {
  readonly signal: 'log'
  readonly eventName:
    | 'nightjar.notification'
    | 'nightjar.manifest'
    | 'nightjar.capture.loss'
    | 'nightjar.connection'
  readonly timeMs: number
  readonly body?: string
  readonly attributes: Attributes
}

export type TapRecord = SpanRecord | LogRecord

/** Who sent a message. */
export type Direction = 'client_to_server' | 'server_to_client'
