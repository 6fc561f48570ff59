import {
  type AuditEvent,
  EventBatchBuilder,
  eventsOf,
  type Metrics,
  noMetrics,
} from '@nightjar/core'
import { createMapper, type IngestContext, RequestWalker, transcodeJson } from '@nightjar/otlp'
import { encode } from './otlp-descriptor.ts'

/** A record as fixtures write it: attributes as plain JSON, everything else as OTLP/JSON names it. */
export interface PlainRecord {
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly events?: readonly { readonly name: string; readonly attributes?: object }[]
  readonly [field: string]: unknown
}

/** A request of one resource and one scope. */
export interface PlainRequest {
  readonly signal: 'traces' | 'logs'
  readonly resource?: Readonly<Record<string, unknown>>
  readonly scope?: { readonly name: string; readonly version?: string }
  readonly records: readonly PlainRecord[]
}

/** When everything happens that says nothing else: 2026-11-21T08:33:20Z, lasting 5 ms. */
const START = '1795250000000000000'
const END = '1795250000005000000'
/** When everything is received. */
export const RECEIVED_US = Date.parse('2026-11-21T08:34:00Z') * 1000
export const TENANT = 'acme'
/** Key of the tenant's hashes. */
export const KEY = Buffer.alloc(32, 7)

const hex = (n: number, width: number) => n.toString(16).padStart(width, '0')

function anyValue(value: unknown): object {
  if (value === null) return {}
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  return { kvlistValue: { values: attributesOf(value as object) } }
}

function attributesOf(plain: object): object[] {
  return Object.entries(plain).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function record(plain: PlainRecord, signal: 'traces' | 'logs', i: number): object {
  const { attributes = {}, events, body, ...fields } = plain
  const common =
    signal === 'traces'
      ? {
          traceId: hex(i + 1, 32),
          spanId: hex(i + 1, 16),
          kind: 1,
          startTimeUnixNano: START,
          endTimeUnixNano: END,
        }
      : { timeUnixNano: START }
  return {
    ...common,
    ...fields,
    ...(body === undefined ? {} : { body: anyValue(body) }),
    attributes: attributesOf(attributes),
    ...(events && {
      events: events.map(({ name, attributes = {} }) => ({
        name,
        attributes: attributesOf(attributes),
      })),
    }),
  }
}

/** The OTLP/JSON request of a plain one. */
export function otlpJson({ signal, resource = {}, scope, records }: PlainRequest): object {
  const made = records.map((plain, i) => record(plain, signal, i))
  const group = signal === 'traces' ? { spans: made } : { logRecords: made }
  const resourceGroup = { resource: { attributes: attributesOf(resource) } }
  return signal === 'traces'
    ? { resourceSpans: [{ ...resourceGroup, scopeSpans: [{ ...(scope && { scope }), ...group }] }] }
    : { resourceLogs: [{ ...resourceGroup, scopeLogs: [{ ...(scope && { scope }), ...group }] }] }
}

function withIdBytes(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return /Id$/.test(key) ? Buffer.from(value, 'hex') : value
  if (Array.isArray(value)) return value.map((item) => withIdBytes(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withIdBytes(member, name)]),
  )
}

/** The same request as another encoder than ours writes it in protobuf. */
export function otlpProtobuf(request: PlainRequest): Buffer {
  const type =
    request.signal === 'traces' ? 'ExportTraceServiceRequest' : 'ExportLogsServiceRequest'
  return encode(type, withIdBytes(otlpJson(request)) as object)
}

/** The same request from JSON, as the receiver reads it. */
export function otlpFromJson(request: PlainRequest): Buffer {
  return transcodeJson(request.signal, Buffer.from(JSON.stringify(otlpJson(request))))
}

/** What a mapper made of requests. */
export interface Mapped {
  readonly events: AuditEvent[]
  readonly sightings: IngestContext['sightings']
  /** Records that gave no row. */
  readonly skipped: number
}

// Making the pattern tables takes longer than most tests.
const sharedMapper = createMapper({ keyFor: () => KEY, metrics: noMetrics })

/** Walks and maps requests as the receiver does; with metrics by a mapper of its own. */
export function mapBytes(
  requests: readonly { readonly signal: 'traces' | 'logs'; readonly bytes: Uint8Array }[],
  metrics?: Metrics,
): Mapped {
  const mapper = metrics ? createMapper({ keyFor: () => KEY, metrics }) : sharedMapper
  const walker = new RequestWalker(100_000)
  const builder = new EventBatchBuilder()
  const context: IngestContext = { tenant: TENANT, receivedUs: RECEIVED_US, sightings: [] }
  let skipped = 0
  for (const { signal, bytes } of requests)
    walker.walk(signal === 'traces' ? 'span' : 'log', bytes, (seen) => {
      if (mapper.map(seen, builder, context) === 0) skipped += 1
    })
  return { events: eventsOf(builder.finish()), sightings: context.sightings, skipped }
}

/** Maps one plain request. */
export function mapPlain(request: PlainRequest, metrics?: Metrics): Mapped {
  return mapBytes([{ signal: request.signal, bytes: otlpFromJson(request) }], metrics)
}
