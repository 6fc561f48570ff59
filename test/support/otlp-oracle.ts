import { keyOf, type OtlpRecord, RequestWalker, VALUE } from '@nightjar/otlp'
import { decode } from './otlp-descriptor.ts'

/** Known attribute keys of these tests. */
export const KEYS = ['test.a', 'test.b', 'gen_ai.tool.name', 'mcp.method.name', 'ключ']
/** Their numbers. */
export const ids = KEYS.map(keyOf)

type Value = Record<string, unknown>
type KeyValues = readonly { readonly key?: string; readonly value?: Value }[]

/** What a full decoder knows of a value, as JSON text. */
function oracleJson(value: Value | undefined): string {
  if (!value) return 'null'
  if (value.stringValue !== undefined) return JSON.stringify(value.stringValue)
  if (value.intValue !== undefined) return String(value.intValue)
  if (value.boolValue !== undefined) return String(value.boolValue)
  if (value.doubleValue !== undefined)
    return Number.isFinite(value.doubleValue) ? String(value.doubleValue) : 'null'
  if (value.bytesValue !== undefined)
    return JSON.stringify(Buffer.from(value.bytesValue as Uint8Array).toString('base64'))
  if (value.arrayValue) {
    const { values = [] } = value.arrayValue as { values?: Value[] }
    return `[${values.map(oracleJson).join(',')}]`
  }
  if (value.kvlistValue) {
    const { values = [] } = value.kvlistValue as { values?: KeyValues }
    const entries = values.map((kv) => `${JSON.stringify(kv.key ?? '')}:${oracleJson(kv.value)}`)
    return `{${entries.join(',')}}`
  }
  return 'null'
}

function oracleText(value: Value): string {
  if (value.stringValue !== undefined) return String(value.stringValue)
  if (value.bytesValue !== undefined)
    return Buffer.from(value.bytesValue as Uint8Array).toString('base64')
  if (value.doubleValue !== undefined) return String(value.doubleValue)
  return oracleJson(value)
}

function oracleAttributes(list: KeyValues = []) {
  const texts: Record<string, string> = {}
  for (const { key = '', value } of list)
    if (KEYS.includes(key) && value && Object.keys(value).length > 0) texts[key] = oracleText(value)
  return { count: list.length, texts }
}

function seenAttributes(set: OtlpRecord['attributes']) {
  const texts: Record<string, string> = {}
  KEYS.forEach((key, i) => {
    const keyId = ids[i] as number
    if (set.kindOf(keyId) !== VALUE.none) texts[key] = set.text(keyId)
  })
  return { count: set.count, texts }
}

/** Whole microseconds of nanoseconds, as exact as they go. */
export const micros = (ns: unknown) => Number(BigInt(String(ns ?? 0)) / 1000n)
const hex = (bytes: unknown) => {
  const text = bytes ? Buffer.from(bytes as Uint8Array).toString('hex') : ''
  return /^0*$/.test(text) ? '' : text
}
const hexIn = (record: OtlpRecord, at: number, width: number) =>
  at < 0 ? '' : Buffer.from(record.bytes.subarray(at, at + width)).toString('hex')

/** Everything a record says. */
export function seen(record: OtlpRecord) {
  const events: unknown[] = []
  record.eachEvent((event) => {
    events.push({ name: event.name, attributes: seenAttributes(event.attributes) })
  })
  return {
    traceId: hexIn(record, record.traceIdAt, 16),
    spanId: hexIn(record, record.spanIdAt, 8),
    parentSpanId: hexIn(record, record.parentSpanIdAt, 8),
    name: record.name(),
    kind: record.kind,
    timeUs: record.timeUs,
    endTimeUs: record.endTimeUs,
    observedTimeUs: record.observedTimeUs,
    statusCode: record.statusCode,
    statusMessage: record.statusMessage(),
    droppedAttributes: record.droppedAttributes,
    flags: record.flags,
    scopeName: record.scopeName(),
    scopeVersion: record.scopeVersion(),
    body: record.body(),
    resource: seenAttributes(record.resource),
    attributes: seenAttributes(record.attributes),
    events,
  }
}

// biome-ignore lint/suspicious/noExplicitAny: what a full decoder gives has no type
type Decoded = any

/** What a full decoder sees in a request, in the form of {@link seen}. */
export function oracle(signal: 'span' | 'log', bytes: Buffer) {
  const isSpan = signal === 'span'
  const request: Decoded = decode(
    isSpan ? 'ExportTraceServiceRequest' : 'ExportLogsServiceRequest',
    bytes,
  )
  const records: unknown[] = []
  for (const group of request[isSpan ? 'resourceSpans' : 'resourceLogs'] ?? [])
    for (const inner of group[isSpan ? 'scopeSpans' : 'scopeLogs'] ?? [])
      for (const record of inner[isSpan ? 'spans' : 'logRecords'] ?? [])
        records.push(oracleRecord(isSpan, group, inner, record))
  return records
}

function oracleRecord(isSpan: boolean, group: Decoded, inner: Decoded, record: Decoded) {
  return {
    traceId: hex(record.traceId),
    spanId: hex(record.spanId),
    parentSpanId: hex(record.parentSpanId),
    name: (isSpan ? record.name : record.eventName) ?? '',
    kind: (isSpan ? record.kind : record.severityNumber) ?? 0,
    timeUs: micros(isSpan ? record.startTimeUnixNano : record.timeUnixNano),
    endTimeUs: micros(record.endTimeUnixNano),
    observedTimeUs: micros(record.observedTimeUnixNano),
    statusCode: record.status?.code ?? 0,
    statusMessage: record.status?.message ?? '',
    droppedAttributes: record.droppedAttributesCount ?? 0,
    flags: record.flags ?? 0,
    scopeName: inner.scope?.name ?? '',
    scopeVersion: inner.scope?.version ?? '',
    body: record.body && Object.keys(record.body).length > 0 ? oracleText(record.body) : '',
    resource: oracleAttributes(group.resource?.attributes),
    attributes: oracleAttributes(record.attributes),
    events: (record.events ?? []).map((event: Decoded) => ({
      name: event.name ?? '',
      attributes: oracleAttributes(event.attributes),
    })),
  }
}

/** A walker with room for any test. */
export const walker = new RequestWalker(100_000)

/** What the walk sees in a request. */
export function walked(signal: 'span' | 'log', bytes: Uint8Array) {
  const records: unknown[] = []
  const result = walker.walk(signal, bytes, (record) => records.push(seen(record)))
  return { records, result }
}
