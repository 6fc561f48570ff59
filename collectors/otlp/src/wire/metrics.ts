import { expectWire, Reader, WIRE } from './reader.ts'

// Metric's kinds: gauge, sum, histogram, exponential histogram, summary; each holds its data points in field 1.
const KINDS = new Set([5, 7, 9, 10, 11])

/**
 * Number of data points in an ExportMetricsServiceRequest. Metrics are not kept: they name tools only in sums. Throws
 * `OTLP_MALFORMED` when the frame down to the data points is not in order.
 */
export function countDataPoints(bytes: Uint8Array): number {
  const reader = new Reader()
  reader.reset(bytes)
  let points = 0
  const count = () => {
    points += 1
  }
  const kind = (end: number) => eachMessage(reader, end, isFirst, count)
  const metric = (end: number) => eachMessage(reader, end, isKind, kind)
  const scope = (end: number) => eachMessage(reader, end, isSecond, metric)
  const resource = (end: number) => eachMessage(reader, end, isSecond, scope)
  eachMessage(reader, bytes.length, isFirst, resource)
  return points
}

const isFirst = (field: number) => field === 1
const isSecond = (field: number) => field === 2
const isKind = (field: number) => KINDS.has(field)

function eachMessage(
  reader: Reader,
  end: number,
  wanted: (field: number) => boolean,
  visit: (end: number) => void,
): void {
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (!wanted(tag >>> 3)) {
      reader.skip(tag, end)
      continue
    }
    expectWire(tag, WIRE.len)
    const stop = reader.stop(end)
    visit(stop)
    reader.at = stop
  }
}
