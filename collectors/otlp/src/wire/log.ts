import type { Reader } from './reader.ts'
import { type RecordView, readBody } from './record-view.ts'
import { enumOf, readId } from './span.ts'

// Wire types of LogRecord's fields 1 to 12 (opentelemetry/proto/logs/v1); 4 is reserved.
const WIRES = [-1, 1, 0, 2, -1, 2, 2, 0, 5, 2, 2, 1, 2]

/**
 * Reads the LogRecord between the cursor and `end` into the view. False when a field does not have the wire type a
 * LogRecord gives it. Ids of another width count as absent, since a log needs none.
 */
export function readLog(reader: Reader, end: number, view: RecordView): boolean {
  while (reader.at < end) {
    const tag = reader.tag(end)
    const field = tag >>> 3
    if (field > 12 || field === 4) {
      reader.skip(tag, end)
      continue
    }
    if (WIRES[field] !== (tag & 7)) return false
    readField(reader, field, end, view)
  }
  return true
}

function readField(reader: Reader, field: number, end: number, view: RecordView): void {
  switch (field) {
    case 1:
      view.timeUs = reader.micros(reader.fixed(8, end))
      break
    case 2:
      view.kind = enumOf(reader.varint(end))
      break
    case 5:
      readBody(reader, reader.stop(end), view)
      break
    case 6:
      view.attributes.file(reader, reader.stop(end))
      break
    case 7:
      view.dropped = reader.varint(end)
      break
    case 8:
      view.flags = reader.bytes.readUInt32LE(reader.fixed(4, end))
      break
    case 9:
      view.traceIdAt = readId(reader, end, 16)
      break
    case 10:
      view.spanIdAt = readId(reader, end, 8)
      break
    case 11:
      view.observedTimeUs = reader.micros(reader.fixed(8, end))
      break
    default: {
      const stop = reader.stop(end)
      if (field === 12) view.nameText.set(reader.at, stop)
      reader.at = stop
    }
  }
}
