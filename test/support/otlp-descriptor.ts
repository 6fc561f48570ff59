import protobuf from 'protobufjs'

/**
 * The messages of OTLP that the receiver reads, as a protobufjs descriptor with the field numbers of the OTLP
 * specification: the full decoder that ours is checked against.
 */
type Field = string | readonly [type: string, id: number, rule?: 'repeated']

function message(fields: Readonly<Record<string, Field>>, oneof?: readonly string[]) {
  return {
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, field]) => {
        const [type, id, rule] = typeof field === 'string' ? parse(field) : field
        return [name, rule ? { type, id, rule } : { type, id }]
      }),
    ),
    ...(oneof ? { oneofs: { value: { oneof: [...oneof] } } } : {}),
  }
}

/** `type id` or `repeated type id`. */
function parse(text: string): readonly [string, number, 'repeated'?] {
  const words = text.split(' ')
  const many = words[0] === 'repeated'
  const [type = '', id = '0'] = many ? words.slice(1) : words
  return many ? [type, Number(id), 'repeated'] : [type, Number(id)]
}

const request = (group: string, field: string) => message({ [field]: `repeated ${group} 1` })

const metricKind = () => message({ dataPoints: 'repeated NumberDataPoint 1' })

const VARIANTS = {
  stringValue: 'string 1',
  boolValue: 'bool 2',
  intValue: 'int64 3',
  doubleValue: 'double 4',
  arrayValue: 'ArrayValue 5',
  kvlistValue: 'KeyValueList 6',
  bytesValue: 'bytes 7',
}

export const otlp = protobuf.Root.fromJSON({
  nested: {
    AnyValue: message(VARIANTS, Object.keys(VARIANTS)),
    ArrayValue: message({ values: 'repeated AnyValue 1' }),
    KeyValueList: message({ values: 'repeated KeyValue 1' }),
    KeyValue: message({ key: 'string 1', value: 'AnyValue 2' }),
    Resource: message({ attributes: 'repeated KeyValue 1', droppedAttributesCount: 'uint32 2' }),
    InstrumentationScope: message({
      name: 'string 1',
      version: 'string 2',
      attributes: 'repeated KeyValue 3',
      droppedAttributesCount: 'uint32 4',
    }),
    Event: message({
      timeUnixNano: 'fixed64 1',
      name: 'string 2',
      attributes: 'repeated KeyValue 3',
      droppedAttributesCount: 'uint32 4',
    }),
    Link: message({
      traceId: 'bytes 1',
      spanId: 'bytes 2',
      traceState: 'string 3',
      attributes: 'repeated KeyValue 4',
    }),
    Status: message({ message: 'string 2', code: 'int32 3' }),
    Span: message({
      traceId: 'bytes 1',
      spanId: 'bytes 2',
      traceState: 'string 3',
      parentSpanId: 'bytes 4',
      name: 'string 5',
      kind: 'int32 6',
      startTimeUnixNano: 'fixed64 7',
      endTimeUnixNano: 'fixed64 8',
      attributes: 'repeated KeyValue 9',
      droppedAttributesCount: 'uint32 10',
      events: 'repeated Event 11',
      droppedEventsCount: 'uint32 12',
      links: 'repeated Link 13',
      droppedLinksCount: 'uint32 14',
      status: 'Status 15',
      flags: 'fixed32 16',
    }),
    ScopeSpans: message({
      scope: 'InstrumentationScope 1',
      spans: 'repeated Span 2',
      schemaUrl: 'string 3',
    }),
    ResourceSpans: message({
      resource: 'Resource 1',
      scopeSpans: 'repeated ScopeSpans 2',
      schemaUrl: 'string 3',
    }),
    ExportTraceServiceRequest: request('ResourceSpans', 'resourceSpans'),
    LogRecord: message({
      timeUnixNano: 'fixed64 1',
      severityNumber: 'int32 2',
      severityText: 'string 3',
      body: 'AnyValue 5',
      attributes: 'repeated KeyValue 6',
      droppedAttributesCount: 'uint32 7',
      flags: 'fixed32 8',
      traceId: 'bytes 9',
      spanId: 'bytes 10',
      observedTimeUnixNano: 'fixed64 11',
      eventName: 'string 12',
    }),
    ScopeLogs: message({
      scope: 'InstrumentationScope 1',
      logRecords: 'repeated LogRecord 2',
      schemaUrl: 'string 3',
    }),
    ResourceLogs: message({
      resource: 'Resource 1',
      scopeLogs: 'repeated ScopeLogs 2',
      schemaUrl: 'string 3',
    }),
    ExportLogsServiceRequest: request('ResourceLogs', 'resourceLogs'),
    NumberDataPoint: message({ timeUnixNano: 'fixed64 3', asDouble: 'double 4' }),
    Gauge: metricKind(),
    Sum: metricKind(),
    Histogram: metricKind(),
    ExponentialHistogram: metricKind(),
    Summary: metricKind(),
    Metric: message({
      name: 'string 1',
      unit: 'string 3',
      gauge: 'Gauge 5',
      sum: 'Sum 7',
      histogram: 'Histogram 9',
      exponentialHistogram: 'ExponentialHistogram 10',
      summary: 'Summary 11',
    }),
    ScopeMetrics: message({ scope: 'InstrumentationScope 1', metrics: 'repeated Metric 2' }),
    ResourceMetrics: message({ resource: 'Resource 1', scopeMetrics: 'repeated ScopeMetrics 2' }),
    ExportMetricsServiceRequest: request('ResourceMetrics', 'resourceMetrics'),
    PartialSuccess: message({ rejected: 'int64 1', errorMessage: 'string 2' }),
    ExportResponse: message({ partialSuccess: 'PartialSuccess 1' }),
    Any: message({ typeUrl: 'string 1', value: 'bytes 2' }),
    RpcStatus: message({ code: 'int32 1', message: 'string 2', details: 'repeated Any 3' }),
    Duration: message({ seconds: 'int64 1', nanos: 'int32 2' }),
    RetryInfo: message({ retryDelay: 'Duration 1' }),
  },
})

/** Encodes a message of the descriptor. */
export function encode(type: string, value: object): Buffer {
  const found = otlp.lookupType(type)
  return Buffer.from(found.encode(found.fromObject(value)).finish())
}

/** Decodes a message of the descriptor: bytes as Buffer, 64-bit integers as decimal strings, no defaults. */
export function decode(type: string, bytes: Uint8Array): Record<string, unknown> {
  const found = otlp.lookupType(type)
  return found.toObject(found.decode(bytes), { longs: String })
}
