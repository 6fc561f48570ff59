import fc from 'fast-check'
import { KEYS } from './otlp-oracle.ts'

const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.record({ stringValue: fc.string({ unit: 'grapheme' }) }),
    fc.record({ intValue: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String) }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ doubleValue: fc.double() }),
    fc.record({ bytesValue: fc.uint8Array({ maxLength: 20 }).map((b) => Buffer.from(b)) }),
    fc.constant({}),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie('value'), { maxLength: 4 }) }) }),
    fc.record({
      kvlistValue: fc.record({
        values: fc.array(fc.record({ key: fc.string(), value: tie('value') }), { maxLength: 4 }),
      }),
    }),
  ),
}))

const keyValue = fc.record(
  { key: fc.oneof(fc.constantFrom(...KEYS), fc.string({ unit: 'grapheme' })), value: anyValue },
  { requiredKeys: ['key'] },
)
const attributes = fc.array(keyValue, { maxLength: 12 })
const nanos = fc.bigInt({ min: 0n, max: 2n ** 62n }).map(String)
const id = (width: number) =>
  fc.uint8Array({ minLength: width, maxLength: width }).map((b) => Buffer.from(b))
const text = fc.string({ unit: 'grapheme', maxLength: 80 })
const scope = fc.record({ name: text, version: text, attributes })

const anySpan = fc.record(
  {
    traceId: id(16),
    spanId: id(8),
    parentSpanId: id(8),
    traceState: text,
    name: text,
    kind: fc.nat(5),
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
    attributes,
    droppedAttributesCount: fc.nat(),
    events: fc.array(fc.record({ name: text, timeUnixNano: nanos, attributes }), { maxLength: 3 }),
    links: fc.array(fc.record({ traceId: id(16), spanId: id(8), attributes }), { maxLength: 2 }),
    status: fc.record({ message: text, code: fc.nat(2) }),
    flags: fc.nat(),
  },
  { requiredKeys: ['traceId', 'spanId'] },
)
const anyLog = fc.record(
  {
    timeUnixNano: nanos,
    observedTimeUnixNano: nanos,
    severityNumber: fc.nat(24),
    severityText: text,
    body: anyValue,
    attributes,
    droppedAttributesCount: fc.nat(),
    flags: fc.nat(),
    traceId: id(16),
    spanId: id(8),
    eventName: text,
  },
  { requiredKeys: [] },
)
/** Any trace request, as protobufjs takes it. */
export const traceRequest = fc.record({
  resourceSpans: fc.array(
    fc.record({
      resource: fc.record({ attributes }),
      scopeSpans: fc.array(fc.record({ scope, spans: fc.array(anySpan, { maxLength: 5 }) }), {
        maxLength: 3,
      }),
    }),
    { maxLength: 3 },
  ),
})
/** Any log request, as protobufjs takes it. */
export const logRequest = fc.record({
  resourceLogs: fc.array(
    fc.record({
      resource: fc.record({ attributes }),
      scopeLogs: fc.array(fc.record({ scope, logRecords: fc.array(anyLog, { maxLength: 5 }) }), {
        maxLength: 3,
      }),
    }),
    { maxLength: 3 },
  ),
})
