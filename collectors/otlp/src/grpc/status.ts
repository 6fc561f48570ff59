import { Metadata, status } from '@grpc/grpc-js'
import type { Answer, Refusal } from '../answer.ts'
import { rpcStatus } from '../wire/response.ts'

const CODES: Readonly<Record<Refusal, number>> = {
  unauthenticated: status.UNAUTHENTICATED,
  invalid: status.INVALID_ARGUMENT,
  too_large: status.RESOURCE_EXHAUSTED,
  overloaded: status.UNAVAILABLE,
  unavailable: status.UNAVAILABLE,
  internal: status.INTERNAL,
}

/** A status as grpc-js takes it. */
export interface GrpcStatus {
  code: number
  details: string
  metadata: Metadata
}

/**
 * The gRPC status of a refusal. One that may be sent again carries a RetryInfo in `grpc-status-details-bin`, which is
 * how OTLP/gRPC tells a sender to throttle.
 */
export function grpcStatus(answer: Exclude<Answer, { readonly status: 'ok' }>): GrpcStatus {
  const code = CODES[answer.status]
  const metadata = new Metadata()
  if (answer.retryMs !== undefined)
    metadata.set('grpc-status-details-bin', rpcStatus(code, answer.message, answer.retryMs))
  return { code, details: answer.message, metadata }
}
