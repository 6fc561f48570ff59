import type { MethodDefinition } from '@grpc/grpc-js'
import type { Signal } from '../wire/response.ts'

/** The Export method of a signal; requests and responses stay bytes. */
export type ExportMethod = MethodDefinition<Buffer, Buffer> & { readonly signal: Signal }

const asIs = (bytes: Buffer) => bytes

function exportMethod(signal: Signal, service: string): ExportMethod {
  return {
    signal,
    path: `/opentelemetry.proto.collector.${service}/Export`,
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  }
}

/** The three services of OTLP/gRPC, one method each. */
export const EXPORT_METHODS: readonly ExportMethod[] = [
  exportMethod('traces', 'trace.v1.TraceService'),
  exportMethod('logs', 'logs.v1.LogsService'),
  exportMethod('metrics', 'metrics.v1.MetricsService'),
]
