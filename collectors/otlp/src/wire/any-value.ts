import { VALUE } from '../record.ts'
import { malformed } from './malformed.ts'
import { expectWire, MAX_DEPTH, type Reader, WIRE } from './reader.ts'

/** What an AnyValue holds: one of VALUE, and where its content begins and ends. */
export interface ValueAt {
  kind: number
  start: number
  end: number
}

/** As `depth`: what is nested has been checked before and is passed over. */
export const CHECKED = -1

/**
 * Reads the AnyValue between the cursor and `end` into `into` and checks all that is nested in it. The last value set
 * wins, as protobuf says of a oneof; a variant we do not know is `none`.
 */
export function readAnyValue(reader: Reader, end: number, into: ValueAt, depth = 0): void {
  into.kind = VALUE.none
  into.start = into.end = reader.at
  while (reader.at < end) {
    const tag = reader.tag(end)
    const kind = tag >>> 3
    if (kind > VALUE.bytes) {
      reader.skip(tag, end)
      continue
    }
    readVariant(reader, tag, end, depth, into)
    into.kind = kind
  }
}

function readVariant(reader: Reader, tag: number, end: number, depth: number, into: ValueAt): void {
  switch (tag >>> 3) {
    case VALUE.bool:
    case VALUE.int:
      expectWire(tag, WIRE.varint)
      into.start = reader.at
      reader.varint(end)
      break
    case VALUE.double:
      expectWire(tag, WIRE.i64)
      into.start = reader.fixed(8, end)
      break
    default: {
      expectWire(tag, WIRE.len)
      const stop = reader.stop(end)
      const { at } = reader
      if (depth !== CHECKED) checkNested(reader, tag >>> 3, stop, depth + 1)
      into.start = at
      reader.at = stop
    }
  }
  into.end = reader.at
}

const nested: ValueAt = { kind: 0, start: 0, end: 0 }

// ArrayValue and KeyValueList alike hold their items in field 1.
function checkNested(reader: Reader, kind: number, end: number, depth: number): void {
  if (kind !== VALUE.array && kind !== VALUE.map) return
  if (depth > MAX_DEPTH) throw malformed('values nest too deep')
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag >>> 3 !== 1) {
      reader.skip(tag, end)
      continue
    }
    expectWire(tag, WIRE.len)
    const stop = reader.stop(end)
    if (kind === VALUE.array) readAnyValue(reader, stop, nested, depth)
    else checkKeyValue(reader, stop, depth)
  }
}

/** Checks the KeyValue between the cursor and `end` without keeping anything of it. */
export function checkKeyValue(reader: Reader, end: number, depth = 0): void {
  while (reader.at < end) {
    const tag = reader.tag(end)
    const field = tag >>> 3
    if (field > 2) {
      reader.skip(tag, end)
      continue
    }
    expectWire(tag, WIRE.len)
    const stop = reader.stop(end)
    if (field === 2) readAnyValue(reader, stop, nested, depth)
    reader.at = stop
  }
}
