/** How a field of OTLP/JSON becomes a field of protobuf. `message` names a message, `many` says it is a list. */
export interface JsonField {
  readonly name: string
  readonly number: number
  readonly type:
    | 'string'
    | 'id16'
    | 'id8'
    | 'enum'
    | 'uint32'
    | 'fixed32'
    | 'fixed64'
    | 'any'
    | 'message'
  readonly message?: readonly JsonField[]
  readonly many?: boolean
}

const field = (name: string, number: number, type: JsonField['type']): JsonField => ({
  name,
  number,
  type,
})
const one = (name: string, number: number, message: readonly JsonField[]): JsonField => ({
  ...field(name, number, 'message'),
  message,
})
const many = (name: string, number: number, message: readonly JsonField[]): JsonField => ({
  ...one(name, number, message),
  many: true,
})

/** KeyValue, also of a kvlistValue. */
export const KEY_VALUE: readonly JsonField[] = [field('key', 1, 'string'), field('value', 2, 'any')]

const RESOURCE = [many('attributes', 1, KEY_VALUE), field('droppedAttributesCount', 2, 'uint32')]

const SCOPE = [
  field('name', 1, 'string'),
  field('version', 2, 'string'),
  many('attributes', 3, KEY_VALUE),
]

const EVENT = [
  field('timeUnixNano', 1, 'fixed64'),
  field('name', 2, 'string'),
  many('attributes', 3, KEY_VALUE),
  field('droppedAttributesCount', 4, 'uint32'),
]

const SPAN = [
  field('traceId', 1, 'id16'),
  field('spanId', 2, 'id8'),
  field('parentSpanId', 4, 'id8'),
  field('name', 5, 'string'),
  field('kind', 6, 'enum'),
  field('startTimeUnixNano', 7, 'fixed64'),
  field('endTimeUnixNano', 8, 'fixed64'),
  many('attributes', 9, KEY_VALUE),
  field('droppedAttributesCount', 10, 'uint32'),
  many('events', 11, EVENT),
  one('status', 15, [field('message', 2, 'string'), field('code', 3, 'enum')]),
  field('flags', 16, 'fixed32'),
]

const LOG = [
  field('timeUnixNano', 1, 'fixed64'),
  field('severityNumber', 2, 'enum'),
  field('body', 5, 'any'),
  many('attributes', 6, KEY_VALUE),
  field('droppedAttributesCount', 7, 'uint32'),
  field('flags', 8, 'fixed32'),
  field('traceId', 9, 'id16'),
  field('spanId', 10, 'id8'),
  field('observedTimeUnixNano', 11, 'fixed64'),
  field('eventName', 12, 'string'),
]

// A metric is only counted, so its data points need no fields.
const KIND = [many('dataPoints', 1, [])]
const METRIC = [
  one('gauge', 5, KIND),
  one('sum', 7, KIND),
  one('histogram', 9, KIND),
  one('exponentialHistogram', 10, KIND),
  one('summary', 11, KIND),
]

// Records sent to another signal's path arrive there in protobuf as records of the wrong shape; here they are made so.
const MISPLACED_LOG = [field('timeUnixNano', 1, 'fixed64')]
const MISPLACED_SPAN = [field('traceId', 1, 'id16')]

const group = (groups: string, scopes: string, records: JsonField): JsonField =>
  many(groups, 1, [
    one('resource', 1, RESOURCE),
    many(scopes, 2, [one('scope', 1, SCOPE), records]),
  ])

/** The Export request of each signal: names, numbers and types of the fields that are read, as the OTLP spec has them. */
export const REQUESTS = {
  traces: [
    group('resourceSpans', 'scopeSpans', many('spans', 2, SPAN)),
    group('resourceLogs', 'scopeLogs', many('logRecords', 2, MISPLACED_LOG)),
  ],
  logs: [
    group('resourceLogs', 'scopeLogs', many('logRecords', 2, LOG)),
    group('resourceSpans', 'scopeSpans', many('spans', 2, MISPLACED_SPAN)),
  ],
  metrics: [group('resourceMetrics', 'scopeMetrics', many('metrics', 2, METRIC))],
} as const
