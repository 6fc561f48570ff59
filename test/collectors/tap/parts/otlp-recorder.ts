import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import protobuf from 'protobufjs'

// The messages and field numbers of opentelemetry-proto that the assertions need.
const schema = protobuf.parse(`
  syntax = "proto3";
  message KeyValue { string key = 1; AnyValue value = 2; }
  message ArrayValue { repeated AnyValue values = 1; }
  message AnyValue { oneof value { string stringValue = 1; bool boolValue = 2; int64 intValue = 3;
    double doubleValue = 4; ArrayValue arrayValue = 5; } }
  message Resource { repeated KeyValue attributes = 1; }
  message Scope { string name = 1; string version = 2; }
  message Status { string message = 2; int32 code = 3; }
  message Span { bytes traceId = 1; bytes spanId = 2; bytes parentSpanId = 4; string name = 5; int32 kind = 6;
    fixed64 start = 7; fixed64 end = 8; repeated KeyValue attributes = 9; uint32 dropped = 10; Status status = 15; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scopeSpans = 2; }
  message Traces { repeated ResourceSpans resourceSpans = 1; }
  message LogRecord { fixed64 time = 1; AnyValue body = 5; repeated KeyValue attributes = 6; string eventName = 12; }
  message ScopeLogs { Scope scope = 1; repeated LogRecord logRecords = 2; }
  message ResourceLogs { Resource resource = 1; repeated ScopeLogs scopeLogs = 2; }
  message Logs { repeated ResourceLogs resourceLogs = 1; }
`).root

type Attributes = Record<string, unknown>
export interface RecordedSpan {
  name: string
  scope: string
  resource: Attributes
  attributes: Attributes
  traceId: string
  parentSpanId: string
  statusCode: number
  start: bigint
  end: bigint
}
export interface RecordedLog {
  eventName: string
  body: string
  resource: Attributes
  attributes: Attributes
}

interface KeyValue {
  key: string
  value?: {
    stringValue?: string
    boolValue?: boolean
    intValue?: string
    doubleValue?: number
    arrayValue?: { values: { stringValue?: string }[] }
  }
}

function attributesOf(list: KeyValue[] = []): Attributes {
  return Object.fromEntries(
    list.map(({ key, value }) => [
      key,
      value?.arrayValue?.values.map((item) => item.stringValue) ??
        value?.stringValue ??
        value?.boolValue ??
        (value?.intValue === undefined ? value?.doubleValue : Number(value.intValue)),
    ]),
  )
}

function decode(type: string, body: Buffer): Record<string, unknown> {
  const message = schema.lookupType(type)
  return message.toObject(message.decode(body), { longs: String, bytes: String, arrays: true })
}

const hex = (base64: unknown) => Buffer.from(String(base64 ?? ''), 'base64').toString('hex')

/** An OTLP/HTTP receiver that remembers what it got. */
export class OtlpRecorder {
  readonly spans: RecordedSpan[] = []
  readonly logs: RecordedLog[] = []
  readonly authorizations: (string | undefined)[] = []
  /** Set to answer everything with this status. */
  refuseWith = 0
  readonly #server = createServer((request, response) => {
    void this.#take(request).then((status) => response.writeHead(status).end())
  })

  async start(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** Spans of a method or name, once there are so many. */
  async spansOf(name: string, count = 1): Promise<RecordedSpan[]> {
    return await until(() => {
      const found = this.spans.filter(
        (span) => span.name === name || span.attributes['mcp.method.name'] === name,
      )
      return found.length >= count ? found : undefined
    }, `${count} spans ${name}`)
  }

  async logsOf(eventName: string, count = 1): Promise<RecordedLog[]> {
    return await until(() => {
      const found = this.logs.filter((log) => log.eventName === eventName)
      return found.length >= count ? found : undefined
    }, `${count} logs ${eventName}`)
  }

  async #take(request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (this.refuseWith > 0) return this.refuseWith
    this.authorizations.push(request.headers.authorization)
    if (request.url === '/v1/traces') this.#takeTraces(decode('Traces', Buffer.concat(chunks)))
    else this.#takeLogs(decode('Logs', Buffer.concat(chunks)))
    return 200
  }

  // biome-ignore lint/suspicious/noExplicitAny: decoded without types, read right here
  #takeTraces(request: any): void {
    for (const { resource, scopeSpans } of request.resourceSpans) {
      for (const { scope, spans } of scopeSpans) {
        for (const span of spans) {
          this.spans.push({
            name: span.name,
            scope: scope.name,
            resource: attributesOf(resource.attributes),
            attributes: attributesOf(span.attributes),
            traceId: hex(span.traceId),
            parentSpanId: hex(span.parentSpanId),
            statusCode: span.status?.code ?? 0,
            start: BigInt(span.start),
            end: BigInt(span.end),
          })
        }
      }
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: decoded without types, read right here
  #takeLogs(request: any): void {
    for (const { resource, scopeLogs } of request.resourceLogs) {
      for (const { logRecords } of scopeLogs) {
        for (const log of logRecords) {
          this.logs.push({
            eventName: log.eventName ?? '',
            body: log.body?.stringValue ?? '',
            resource: attributesOf(resource.attributes),
            attributes: attributesOf(log.attributes),
          })
        }
      }
    }
  }
}

/** Polls until there is a value, for at most 10 s. */
export async function until<T>(look: () => T | undefined, what: string): Promise<T> {
  const end = Date.now() + 10_000
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
