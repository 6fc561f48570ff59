import type { IncomingMessage } from 'node:http'
import { createGunzip, gunzipSync } from 'node:zlib'
import { NightjarError } from '@nightjar/core'
import type { Lease } from '../budget.ts'
import { malformed, tooLarge } from '../wire/malformed.ts'

// Up to this size the round trip through the thread pool costs more than inflating on the spot.
const SYNC_BYTES = 256 * 1024

/** Too much waits already (`OTLP_OVERLOADED`, retryable). */
function overloaded(): NightjarError {
  return new NightjarError('OTLP_OVERLOADED', 'The receiver is busy.', { retryable: true })
}

/** The client went away before its request was whole (`OTLP_ABORTED`). */
function aborted(): NightjarError {
  return new NightjarError('OTLP_ABORTED', 'The client ended its request early.')
}

function tooManyBytes(most: number): NightjarError {
  return tooLarge(`more than ${most} bytes`)
}

/** Reads a request's body, at most `most` bytes, each taken from the lease. */
export function readBody(request: IncomingMessage, most: number, lease: Lease): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // It may have gone while we looked at its head, and its end is told but once.
    if (request.destroyed) return reject(aborted())
    const chunks: Buffer[] = []
    let length = 0
    const fail = (error: NightjarError) => {
      request.off('data', onData)
      reject(error)
    }
    const onData = (chunk: Buffer) => {
      length += chunk.length
      if (length > most) fail(tooManyBytes(most))
      else if (!lease.take(chunk.length)) fail(overloaded())
      else chunks.push(chunk)
    }
    request.on('data', onData)
    request.once('end', () =>
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)),
    )
    request.once('error', () => fail(aborted()))
    request.once('close', () => fail(aborted()))
  })
}

/** Inflates a gzip body to at most `most` bytes, each taken from the lease; never holds more than that. */
export function inflate(body: Buffer, most: number, lease: Lease): Promise<Buffer> {
  return body.length <= SYNC_BYTES ? inflateNow(body, most, lease) : inflateApart(body, most, lease)
}

async function inflateNow(body: Buffer, most: number, lease: Lease): Promise<Buffer> {
  let inflated: Buffer
  try {
    inflated = gunzipSync(body, { maxOutputLength: most })
  } catch (error) {
    throw (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE'
      ? tooManyBytes(most)
      : malformed('the body is not whole gzip')
  }
  if (!lease.take(inflated.length)) throw overloaded()
  return inflated
}

function inflateApart(body: Buffer, most: number, lease: Lease): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const gunzip = createGunzip()
    const chunks: Buffer[] = []
    let length = 0
    const fail = (error: NightjarError) => {
      gunzip.destroy()
      reject(error)
    }
    gunzip.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > most) fail(tooManyBytes(most))
      else if (!lease.take(chunk.length)) fail(overloaded())
      else chunks.push(chunk)
    })
    gunzip.once('end', () => resolve(Buffer.concat(chunks)))
    gunzip.once('error', () => fail(malformed('the body is not whole gzip')))
    gunzip.end(body)
  })
}

/**
 * Reads and throws away what is left of a body, so that the answer to a refused request reaches a client that is still
 * sending. False when there is more than `most` bytes: then the connection must be closed.
 */
export function discard(request: IncomingMessage, most: number): Promise<boolean> {
  return new Promise((resolve) => {
    if (request.complete || request.destroyed) return resolve(true)
    let length = 0
    const done = (whole: boolean) => {
      request.off('data', onData)
      resolve(whole)
    }
    const onData = (chunk: Buffer) => {
      length += chunk.length
      if (length > most) done(false)
    }
    request.on('data', onData)
    request.once('end', () => done(true))
    request.once('close', () => done(true))
    request.resume()
  })
}
