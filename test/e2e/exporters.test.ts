import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Running, startNightjar } from './support/nightjar.ts'

const SPANS = 10_000
const PER_REQUEST = 500
let nightjar: Running

beforeAll(async () => {
  nightjar = await startNightjar()
})
afterAll(() => nightjar.end())

function makeSpans(service: string): ReadableSpan[] {
  const memory = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [new SimpleSpanProcessor(memory)],
  })
  const tracer = provider.getTracer('mcp-python-sdk')
  for (let i = 0; i < SPANS; i++)
    tracer
      .startSpan(`tools/call tool-${i % 7}`, {
        kind: 1,
        attributes: {
          'mcp.method.name': 'tools/call',
          'gen_ai.tool.name': `tool-${i % 7}`,
          'jsonrpc.request.id': String(i),
        },
      })
      .end()
  return memory.getFinishedSpans()
}

async function sendAll(exporter: SpanExporter, spans: readonly ReadableSpan[]): Promise<void> {
  for (let i = 0; i < spans.length; i += PER_REQUEST)
    await new Promise<void>((resolve, reject) => {
      exporter.export(spans.slice(i, i + PER_REQUEST), ({ code, error }) =>
        code === 0 ? resolve() : reject(error ?? new Error('export failed')),
      )
    })
}

const gzip = 'gzip' as never
const exporters: [string, () => SpanExporter][] = [
  ['gRPC', () => new GrpcExporter({ url: nightjar.otlpGrpcUrl })],
  ['gRPC, gzip', () => new GrpcExporter({ url: nightjar.otlpGrpcUrl, compression: gzip })],
  ['HTTP, protobuf', () => new ProtoExporter({ url: `${nightjar.otlpHttpUrl}/v1/traces` })],
  [
    'HTTP, protobuf, gzip',
    () => new ProtoExporter({ url: `${nightjar.otlpHttpUrl}/v1/traces`, compression: gzip }),
  ],
  ['HTTP, JSON', () => new JsonExporter({ url: `${nightjar.otlpHttpUrl}/v1/traces` })],
  [
    'HTTP, JSON, gzip',
    () => new JsonExporter({ url: `${nightjar.otlpHttpUrl}/v1/traces`, compression: gzip }),
  ],
]

test.each(exporters)(
  '10,000 spans by %s are 10,000 events, and still after sending them again',
  async (name, make) => {
    const exporter = make()
    const service = `exporter-${exporters.findIndex(([each]) => each === name)}`
    const spans = makeSpans(service)
    const count = async () =>
      (await nightjar.get<{ total: number }>(`/events?server=${service}&limit=1`)).total
    await sendAll(exporter, spans)
    expect(await count()).toBe(SPANS)
    await sendAll(exporter, spans)
    expect(await count()).toBe(SPANS)
    await exporter.shutdown()
  },
)
