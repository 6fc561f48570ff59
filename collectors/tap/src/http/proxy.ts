import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { messageOf } from '@nightjar/core'
import { Exchange } from './exchange.ts'
import { isLoopbackHost, requestHeaders, responseHeaders } from './headers.ts'
import type { HttpWatch } from './watch.ts'

/** What the proxy forwards to, and who looks on. */
export interface ProxyOptions {
  readonly upstream: URL
  readonly watch: HttpWatch
  /** Answer only requests whose Host names this machine. */
  readonly loopbackOnly: boolean
  readonly say: (message: string) => void
}

/**
 * Where a request goes: always to the upstream's origin. `/` is the upstream's own path; any other path stays, for the
 * metadata and message endpoints that a server names.
 */
export function targetOf(upstream: URL, requestUrl: string): URL {
  const asked = new URL(requestUrl, 'http://tap.invalid')
  const target = new URL(upstream)
  if (asked.pathname !== '/') {
    target.pathname = asked.pathname
    target.search = asked.search
  } else if (asked.search !== '') target.search = asked.search
  return target
}

function refuse(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) response.destroy()
  else response.writeHead(status, { 'content-type': 'text/plain' }).end(`nightjar tap: ${text}\n`)
}

/** Forwards one request. Bytes are piped with back-pressure; the watch gets copies. */
export function forward(
  request: IncomingMessage,
  response: ServerResponse,
  { upstream, watch, loopbackOnly, say }: ProxyOptions,
): void {
  if (loopbackOnly && !isLoopbackHost(request.headers.host)) {
    request.resume()
    refuse(response, 403, 'the Host header does not name this machine')
    return
  }
  const target = targetOf(upstream, request.url ?? '/')
  const exchange = new Exchange(watch, request)
  const open = target.protocol === 'https:' ? httpsRequest : httpRequest
  const out = open(target, {
    method: request.method ?? 'GET',
    headers: requestHeaders(request.rawHeaders, target.host),
  })
  const asked = exchange.requestBody()
  request.pipe(out)
  request.on('data', (chunk: Buffer) => asked.push(chunk))
  request.once('end', () => asked.end())
  let gone = false
  let complete = false
  out.once('error', (error) => {
    if (gone || complete) return
    say(`cannot reach ${target.host}: ${messageOf(error)}`)
    exchange.failed(messageOf(error))
    refuse(response, 502, 'the server behind the tap cannot be reached')
  })
  out.once('response', (answer) => {
    response.writeHead(
      answer.statusCode ?? 502,
      answer.statusMessage,
      responseHeaders(answer.rawHeaders),
    )
    // An event stream's head must not wait for its first event.
    response.flushHeaders()
    answer.pipe(response)
    const said = exchange.answered(answer)
    answer.on('data', (chunk: Buffer) => said.push(chunk))
    answer.once('end', () => {
      complete = true
      said.end()
    })
    answer.once('aborted', () => response.destroy())
  })
  response.once('close', () => {
    if (complete) return
    gone = true
    exchange.abandoned()
    out.destroy()
  })
}
