import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { MAX_LINE_BYTES } from '../stdio/line-framer.ts'

/** Gets the bytes of a body as they were before they were compressed. */
export interface BodyReader {
  data(bytes: Uint8Array): void
  /** `complete` is false when the body could not be read to its end. */
  end(complete: boolean): void
}

/** Where copies of a body's chunks go. */
export interface BodyCopy {
  push(chunk: Uint8Array): void
  end(): void
}

function inflater(encoding: string): Transform | undefined {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    default:
      return undefined
  }
}

/** Copies a body for a reader, inflated; a coding we do not know is not read. */
export function copyBody(encoding: string | undefined, reader: BodyReader): BodyCopy {
  const coding = encoding?.trim().toLowerCase() ?? ''
  if (coding === '' || coding === 'identity') {
    return { push: (chunk) => reader.data(chunk), end: () => reader.end(true) }
  }
  const stream = inflater(coding)
  if (stream === undefined) return { push: () => undefined, end: () => reader.end(false) }
  let over = false
  const finish = (complete: boolean) => {
    if (!over) reader.end(complete)
    over = true
  }
  stream.on('data', (bytes: Uint8Array) => {
    if (!over) reader.data(bytes)
  })
  stream.once('end', () => finish(true))
  stream.once('error', () => finish(false))
  return {
    push: (chunk) => {
      // The proxy never waits for its copy: what the inflater cannot take in time is given up.
      if (stream.writableLength > MAX_LINE_BYTES) stream.destroy(new Error('too slow'))
      else if (!stream.destroyed) stream.write(chunk)
    },
    end: () => {
      if (stream.destroyed) finish(false)
      else stream.end()
    },
  }
}

/** Collects a body of at most 8 MiB; `done` gets undefined for a longer or incomplete one. */
export function wholeBody(done: (text: string | undefined) => void): BodyReader {
  let parts: Uint8Array[] = []
  let length = 0
  return {
    data(bytes) {
      length += bytes.length
      if (length > MAX_LINE_BYTES) parts = []
      else parts.push(bytes)
    },
    end(complete) {
      const whole = complete && length <= MAX_LINE_BYTES
      done(whole ? Buffer.concat(parts).toString('utf8') : undefined)
    },
  }
}
