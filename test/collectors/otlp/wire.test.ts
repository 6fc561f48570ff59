import { anyValueToJson, RequestWalker } from '@nightjar/otlp'
import protobuf from 'protobufjs'
import { expect, test } from 'vitest'
import { logs, span, traces } from '../../support/otlp.ts'
import { encode } from '../../support/otlp-descriptor.ts'
import { ids, micros, walked, walker } from '../../support/otlp-oracle.ts'

test('every truncation of a request is malformed or holds only whole records', () => {
  const bytes = traces(
    span({ attributes: [{ key: 'test.a', value: { stringValue: 'x' } }] }),
    span(),
  )
  for (let end = 1; end < bytes.length; end++)
    expect(() => walked('span', bytes.subarray(0, end)), `at ${end}`).toThrow('malformed')
  expect(walked('span', bytes.subarray(0, 0)).result.records).toBe(0)
  expect(walked('span', bytes).result.records).toBe(2)
})

/** Writes raw protobuf: pairs of tag and value, where bytes are length-delimited and numbers varints. */
function raw(...fields: readonly (readonly [tag: number, value: Uint8Array | number])[]): Buffer {
  const writer = protobuf.Writer.create()
  for (const [tag, value] of fields)
    if (typeof value === 'number') writer.uint32(tag).uint32(value)
    else writer.uint32(tag).bytes(value)
  return Buffer.from(writer.finish())
}
const group = (...records: Uint8Array[]) =>
  raw([0x0a, raw([0x12, raw(...records.map((r) => [0x12, r] as const))])])
const spanBytes = (fields: Readonly<Record<string, unknown>> = {}) => encode('Span', span(fields))

test.each([
  ['a varint of eleven bytes', Buffer.from('0affffffffffffffffffffff01', 'hex')],
  ['a varint beyond 64 bits', Buffer.from('0affffffffffffffffff02', 'hex')],
  ['field number zero', Buffer.from('0200', 'hex')],
  ['a tag beyond 32 bits', Buffer.from('8a8080808001' + '00', 'hex')],
  ['wire type six', Buffer.from('0e', 'hex')],
  ['a group that does not end', Buffer.from('1b', 'hex')],
  ['a group that did not begin', Buffer.from('1c', 'hex')],
  ['a group that ends as another', Buffer.from('1b24', 'hex')],
  ['resource groups as a number', raw([0x08, 1])],
  ['a resource as a number', raw([0x0a, raw([0x08, 1])])],
  ['an attribute as a number', raw([0x0a, raw([0x0a, raw([0x08, 1])])])],
  ['a key as a number', raw([0x0a, raw([0x0a, raw([0x0a, raw([0x08, 1])])])])],
  [
    'a string value as a number',
    group(Buffer.concat([spanBytes(), raw([0x4a, raw([0x12, raw([0x08, 1])])])])),
  ],
  [
    'a field longer than its span',
    group(Buffer.concat([spanBytes(), Buffer.from('2a7f61', 'hex')])),
  ],
  [
    'a status code as text',
    group(Buffer.concat([spanBytes(), raw([0x7a, raw([0x1a, Buffer.from('x')])])])),
  ],
])('%s is malformed', (_, bytes) => {
  expect(() => walked('span', bytes)).toThrow('malformed')
})

test('groups of unknown fields are passed over, but not without end', () => {
  const within = Buffer.concat([Buffer.from('a306081fa406', 'hex'), spanBytes()])
  expect(walked('span', group(within)).records).toHaveLength(1)
  expect(() => walked('span', Buffer.alloc(10_000, 0x1b))).toThrow('groups nest too deep')
})

test('a resource and a scope that come after their spans still describe them', () => {
  const attribute = encode('KeyValue', { key: 'test.a', value: { stringValue: 'late' } })
  const scopeSpans = raw([0x12, spanBytes()], [0x0a, raw([0x0a, Buffer.from('lib')])])
  const bytes = raw([0x0a, raw([0x12, scopeSpans], [0x0a, raw([0x0a, attribute])])])
  expect(walked('span', bytes).records).toMatchObject([
    { scopeName: 'lib', resource: { count: 1, texts: { 'test.a': 'late' } } },
  ])
})

test('a value before its key, and a key that comes twice, are filed', () => {
  const value = (text: string) => [0x12, encode('AnyValue', { stringValue: text })] as const
  const key = [0x0a, Buffer.from('test.a')] as const
  const bytes = Buffer.concat([
    spanBytes(),
    raw([0x4a, raw(value('one'), key)], [0x4a, raw(key, value('two'))]),
  ])
  expect(walked('span', group(bytes)).records).toMatchObject([
    { attributes: { count: 2, texts: { 'test.a': 'two' } } },
  ])
})

test('attributes of one record do not show in the next', () => {
  const bytes = traces(span({ attributes: [{ key: 'test.a', value: { intValue: 1 } }] }), span())
  expect(walked('span', bytes).records).toMatchObject([
    { attributes: { texts: { 'test.a': '1' } } },
    { attributes: { count: 0, texts: {} } },
  ])
})

test('spans without valid ids are rejected, one by one', () => {
  const bytes = traces(
    span(),
    span({ traceId: Buffer.alloc(0) }),
    span({ traceId: Buffer.alloc(16) }),
    span({ traceId: Buffer.alloc(24, 1) }),
    span({ spanId: Buffer.alloc(8) }),
    span({ spanId: Buffer.alloc(7, 1) }),
    span({ parentSpanId: Buffer.alloc(3, 1) }),
  )
  const { records, result } = walked('span', bytes)
  expect(result).toEqual({ records: 7, rejected: { ids: 5, shape: 0 } })
  expect(records).toHaveLength(2)
  expect(records[1]).toMatchObject({ parentSpanId: '' })
})

test('ids of another width in a log count as absent', () => {
  const { records } = walked(
    'log',
    logs({ traceId: Buffer.alloc(4, 1), spanId: Buffer.alloc(8, 2) }),
  )
  expect(records).toMatchObject([{ traceId: '', spanId: '0202020202020202' }])
})

test('logs where spans belong are rejected, and spans where logs belong', () => {
  const record = {
    timeUnixNano: '1795000000123456789',
    body: { stringValue: 'x' },
    traceId: Buffer.alloc(16, 1),
  }
  const asSpans = walked(
    'span',
    logs(record, { observedTimeUnixNano: '1795000000123456789', severityNumber: 9 }),
  )
  expect(asSpans).toEqual({ records: [], result: { records: 2, rejected: { ids: 0, shape: 2 } } })
  const asLogs = walked('log', traces(span()))
  expect(asLogs).toEqual({ records: [], result: { records: 1, rejected: { ids: 0, shape: 1 } } })
})

test('values may nest sixty-four deep and no deeper', () => {
  const nested = (depth: number) => {
    let value: Buffer = encode('AnyValue', { stringValue: 'x' })
    for (let i = 0; i < depth; i++) value = raw([0x2a, raw([0x0a, value])])
    return value
  }
  const within = (value: Buffer) =>
    group(Buffer.concat([spanBytes(), raw([0x4a, raw([0x0a, Buffer.from('any')], [0x12, value])])]))
  expect(walked('span', within(nested(64))).records).toHaveLength(1)
  expect(() => walked('span', within(nested(65)))).toThrow('values nest too deep')
  expect(() => walked('span', within(nested(10_000)))).toThrow('values nest too deep')
  expect(anyValueToJson(nested(64), 0, nested(64).length)).toBe(
    `${'['.repeat(64)}"x"${']'.repeat(64)}`,
  )
})

test('microseconds are exact where a double of nanoseconds would not be', () => {
  for (const ns of [
    '1795000000123456789',
    '1795000000999999999',
    '1',
    '999',
    '1000',
    '4294967296000',
    '9007199254740991999',
  ])
    expect(walked('span', traces(span({ startTimeUnixNano: ns }))).records).toMatchObject([
      { timeUs: micros(ns) },
    ])
})

test('attributes beyond the bound are not filed and count as dropped', () => {
  const attributes = Array.from({ length: 1030 }, (_, i) => ({
    key: i === 1029 ? 'test.a' : `k${i}`,
    value: { intValue: i },
  }))
  const bytes = traces(span({ attributes, droppedAttributesCount: 2 }))
  expect(walked('span', bytes).records).toMatchObject([
    { droppedAttributes: 8, attributes: { count: 1030, texts: {} } },
  ])
})

test('more records than a request may hold are refused whole', () => {
  const small = new RequestWalker(2)
  expect(() => small.walk('span', traces(span(), span(), span()), () => undefined)).toThrow(
    'too large',
  )
})

test('a number is read from an int, a double or text, and nothing else', () => {
  const values = [
    [{ intValue: '-5' }, -5],
    [{ intValue: '1234567890123' }, 1234567890123],
    [{ intValue: 300 }, 300],
    [{ doubleValue: 0.5 }, 0.5],
    [{ stringValue: '42' }, 42],
    [{ stringValue: ' ' }, Number.NaN],
    [{ boolValue: true }, Number.NaN],
  ] as const
  const a = ids[0] as number
  for (const [value, expected] of values)
    walker.walk('span', traces(span({ attributes: [{ key: 'test.a', value }] })), (record) =>
      expect(record.attributes.number(a)).toBe(expected),
    )
})

test('a boolean is read from a bool or its text, and nothing else', () => {
  const a = ids[0] as number
  const values = [
    [{ boolValue: true }, true],
    [{ boolValue: false }, false],
    [{ stringValue: 'false' }, false],
    [{ stringValue: 'yes' }, undefined],
    [{ intValue: 1 }, undefined],
  ] as const
  for (const [value, expected] of values)
    walker.walk('span', traces(span({ attributes: [{ key: 'test.a', value }] })), (record) =>
      expect(record.attributes.bool(a)).toBe(expected),
    )
})
