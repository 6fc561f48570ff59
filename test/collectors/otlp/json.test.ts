import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { transcodeJson } from '@nightjar/otlp'
import { describe, expect, test } from 'vitest'
import { jsonSpan, jsonTraces } from '../../support/otlp.ts'
import { oracle, walked } from '../../support/otlp-oracle.ts'

const seenIn = (json: string, signal: 'traces' | 'logs' = 'traces') =>
  walked(signal === 'traces' ? 'span' : 'log', transcodeJson(signal, Buffer.from(json)))

test('ids are hex in either case, and base64 ids cost only their span', () => {
  const upper = { traceId: 'ABCDEF0123456789ABCDEF0123456789', spanId: 'ABCDEF0123456789' }
  const base64 = { traceId: 'q83vASNFZ4mrze8BI0VniQ==', spanId: 'q83vASNFZ4k=' }
  const { records, result } = seenIn(
    jsonTraces(jsonSpan(upper), jsonSpan(base64), jsonSpan({ parentSpanId: '' })),
  )
  expect(result.rejected).toEqual({ ids: 1, shape: 0 })
  expect(records).toMatchObject([
    { traceId: upper.traceId.toLowerCase(), spanId: upper.spanId.toLowerCase() },
    { parentSpanId: '' },
  ])
})

test('64-bit integers come as text or number', () => {
  const spans = [
    jsonSpan({ startTimeUnixNano: '1795000000123456789' }),
    jsonSpan({ startTimeUnixNano: 1795000000123456000 }),
    jsonSpan({ attributes: [{ key: 'test.a', value: { intValue: '-9223372036854775808' } }] }),
    jsonSpan({ attributes: [{ key: 'test.a', value: { intValue: -42 } }] }),
  ]
  expect(seenIn(jsonTraces(...spans)).records).toMatchObject([
    { timeUs: 1795000000123456 },
    { timeUs: 1795000000123456 },
    { attributes: { texts: { 'test.a': '-9223372036854775808' } } },
    { attributes: { texts: { 'test.a': '-42' } } },
  ])
})

test('unknown fields and snake_case names are passed over', () => {
  const span = { ...jsonSpan({ name: 'right' }), span_id: 'x', start_time_unix_nano: [], novel: {} }
  expect(seenIn(jsonTraces(span)).records).toMatchObject([{ name: 'right' }])
  expect(seenIn('{"resource_spans":[{}]}').result.records).toBe(0)
})

test('keys that would pollute a prototype are keys like any other', () => {
  const json = jsonTraces(jsonSpan()).replace(
    '"name"',
    '"__proto__":{"name":"polluted"},"constructor":{"prototype":{"polluted":1}},"name"',
  )
  expect(seenIn(json).records).toMatchObject([{ name: 'tools/call' }])
  const nameless = jsonTraces(jsonSpan()).replace('"name":"tools/call"', '"__proto__":{"name":"x"}')
  expect(seenIn(nameless).records).toMatchObject([{ name: '' }])
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('a byte order mark before the text is passed over', () => {
  expect(seenIn(`\ufeff${jsonTraces(jsonSpan())}`).records).toHaveLength(1)
})

test('records sent to another signal are rejected, not lost in silence', () => {
  const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: '1' }, {}] }] }] }
  expect(seenIn(JSON.stringify(logs)).result).toMatchObject({ rejected: { shape: 1, ids: 1 } })
  expect(seenIn(jsonTraces(jsonSpan()), 'logs').result.rejected).toMatchObject({ shape: 1 })
})

const span = (fields: Readonly<Record<string, unknown>>) => jsonTraces(jsonSpan(fields))
const attribute = (value: unknown) => span({ attributes: [{ key: 'test.a', value }] })

test.each([
  ['text that is not JSON', '{', 'the body is not JSON'],
  ['a list', '[]', 'the body is not an object'],
  ['null', 'null', 'the body is not an object'],
  ['groups as an object', '{"resourceSpans":{}}', 'resourceSpans is not a list'],
  ['a group as a number', '{"resourceSpans":[1]}', 'resourceSpans is not an object'],
  [
    'attributes as an object',
    span({ attributes: { 'test.a': 'x' } }),
    'attributes is not a list of {"key", "value"} objects',
  ],
  ['a bare attribute value', attribute('x'), 'value is not an object'],
  ['a name as a number', span({ name: 1 }), 'name is not a string'],
  ['an enum by name', span({ kind: 'SPAN_KIND_CLIENT' }), 'kind is not a number'],
  ['a negative time', span({ startTimeUnixNano: '-1' }), 'startTimeUnixNano is not an unsigned'],
  [
    'a time beyond 64 bits',
    span({ startTimeUnixNano: '18446744073709551616' }),
    'is not an unsigned',
  ],
  ['a time in words', span({ startTimeUnixNano: 'now' }), 'is not an unsigned'],
  ['a fraction of a time', span({ startTimeUnixNano: 1.5 }), 'is not an unsigned'],
  ['an integer with a fraction', attribute({ intValue: 1.5 }), 'intValue is not a 64-bit integer'],
  ['an integer beyond 64 bits', attribute({ intValue: '9223372036854775808' }), 'intValue'],
  ['a boolean in words', attribute({ boolValue: 'true' }), 'boolValue is not a boolean'],
  ['a double in words', attribute({ doubleValue: 'much' }), 'doubleValue is not a number'],
  ['an array without values', attribute({ arrayValue: [] }), 'arrayValue is not an object'],
  ['flags beyond 32 bits', span({ flags: 2 ** 32 }), 'flags is not an unsigned 32-bit integer'],
])('%s is malformed, and the message says where', (_, json, message) => {
  expect(() => seenIn(json)).toThrow(message)
})

test('an error never quotes the content', () => {
  const json = `{"resourceSpans": "correct-horse" `
  expect(() => seenIn(json)).toThrow(/^(?!.*correct-horse)/)
})

test('values may nest sixty-four deep and no deeper, however deep the JSON is', () => {
  const nested = (depth: number) =>
    attribute('VALUE').replace(
      '"VALUE"',
      `${'{"arrayValue":{"values":['.repeat(depth)}{"intValue":1}${']}}'.repeat(depth)}`,
    )
  expect(seenIn(nested(64)).records).toHaveLength(1)
  expect(() => seenIn(nested(65))).toThrow('values nest too deep')
  expect(() => seenIn(nested(100_000))).toThrow('malformed')
  expect(() => seenIn(`{"resourceSpans":${'['.repeat(1_000_000)}`)).toThrow('malformed')
})

const recordings = resolve(import.meta.dirname, '../../../../shared/data/emitters')

describe.skipIf(!existsSync(recordings))('recordings of real emitters', () => {
  const files = existsSync(recordings)
    ? readdirSync(recordings, { recursive: true, encoding: 'utf8' }).filter(
        (file) => /(traces|logs)-[^/]*\.pb$/.test(file) && existsSync(join(recordings, file)),
      )
    : []

  test('are there', () => expect(files.length).toBeGreaterThan(20))

  test.each(files)('%s shows the same records in both encodings', (file) => {
    const signal = file.includes('traces-') ? 'span' : 'log'
    const bytes = readFileSync(join(recordings, file))
    const fromBytes = walked(signal, bytes)
    expect(fromBytes.records).toEqual(oracle(signal, bytes))
    const json = readFileSync(join(recordings, file.replace(/\.pb$/, '.json')))
    const transcoded = transcodeJson(signal === 'span' ? 'traces' : 'logs', json)
    expect(walked(signal, transcoded)).toEqual(fromBytes)
  })
})
