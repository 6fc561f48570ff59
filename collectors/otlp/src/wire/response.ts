import { ProtoWriter } from './writer.ts'

/** The signals of OTLP, as in its paths. */
export type Signal = 'traces' | 'logs' | 'metrics'

/** Codes of google.rpc.Code that OTLP uses. */
export const RPC = {
  invalidArgument: 3,
  notFound: 5,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const

const REJECTED_NAME = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
} as const

/**
 * An Export…ServiceResponse in protobuf: 1 partial_success {1 rejected count, 2 error_message}, left out when nothing
 * was rejected, as the specification demands.
 */
export function exportResponse(rejected: number, message: string): Buffer {
  const writer = new ProtoWriter(64)
  if (rejected > 0) {
    const start = writer.begin(1)
    writer.uint(1, rejected)
    writer.string(2, message)
    writer.end(start)
  }
  return writer.finish()
}

/** The same in OTLP/JSON; int64 is a string there. */
export function exportResponseJson(signal: Signal, rejected: number, message: string): string {
  if (rejected === 0) return '{}'
  const partialSuccess = { [REJECTED_NAME[signal]]: String(rejected), errorMessage: message }
  return JSON.stringify({ partialSuccess })
}

/**
 * A google.rpc.Status in protobuf: 1 code, 2 message, 3 details. With `retryMs` the details hold a RetryInfo
 * (1 retry_delay {1 seconds, 2 nanos}) in an Any (1 type_url, 2 value).
 */
export function rpcStatus(code: number, message: string, retryMs = 0): Buffer {
  const writer = new ProtoWriter(128)
  writer.uint(1, code)
  writer.string(2, message)
  if (retryMs > 0) {
    const any = writer.begin(3)
    writer.string(1, 'type.googleapis.com/google.rpc.RetryInfo')
    const info = writer.begin(2)
    const delay = writer.begin(1)
    writer.uint(1, Math.floor(retryMs / 1000))
    writer.uint(2, (retryMs % 1000) * 1_000_000)
    writer.end(delay)
    writer.end(info)
    writer.end(any)
  }
  return writer.finish()
}

/** The same in JSON. */
export function rpcStatusJson(code: number, message: string): string {
  return JSON.stringify({ code, message })
}
