import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Metrics, NightjarError } from '@nightjar/core'
import { type Answer, bearerOf } from '../answer.ts'
import type { Lease } from '../budget.ts'
import type { Ingest } from '../ingest.ts'
import type { OtlpLimits } from '../limits.ts'
import { discard, inflate, readBody } from './body.ts'
import { refuse, reply } from './reply.ts'
import { type Head, readHead } from './request.ts'

type OtlpHead = Extract<Head, { readonly signal: unknown }>

const HINT = 'Nightjar takes OTLP/HTTP here: POST /v1/traces, /v1/logs or /v1/metrics.\n'

/** OTLP/HTTP over `node:http`: reads requests, hands them to the ingest, writes its answers. */
export class HttpListener {
  readonly #ingest: Ingest
  readonly #limits: OtlpLimits
  readonly #metrics: Metrics
  readonly #server: Server

  constructor(ingest: Ingest, limits: OtlpLimits, metrics: Metrics) {
    this.#ingest = ingest
    this.#limits = limits
    this.#metrics = metrics
    this.#server = createServer(
      {
        headersTimeout: Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs),
        requestTimeout: limits.requestTimeoutMs,
        keepAliveTimeout: limits.keepAliveMs,
        connectionsCheckingInterval: Math.min(2000, limits.headersTimeoutMs),
        noDelay: true,
      },
      (request, response) => void this.#handle(request, response),
    )
    this.#server.maxConnections = limits.maxConnections
  }

  /** Port it listens on, 0 before. */
  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0
  }

  async start(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error) =>
        reject(
          new NightjarError('OTLP_LISTEN', `Cannot listen on ${host}:${port}: ${error.message}.`, {
            hint: 'Choose another port with NIGHTJAR_OTLP_HTTP_PORT, or stop what uses this one.',
            cause: error,
          }),
        )
      this.#server.once('error', fail)
      this.#server.listen(port, host, () => {
        this.#server.off('error', fail)
        resolve()
      })
    })
  }

  /** Takes no more connections; those that are idle end, the others after their answer. */
  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeIdleConnections()
    return closed
  }

  /** Ends every connection now. */
  destroy(): void {
    this.#server.closeAllConnections()
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET' && request.url === '/') {
      response.setHeader('content-type', 'text/plain; charset=utf-8')
      response.end(HINT)
      return
    }
    const head = readHead(request)
    const lease = this.#ingest.lease()
    try {
      if ('refusal' in head) await this.#refuse(request, response, head)
      else await this.#serve(request, response, head, lease)
    } catch {
      // Only a socket that broke while it was answered comes here.
      this.#count(head, 'aborted')
      response.destroy()
    } finally {
      lease.release()
    }
  }

  async #refuse(
    request: IncomingMessage,
    response: ServerResponse,
    head: Exclude<Head, OtlpHead>,
  ): Promise<void> {
    await this.#discard(request, response)
    for (const [name, value] of Object.entries(head.headers)) response.setHeader(name, value)
    this.#count(head, String(head.refusal))
    refuse(response, head.refusal, head.rpc, head.encoding, head.message)
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    head: OtlpHead,
    lease: Lease,
  ): Promise<void> {
    const answer = await this.#answer(request, head, lease)
    if (!answer || response.destroyed) {
      this.#count(head, 'aborted')
      response.destroy()
      return
    }
    await this.#discard(request, response)
    this.#count(head, answer.status === 'ok' && answer.rejected > 0 ? 'partial' : answer.status)
    reply(response, head.signal, head.encoding, answer)
  }

  /** Undefined when the client went away. */
  async #answer(
    request: IncomingMessage,
    head: OtlpHead,
    lease: Lease,
  ): Promise<Answer | undefined> {
    const { headers, socket } = request
    const sender = this.#ingest.sender(
      bearerOf(one(headers['x-nightjar-token']), headers.authorization),
      socket.remoteAddress ?? '',
    )
    if (!('tenant' in sender)) return sender
    const refusal = await this.#ingest.admission()
    if (refusal) return refusal
    const body = await this.#body(request, head, lease)
    if (!Buffer.isBuffer(body)) return body
    this.#metrics.add('nightjar_otlp_bytes_total', body.length, { transport: 'http' })
    const { signal, encoding } = head
    return this.#ingest.take({ signal, encoding, transport: 'http', tenant: sender.tenant, body })
  }

  async #body(
    request: IncomingMessage,
    head: OtlpHead,
    lease: Lease,
  ): Promise<Buffer | Answer | undefined> {
    const { maxBytes } = this.#limits
    try {
      const declared = Number(request.headers['content-length'] ?? 0)
      const body = declared > maxBytes ? undefined : await readBody(request, maxBytes, lease)
      if (!body) return { status: 'too_large', message: `More than ${maxBytes} bytes.` }
      return head.gzip ? await inflate(body, maxBytes, lease) : body
    } catch (error) {
      const { code, message } = error as NightjarError
      if (code === 'OTLP_ABORTED') return undefined
      if (code === 'OTLP_OVERLOADED') return this.#ingest.overload()
      return { status: code === 'OTLP_TOO_LARGE' ? 'too_large' : 'invalid', message }
    }
  }

  /** Lets a client finish sending what is not wanted, within reason; else the connection ends with the answer. */
  async #discard(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const most = this.#limits.maxBytes * 4
    const declared = Number(request.headers['content-length'] ?? 0)
    const whole = declared <= most && (await discard(request, most))
    if (!whole || !this.#server.listening) response.shouldKeepAlive = false
  }

  #count(head: Head, result: string): void {
    const signal = 'signal' in head ? head.signal : 'none'
    this.#metrics.add('nightjar_otlp_requests_total', 1, { signal, transport: 'http', result })
  }
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
