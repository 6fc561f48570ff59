import { checkKeyValue } from './any-value.ts'
import { expectWire, type Reader, WIRE } from './reader.ts'
import type { RecordView } from './record-view.ts'

// Wire types of Span's fields 1 to 16 (opentelemetry/proto/trace/v1).
const WIRES = [-1, 2, 2, 2, 2, 2, 0, 1, 1, 2, 0, 2, 0, 2, 0, 2, 5]

/**
 * Reads the Span between the cursor and `end` into the view. False when a field does not have the wire type a Span
 * gives it, as when logs were posted where spans belong: the messages around them have the same field numbers.
 */
export function readSpan(reader: Reader, end: number, view: RecordView): boolean {
  while (reader.at < end) {
    const tag = reader.tag(end)
    switch (tag) {
      case 0x0a:
        view.traceIdAt = readId(reader, end, 16)
        break
      case 0x12:
        view.spanIdAt = readId(reader, end, 8)
        break
      case 0x22:
        view.parentSpanIdAt = readId(reader, end, 8)
        break
      case 0x2a: {
        const stop = reader.stop(end)
        view.nameText.set(reader.at, stop)
        reader.at = stop
        break
      }
      case 0x39:
        view.timeUs = reader.micros(reader.fixed(8, end))
        break
      case 0x41:
        view.endTimeUs = reader.micros(reader.fixed(8, end))
        break
      case 0x4a:
        view.attributes.file(reader, reader.stop(end))
        break
      default:
        if (!readRare(reader, tag, end, view)) return false
    }
  }
  return true
}

function readRare(reader: Reader, tag: number, end: number, view: RecordView): boolean {
  const field = tag >>> 3
  if (field <= 16 && WIRES[field] !== (tag & 7)) return false
  switch (field) {
    case 6:
      view.kind = enumOf(reader.varint(end))
      break
    case 10:
      view.dropped = reader.varint(end)
      break
    case 11:
      checkEvent(reader, reader.stop(end))
      break
    case 15:
      readStatus(reader, reader.stop(end), view)
      break
    case 16:
      view.flags = reader.bytes.readUInt32LE(reader.fixed(4, end))
      break
    default:
      reader.skip(tag, end)
  }
  return true
}

/** Start of an id of `width` bytes; -1 for one of another width or of zeros alone. */
export function readId(reader: Reader, end: number, width: number): number {
  const stop = reader.stop(end)
  const { at, bytes } = reader
  reader.at = stop
  if (stop - at !== width) return -1
  for (let i = at; i < stop; i++) if (bytes[i] !== 0) return at
  return -1
}

/** A small whole number; 0 where a sender means something we do not know. */
export function enumOf(value: number): number {
  return value <= 0x7fffffff ? value : 0
}

function readStatus(reader: Reader, end: number, view: RecordView): void {
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag >>> 3 === 2) {
      expectWire(tag, WIRE.len)
      const stop = reader.stop(end)
      view.statusText.set(reader.at, stop)
      reader.at = stop
    } else if (tag >>> 3 === 3) {
      expectWire(tag, WIRE.varint)
      view.statusCode = enumOf(reader.varint(end))
    } else reader.skip(tag, end)
  }
}

function checkEvent(reader: Reader, end: number): void {
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag >>> 3 === 2) {
      expectWire(tag, WIRE.len)
      reader.at = reader.stop(end)
    } else if (tag >>> 3 === 3) {
      expectWire(tag, WIRE.len)
      checkKeyValue(reader, reader.stop(end))
    } else reader.skip(tag, end)
  }
}
