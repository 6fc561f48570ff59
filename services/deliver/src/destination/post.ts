import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'

/** An address that was judged, and that a connection may go to. */
export interface PinnedAddress {
  readonly address: string
  readonly family: number
}

export interface PostOptions {
  readonly url: URL
  /** At least one; they are tried in turn. */
  readonly pinned: readonly PinnedAddress[]
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
}

/** An answer with the start of its body; more is not read. */
export interface PostAnswer {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly text: string
}

const MAX_ANSWER_BYTES = 4096

/** Whatever the name says by now, the connection goes to an address that was judged. */
function lookupOf(pinned: readonly PinnedAddress[]): LookupFunction {
  return (_host, options, callback) => {
    if (options.all) callback(null, [...pinned])
    else callback(null, pinned[0]?.address ?? '', pinned[0]?.family)
  }
}

/**
 * Sends one POST over a connection of its own to pinned addresses. Redirects are answers like any other, certificates
 * are checked. Rejects when there is no answer.
 */
export async function post({
  url,
  pinned,
  headers,
  body,
  signal,
}: PostOptions): Promise<PostAnswer> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  return await new Promise((resolve, reject) => {
    const request = send(url, {
      method: 'POST',
      agent: false,
      lookup: lookupOf(pinned),
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      signal,
    })
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      let size = 0
      const finish = () => {
        resolve({
          status: response.statusCode ?? 0,
          retryAfter: response.headers['retry-after'],
          text: Buffer.concat(chunks).toString('utf8', 0, MAX_ANSWER_BYTES),
        })
        response.destroy()
      }
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (size >= MAX_ANSWER_BYTES) finish()
      })
      response.on('end', finish)
      // The status is known; a body that breaks off changes nothing.
      response.on('error', finish)
    })
    request.end(body)
  })
}
