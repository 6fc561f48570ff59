import { VALUE } from '../record.ts'
import { CHECKED, readAnyValue, type ValueAt } from './any-value.ts'
import { Reader } from './reader.ts'

/**
 * The AnyValue in `bytes[start .. end)` as JSON text: maps as objects in their order, 64-bit integers exact, bytes as
 * base64, and `null` for no value, NaN and infinities. Bounded by the length and depth of the value; throws
 * `OTLP_MALFORMED` for bytes the walk has not accepted.
 */
export function anyValueToJson(bytes: Uint8Array, start: number, end: number): string {
  const reader = new Reader()
  reader.reset(bytes)
  reader.at = start
  const value: ValueAt = { kind: VALUE.none, start, end: start }
  readAnyValue(reader, end, value)
  return valueToJson(bytes, value.kind, value.start, value.end)
}

/** The same for a value as an AttributeSet files it: its kind, and where its content is. */
export function valueToJson(bytes: Uint8Array, kind: number, start: number, end: number): string {
  const reader = new Reader()
  reader.reset(bytes)
  const out: string[] = []
  writeContent(reader, { kind, start, end }, out)
  return out.join('')
}

/** A scalar as plain text; integers exact, bytes as base64. */
export function scalarText(bytes: Buffer, kind: number, start: number, end: number): string {
  switch (kind) {
    case VALUE.string:
      return bytes.toString('utf8', start, end)
    case VALUE.bool:
      return intOf(bytes, start, end) === 0n ? 'false' : 'true'
    case VALUE.int:
      return String(intOf(bytes, start, end))
    case VALUE.double:
      return String(bytes.readDoubleLE(start))
    case VALUE.bytes:
      return bytes.toString('base64', start, end)
    default:
      return ''
  }
}

/** The signed 64-bit integer of a varint. */
export function intOf(bytes: Uint8Array, start: number, end: number): bigint {
  let value = 0n
  for (let i = end - 1; i >= start; i--) value = (value << 7n) | BigInt((bytes[i] as number) & 127)
  return BigInt.asIntN(64, value)
}

/** The same as a number, without a BigInt where four bytes or fewer hold it. */
export function intNumber(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 4) return Number(intOf(bytes, start, end))
  let value = 0
  for (let i = end - 1; i >= start; i--) value = (value << 7) | ((bytes[i] as number) & 127)
  return value
}

function writeContent(reader: Reader, value: ValueAt, out: string[]): void {
  const { bytes } = reader
  const { kind, start, end } = value
  if (kind === VALUE.array) writeArray(reader, start, end, out)
  else if (kind === VALUE.map) writeMap(reader, start, end, out)
  else if (kind === VALUE.none) out.push('null')
  else if (kind === VALUE.double) {
    const number = bytes.readDoubleLE(start)
    out.push(Number.isFinite(number) ? String(number) : 'null')
  } else {
    const text = scalarText(bytes, kind, start, end)
    out.push(kind === VALUE.int || kind === VALUE.bool ? text : JSON.stringify(text))
  }
}

function writeArray(reader: Reader, start: number, end: number, out: string[]): void {
  out.push('[')
  let first = true
  reader.at = start
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag !== 0x0a) {
      reader.skip(tag, end)
      continue
    }
    if (!first) out.push(',')
    first = false
    writeValue(reader, reader.stop(end), out)
  }
  out.push(']')
}

// Keys are written as they come, `__proto__` too: this makes text, not an object.
function writeMap(reader: Reader, start: number, end: number, out: string[]): void {
  out.push('{')
  let first = true
  reader.at = start
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag !== 0x0a) {
      reader.skip(tag, end)
      continue
    }
    if (!first) out.push(',')
    first = false
    writeEntry(reader, reader.stop(end), out)
  }
  out.push('}')
}

function writeEntry(reader: Reader, end: number, out: string[]): void {
  let key = ''
  let from = -1
  let to = -1
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag !== 0x0a && tag !== 0x12) {
      reader.skip(tag, end)
      continue
    }
    const stop = reader.stop(end)
    if (tag === 0x0a) key = reader.bytes.toString('utf8', reader.at, stop)
    else {
      from = reader.at
      to = stop
    }
    reader.at = stop
  }
  out.push(JSON.stringify(key), ':')
  if (from < 0) out.push('null')
  else {
    reader.at = from
    writeValue(reader, to, out)
    reader.at = end
  }
}

function writeValue(reader: Reader, end: number, out: string[]): void {
  const value: ValueAt = { kind: VALUE.none, start: reader.at, end: reader.at }
  readAnyValue(reader, end, value, CHECKED)
  writeContent(reader, value, out)
  reader.at = end
}
