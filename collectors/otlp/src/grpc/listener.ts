import { type AddressInfo, createServer, type Server as NetServer } from 'node:net'
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerInterceptingCallInterface,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js'
import { type Metrics, NightjarError } from '@nightjar/core'
import { bearerOf } from '../answer.ts'
import type { Ingest } from '../ingest.ts'
import type { OtlpLimits } from '../limits.ts'
import { exportResponse, type Signal } from '../wire/response.ts'
import { gate } from './gate.ts'
import { EXPORT_METHODS } from './methods.ts'
import { grpcStatus } from './status.ts'

/**
 * OTLP/gRPC over grpc-js. Connections are accepted by a plain server, because grpc-js itself has no bound on their
 * number.
 */
export class GrpcListener {
  readonly #ingest: Ingest
  readonly #metrics: Metrics
  readonly #server: Server
  readonly #net: NetServer
  readonly #tenants = new WeakMap<Metadata, string>()

  constructor(ingest: Ingest, limits: OtlpLimits, metrics: Metrics) {
    this.#ingest = ingest
    this.#metrics = metrics
    this.#server = new Server({
      'grpc.max_receive_message_length': limits.maxBytes,
      'grpc.max_concurrent_streams': 100,
      'grpc.enable_channelz': 0,
      interceptors: [
        (_method, call) => gate(call, limits.requestTimeoutMs, (m) => this.#admit(m, call)),
      ],
    })
    for (const method of EXPORT_METHODS)
      this.#server.addService({ Export: method }, { Export: this.#handler(method.signal) })
    const injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure())
    this.#net = createServer({ noDelay: true }, (socket) => injector.injectConnection(socket))
    this.#net.maxConnections = limits.maxConnections
  }

  /** Port it listens on, 0 before. */
  get port(): number {
    return (this.#net.address() as AddressInfo | null)?.port ?? 0
  }

  async start(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error) =>
        reject(
          new NightjarError('OTLP_LISTEN', `Cannot listen on ${host}:${port}: ${error.message}.`, {
            hint: 'Choose another port with NIGHTJAR_OTLP_GRPC_PORT, or stop what uses this one.',
            cause: error,
          }),
        )
      this.#net.once('error', fail)
      this.#net.listen(port, host, () => {
        this.#net.off('error', fail)
        resolve()
      })
    })
  }

  /** Takes no more connections and calls; resolves when those in flight are answered. */
  async close(): Promise<void> {
    this.#net.close()
    await new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()))
  }

  /** Ends every connection now. */
  destroy(): void {
    this.#server.forceShutdown()
  }

  /** The status a call must get before its message is worth reading, if any. */
  async #admit(metadata: Metadata, call: ServerInterceptingCallInterface) {
    const bearer = bearerOf(one(metadata, 'x-nightjar-token'), one(metadata, 'authorization'))
    const address = call.getConnectionInfo().remoteAddress ?? ''
    const sender = this.#ingest.sender(bearer, address)
    const refusal = 'tenant' in sender ? await this.#ingest.admission() : sender
    if (refusal && refusal.status !== 'ok') {
      this.#count('none', refusal.status)
      return grpcStatus(refusal)
    }
    if ('tenant' in sender) this.#tenants.set(metadata, sender.tenant)
    return undefined
  }

  #handler(signal: Signal) {
    return (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>): void => {
      void this.#export(signal, call, answer)
    }
  }

  async #export(
    signal: Signal,
    call: ServerUnaryCall<Buffer, Buffer>,
    respond: sendUnaryData<Buffer>,
  ): Promise<void> {
    const tenant = this.#tenants.get(call.metadata)
    if (tenant === undefined) {
      respond({ code: status.UNAUTHENTICATED, details: 'The sender is not known.' })
      return
    }
    const body = call.request
    const lease = this.#ingest.lease()
    this.#metrics.add('nightjar_otlp_bytes_total', body.length, { transport: 'grpc' })
    const answer = lease.take(body.length)
      ? await this.#ingest.take({ signal, encoding: 'protobuf', transport: 'grpc', tenant, body })
      : this.#ingest.overload()
    lease.release()
    if (answer.status === 'ok') {
      this.#count(signal, answer.rejected > 0 ? 'partial' : 'ok')
      respond(null, exportResponse(answer.rejected, answer.message))
    } else {
      this.#count(signal, answer.status)
      respond(grpcStatus(answer))
    }
  }

  #count(signal: Signal | 'none', result: string): void {
    this.#metrics.add('nightjar_otlp_requests_total', 1, { signal, transport: 'grpc', result })
  }
}

function one(metadata: Metadata, name: string): string | undefined {
  const value = metadata.get(name)[0]
  return value === undefined ? undefined : String(value)
}
