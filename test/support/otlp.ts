import { createHash, randomBytes } from 'node:crypto'
import { type Metrics, silentLogger, systemClock } from '@nightjar/core'
import {
  createOtlpReceiver,
  keyOf,
  type OtlpReceiver,
  type OtlpReceiverOptions,
  type RecordMapper,
} from '@nightjar/otlp'
import { encode } from './otlp-descriptor.ts'
import { RecordingStream } from './recording-stream.ts'

const MANIFEST = keyOf('test.manifest')

/**
 * A mapper that keeps every record but those named `skip`: ids, times, name and service. A record named `fault` makes
 * it throw; one with `test.manifest` leaves a sighting.
 */
export const testMapper: RecordMapper = {
  map(record, builder, context) {
    const name = record.name()
    if (name === 'skip') return 0
    const row = builder.rows
    const { columns } = builder
    columns.tool.set(row, name)
    if (name === 'fault') throw new TypeError('a fault with content')
    const id = createHash('sha256').update(record.bytes.subarray(record.start, record.end)).digest()
    columns.id.setBytes(row, id, 0)
    if (record.traceIdAt >= 0) columns.traceId.setBytes(row, record.bytes, record.traceIdAt)
    if (record.spanIdAt >= 0) columns.spanId.setBytes(row, record.bytes, record.spanIdAt)
    columns.time.set(row, record.timeUs)
    columns.receivedTime.set(row, context.receivedUs)
    columns.tenant.set(row, context.tenant)
    columns.kind.set(row, 'call')
    columns.vantage.set(row, 'server')
    columns.emitter.set(row, 'test')
    columns.outcome.set(row, 'unknown')
    builder.endRow()
    if (record.attributes.bool(MANIFEST))
      context.sightings.push({
        id: name,
        tenant: context.tenant,
        time: new Date(context.receivedUs / 1000).toISOString(),
        kind: 'manifest',
        server: name,
        serverKey: '',
        serverVersion: '',
        host: '',
        client: '',
        principal: '',
        transport: '',
      })
    return 1
  },
}

/** Sums of counters by name and labels, and the newest value of gauges. */
export class RecordingMetrics implements Metrics {
  readonly values = new Map<string, number>()

  add(name: string, value: number, labels: Readonly<Record<string, string>> = {}): void {
    const key = [name, ...Object.values(labels)].join(' ')
    this.values.set(key, (this.values.get(key) ?? 0) + value)
  }

  set(name: string, value: number): void {
    this.values.set(name, value)
  }
}

/** A receiver on free ports of loopback, with everything it is given recorded. */
export async function startReceiver(options: Partial<OtlpReceiverOptions> = {}): Promise<{
  readonly receiver: OtlpReceiver
  readonly stream: RecordingStream
  readonly metrics: RecordingMetrics
  readonly url: string
}> {
  const stream = new RecordingStream()
  const metrics = new RecordingMetrics()
  const receiver = createOtlpReceiver({
    host: '127.0.0.1',
    httpPort: 0,
    grpcPort: 0,
    stream,
    mapper: testMapper,
    authenticate: (bearer) =>
      bearer === undefined || bearer === 'good' ? { tenant: 'default' } : { error: 'invalid' },
    logger: silentLogger,
    metrics,
    clock: systemClock,
    ...options,
  })
  await receiver.start()
  return { receiver, stream, metrics, url: `http://127.0.0.1:${receiver.httpPort}` }
}

/** A span as protobufjs takes it, with ids of its own. */
export function span(fields: Readonly<Record<string, unknown>> = {}): object {
  return {
    traceId: randomBytes(16),
    spanId: randomBytes(8),
    name: 'tools/call',
    startTimeUnixNano: '1795000000123456789',
    ...fields,
  }
}

/** A trace request of these spans. */
export function traces(...spans: object[]): Buffer {
  return encode('ExportTraceServiceRequest', {
    resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ spans }] }],
  })
}

/** A log request of these records. */
export function logs(...logRecords: object[]): Buffer {
  return encode('ExportLogsServiceRequest', {
    resourceLogs: [{ resource: { attributes: [] }, scopeLogs: [{ logRecords }] }],
  })
}

/** A span as OTLP/JSON has it. */
export function jsonSpan(fields: Readonly<Record<string, unknown>> = {}): object {
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: 'tools/call',
    startTimeUnixNano: '1795000000123456789',
    ...fields,
  }
}

/** A trace request in OTLP/JSON. */
export function jsonTraces(...spans: object[]): string {
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
}
