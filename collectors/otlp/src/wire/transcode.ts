import { VALUE } from '../record.ts'
import { type JsonField, KEY_VALUE, REQUESTS } from './json-schema.ts'
import { malformed } from './malformed.ts'
import { MAX_DEPTH } from './reader.ts'
import { ProtoWriter } from './writer.ts'

type Json = Readonly<Record<string, unknown>>

const HEX = /^[0-9a-fA-F]*$/
const UINT = /^\d{1,20}$/
const INT = /^-?\d{1,19}$/
const MAX_UINT64 = (1n << 64n) - 1n
// Not the width of any id, so the walk rejects the record that carries it.
const NO_ID = Uint8Array.of(0)

/**
 * The protobuf bytes of an OTLP/JSON request, strictly: ids in hex, lowerCamelCase names, enums as numbers, attributes
 * as a list. Unknown fields are left out. Throws `OTLP_MALFORMED` with the name of the field that is wrong.
 */
export function transcodeJson(signal: keyof typeof REQUESTS, body: Buffer): Buffer {
  const text = body.toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch {
    // The parser's message quotes the content.
    throw malformed('the body is not JSON')
  }
  const writer = new ProtoWriter(body.length + 64)
  writeFields(writer, REQUESTS[signal], objectOf(value, 'the body'), 0)
  return writer.finish()
}

function objectOf(value: unknown, name: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
  throw malformed(`${name} is not an object`)
}

function writeFields(
  writer: ProtoWriter,
  fields: readonly JsonField[],
  object: Json,
  depth: number,
): void {
  for (const field of fields) {
    const value = object[field.name]
    if (value === undefined || value === null) continue
    if (field.many) writeList(writer, field, value, depth)
    else writeField(writer, field, value, depth)
  }
}

function writeList(writer: ProtoWriter, field: JsonField, value: unknown, depth: number): void {
  if (!Array.isArray(value)) {
    const hint = field.message === KEY_VALUE ? ' of {"key", "value"} objects' : ''
    throw malformed(`${field.name} is not a list${hint}`)
  }
  for (const item of value) writeField(writer, field, item, depth)
}

function writeField(writer: ProtoWriter, field: JsonField, value: unknown, depth: number): void {
  const { name, number } = field
  switch (field.type) {
    case 'message': {
      const start = writer.begin(number)
      writeFields(writer, field.message ?? [], objectOf(value, name), depth)
      writer.end(start)
      return
    }
    case 'any': {
      const start = writer.begin(number)
      writeAnyValue(writer, objectOf(value, name), depth)
      writer.end(start)
      return
    }
    case 'string':
      writer.string(number, stringOf(value, name))
      return
    case 'id16':
      writer.bytes(number, idOf(value, 16))
      return
    case 'id8':
      writer.bytes(number, idOf(value, 8))
      return
    case 'enum':
      if (!Number.isInteger(value)) throw malformed(`${name} is not a number`)
      writer.int64(number, BigInt(value as number))
      return
    case 'uint32':
      writer.uint(number, uint32Of(value, name))
      return
    case 'fixed32':
      writer.fixed32(number, uint32Of(value, name))
      return
    case 'fixed64':
      writer.fixed64(number, uint64Of(value, name))
  }
}

function stringOf(value: unknown, name: string): string {
  if (typeof value !== 'string') throw malformed(`${name} is not a string`)
  return value
}

/** OTLP/JSON has ids in hex, unlike proto3 JSON; one that is not hex is the record's fault, not the request's. */
function idOf(value: unknown, width: number): Uint8Array {
  if (value === '') return new Uint8Array(0)
  if (typeof value !== 'string' || value.length !== width * 2 || !HEX.test(value)) return NO_ID
  return Buffer.from(value, 'hex')
}

function uint64Of(value: unknown, name: string): bigint {
  const whole =
    typeof value === 'string' && UINT.test(value)
      ? BigInt(value)
      : typeof value === 'number' && Number.isInteger(value) && value >= 0
        ? BigInt(value)
        : -1n
  if (whole < 0n || whole > MAX_UINT64) throw malformed(`${name} is not an unsigned 64-bit integer`)
  return whole
}

function uint32Of(value: unknown, name: string): number {
  const whole = uint64Of(value, name)
  if (whole > 0xffffffffn) throw malformed(`${name} is not an unsigned 32-bit integer`)
  return Number(whole)
}

function int64Of(value: unknown): bigint {
  const whole =
    typeof value === 'string' && INT.test(value)
      ? BigInt(value)
      : typeof value === 'number' && Number.isInteger(value)
        ? BigInt(value)
        : undefined
  if (whole === undefined || BigInt.asIntN(64, whole) !== whole)
    throw malformed('intValue is not a 64-bit integer')
  return whole
}

function doubleOf(value: unknown): number {
  if (typeof value === 'number') return value
  if (value === 'NaN') return Number.NaN
  if (value === 'Infinity') return Number.POSITIVE_INFINITY
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY
  if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)))
    return Number(value)
  throw malformed('doubleValue is not a number')
}

function boolOf(value: unknown): number {
  if (typeof value !== 'boolean') throw malformed('boolValue is not a boolean')
  return value ? 1 : 0
}

function writeAnyValue(writer: ProtoWriter, value: Json, depth: number): void {
  if (isSet(value.stringValue))
    writer.string(VALUE.string, stringOf(value.stringValue, 'stringValue'))
  else if (isSet(value.intValue)) writer.int64(VALUE.int, int64Of(value.intValue))
  else if (isSet(value.boolValue)) writer.uint(VALUE.bool, boolOf(value.boolValue))
  else if (isSet(value.doubleValue)) writer.double(VALUE.double, doubleOf(value.doubleValue))
  else if (isSet(value.arrayValue))
    writeValues(writer, VALUE.array, objectOf(value.arrayValue, 'arrayValue'), depth + 1)
  else if (isSet(value.kvlistValue))
    writeValues(writer, VALUE.map, objectOf(value.kvlistValue, 'kvlistValue'), depth + 1)
  else if (isSet(value.bytesValue))
    writer.bytesFrom(VALUE.bytes, stringOf(value.bytesValue, 'bytesValue'), 'base64')
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null

const ARRAY_ITEMS: JsonField = { name: 'values', number: 1, type: 'any', many: true }
const MAP_ITEMS: JsonField = {
  name: 'values',
  number: 1,
  type: 'message',
  message: KEY_VALUE,
  many: true,
}

function writeValues(writer: ProtoWriter, kind: number, list: Json, depth: number): void {
  if (depth > MAX_DEPTH) throw malformed('values nest too deep')
  const start = writer.begin(kind)
  const items = list.values
  if (isSet(items)) writeList(writer, kind === VALUE.array ? ARRAY_ITEMS : MAP_ITEMS, items, depth)
  writer.end(start)
}
