import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { startReceiver } from '../../support/otlp.ts'

const SPANS = 2000
const GZIP = 'gzip' as never

let started: Awaited<ReturnType<typeof startReceiver>> | undefined
afterAll(() => started?.receiver.stop())
beforeEach(async () => {
  await started?.receiver.stop()
  started = await startReceiver()
})

const httpUrl = () => `${started?.url}/v1/traces`
const grpcUrl = () => `http://127.0.0.1:${started?.receiver.grpcPort}`

const EXPORTERS: readonly (readonly [string, () => SpanExporter])[] = [
  ['protobuf over HTTP', () => new ProtoExporter({ url: httpUrl() })],
  ['protobuf over HTTP, gzip', () => new ProtoExporter({ url: httpUrl(), compression: GZIP })],
  ['JSON over HTTP', () => new JsonExporter({ url: httpUrl() })],
  ['JSON over HTTP, gzip', () => new JsonExporter({ url: httpUrl(), compression: GZIP })],
  ['gRPC', () => new GrpcExporter({ url: grpcUrl() })],
  ['gRPC, gzip', () => new GrpcExporter({ url: grpcUrl(), compression: GZIP })],
]

test.each(EXPORTERS)('OpenTelemetry JS delivers all its spans: %s', async (_, exporter) => {
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'exporter-test' }),
    spanProcessors: [new BatchSpanProcessor(exporter(), { maxQueueSize: SPANS * 2 })],
  })
  const tracer = provider.getTracer('test', '1.0.0')
  const ids = new Set<string>()
  for (let i = 0; i < SPANS; i++) {
    const span = tracer.startSpan(`tools/call t${i % 7}`, {
      attributes: { 'mcp.method.name': 'x' },
    })
    ids.add(span.spanContext().spanId)
    span.end()
  }
  await provider.forceFlush()
  await provider.shutdown()
  const events = started?.stream.events ?? []
  expect(events).toHaveLength(SPANS)
  expect(new Set(events.map((event) => event.spanId))).toEqual(ids)
  expect(events.every((event) => event.tool?.startsWith('tools/call t'))).toBe(true)
})

test('what OpenTelemetry JS was refused for lack of room it sends again', async () => {
  await started?.receiver.stop()
  started = await startReceiver({ limits: { maxPendingRows: 1, overloadWaitMs: 1 } })
  const { stream, metrics } = started
  const open = stream.hold()
  const [first, second] = ['first', 'second'].map((name) => {
    const exporter = new ProtoExporter({ url: httpUrl() })
    const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] })
    return { provider, send: () => provider.getTracer('test').startSpan(name).end() }
  })
  first?.send()
  const sent = [first?.provider.forceFlush()]
  await expect.poll(() => stream.running).toBe(1)
  second?.send()
  sent.push(second?.provider.forceFlush())
  const refused = () => metrics.values.get('nightjar_otlp_requests_total traces http overloaded')
  await expect.poll(refused, { timeout: 5000 }).toBe(1)
  open()
  await Promise.all(sent)
  expect(stream.events.map((event) => event.tool).sort()).toEqual(['first', 'second'])
  await Promise.all([first?.provider.shutdown(), second?.provider.shutdown()])
})
