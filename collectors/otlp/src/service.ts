import type { Clock, Component, Logger, Metrics } from '@nightjar/core'
import type { Stream } from '@nightjar/stream'
import type { Authenticate } from './answer.ts'
import { GroupCommit } from './batcher.ts'
import { ByteBudget } from './budget.ts'
import { GrpcListener } from './grpc/listener.ts'
import { HttpListener } from './http/listener.ts'
import { Ingest } from './ingest.ts'
import { DEFAULT_LIMITS, type OtlpLimits } from './limits.ts'
import type { RecordMapper } from './record.ts'
import { Turnstile } from './turnstile.ts'

/** What a receiver is made of. */
export interface OtlpReceiverOptions {
  readonly host: string
  /** 0 takes a free port. */
  readonly httpPort: number
  /** 0 takes a free port. */
  readonly grpcPort: number
  /** Where records go; a request is answered when it has taken them durably. */
  readonly stream: Pick<Stream, 'publishEvents' | 'publish'>
  readonly mapper: RecordMapper
  readonly authenticate: Authenticate
  readonly logger: Logger
  readonly metrics: Metrics
  readonly limits?: Partial<OtlpLimits>
  readonly clock: Clock
}

/** What a receiver holds at the moment. */
export interface OtlpStats {
  /** Requests being decoded or waiting for their batch. */
  readonly activeRequests: number
  readonly pendingRows: number
  readonly pendingBytes: number
}

/** A receiver of OTLP over gRPC and HTTP. */
export interface OtlpReceiver extends Component {
  /** Port of OTLP/HTTP once started, 0 before. */
  readonly httpPort: number
  /** Port of OTLP/gRPC once started, 0 before. */
  readonly grpcPort: number
  stats(): OtlpStats
}

/**
 * OTLP in, EventBatches out. `start` throws `OTLP_LISTEN` when a port is not to be had. `stop` refuses what is new,
 * makes durable what it has, answers, and ends the connections, within `stopTimeoutMs`.
 */
export function createOtlpReceiver(options: OtlpReceiverOptions): OtlpReceiver {
  const { host, metrics, logger } = options
  const limits: OtlpLimits = { ...DEFAULT_LIMITS, ...options.limits }
  const turnstile = new Turnstile()
  const commit = new GroupCommit({ ...options, limits, more: () => turnstile.waiting > 0 })
  const budget = new ByteBudget(limits.maxPendingBytes)
  const ingest = new Ingest({ ...options, limits, commit, budget, turnstile })
  const http = new HttpListener(ingest, limits, metrics)
  const grpc = new GrpcListener(ingest, limits, metrics)
  let httpPort = 0
  let grpcPort = 0
  let stopped: Promise<void> | undefined

  async function finish(): Promise<void> {
    ingest.stop()
    const closed = Promise.all([http.close(), grpc.close(), commit.drain()])
    const inTime = await within(closed, limits.stopTimeoutMs)
    if (!inTime) logger.warn({ pendingRows: commit.pendingRows }, 'requests were cut off at stop')
    http.destroy()
    grpc.destroy()
  }

  return {
    name: 'otlp',
    get httpPort() {
      return httpPort
    },
    get grpcPort() {
      return grpcPort
    },
    stats: () => ({
      activeRequests: ingest.active,
      pendingRows: commit.pendingRows,
      pendingBytes: budget.used,
    }),
    async start() {
      await http.start(host, options.httpPort)
      try {
        await grpc.start(host, options.grpcPort)
      } catch (error) {
        await finish()
        throw error
      }
      httpPort = http.port
      grpcPort = grpc.port
      logger.info({ host, httpPort, grpcPort }, 'taking OTLP')
    },
    stop() {
      stopped ??= finish()
      return stopped
    },
  }
}

/** False when a promise has not settled in time. */
async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  const done = promise.then(
    () => true,
    () => true,
  )
  const result = await Promise.race([done, late])
  clearTimeout(timer)
  return result
}
