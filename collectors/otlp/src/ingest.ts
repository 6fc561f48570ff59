import { type Clock, type Logger, type Metrics, messageOf, NightjarError } from '@nightjar/core'
import type { Answer, Authenticate, Authentication } from './answer.ts'
import type { GroupCommit } from './batcher.ts'
import type { ByteBudget, Lease } from './budget.ts'
import type { OtlpLimits } from './limits.ts'
import type { IngestContext, OtlpRecord, RecordMapper } from './record.ts'
import type { Turnstile } from './turnstile.ts'
import { countDataPoints } from './wire/metrics.ts'
import type { Signal } from './wire/response.ts'
import { transcodeJson } from './wire/transcode.ts'
import { RequestWalker, type WalkResult } from './wire/walk.ts'

/** A request as a transport hands it over: inflated, its sender known. */
export interface IngestRequest {
  readonly signal: Signal
  readonly encoding: 'protobuf' | 'json'
  readonly transport: 'http' | 'grpc'
  readonly tenant: string
  readonly body: Buffer
}

export interface IngestOptions {
  readonly mapper: RecordMapper
  readonly authenticate: Authenticate
  readonly commit: GroupCommit
  readonly budget: ByteBudget
  readonly turnstile: Turnstile
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  readonly limits: OtlpLimits
}

interface Counts {
  accepted: number
  skipped: number
  failed: number
}

/** What both transports do with a request: admit it, decode it, map it, and answer when it is durable. */
export class Ingest {
  readonly #options: IngestOptions
  readonly #walker: RequestWalker
  readonly #turnstile: Turnstile
  #stopping = false
  #active = 0

  constructor(options: IngestOptions) {
    this.#options = options
    this.#turnstile = options.turnstile
    this.#walker = new RequestWalker(options.limits.maxRecords)
  }

  /** Requests being decoded or waiting for their batch. */
  get active(): number {
    return this.#active
  }

  /** From now on every new request is told to come back. */
  stop(): void {
    this.#stopping = true
  }

  /**
   * What a request must be told before its body is worth reading, if anything. Waits a little for room first: not
   * every exporter sends again what it was refused.
   */
  async admission(): Promise<Answer | undefined> {
    const room = await this.#options.commit.room(this.#options.limits.overloadWaitMs)
    if (this.#stopping)
      return this.#comeBack('unavailable', 'The receiver is stopping; send it again.')
    return room ? undefined : this.overload()
  }

  /** The answer when too much waits already. */
  overload(): Answer {
    return this.#comeBack('overloaded', 'The receiver is busy; send it again later.')
  }

  /** The tenant a request belongs to, or why it has none. */
  sender(bearer: string | undefined, remoteAddress: string): { readonly tenant: string } | Answer {
    let who: Authentication
    try {
      who = this.#options.authenticate(bearer, remoteAddress)
    } catch (error) {
      return this.#failure(error)
    }
    if ('tenant' in who) return who
    const message =
      who.error === 'missing'
        ? 'An ingest token is required: send it as "authorization: Bearer TOKEN".'
        : 'The ingest token is not valid.'
    return { status: 'unauthenticated', message }
  }

  lease(): Lease {
    return this.#options.budget.lease()
  }

  /** Decodes and maps a request; resolves when its records are durable or it is refused. Never rejects. */
  async take(request: IngestRequest): Promise<Answer> {
    this.#active += 1
    try {
      await this.#turnstile.enter()
      const { signal } = request
      const body = request.encoding === 'json' ? transcodeJson(signal, request.body) : request.body
      if (signal === 'metrics') return this.#metrics(body)
      return await this.#records(signal, body, request.tenant)
    } catch (error) {
      return this.#failure(error)
    } finally {
      this.#active -= 1
    }
  }

  #metrics(body: Buffer): Answer {
    const points = countDataPoints(body)
    this.#count('metrics', 'skipped', points)
    return { status: 'ok', rejected: 0, message: '' }
  }

  async #records(signal: 'traces' | 'logs', body: Buffer, tenant: string): Promise<Answer> {
    const { commit } = this.#options
    const counts: Counts = { accepted: 0, skipped: 0, failed: 0 }
    let walked: WalkResult = { records: 0, rejected: { shape: 0, ids: 0 } }
    const durable = commit.append(body.length, (builder, sightings) => {
      const context = { tenant, receivedUs: this.#options.clock.now() * 1000, sightings }
      walked = this.#walker.walk(signal === 'traces' ? 'span' : 'log', body, (record) =>
        this.#map(record, builder, context, counts),
      )
    })
    const { shape, ids } = walked.rejected
    const rejected = shape + ids + counts.failed
    await this.#within(durable)
    this.#count(signal, 'accepted', counts.accepted)
    this.#count(signal, 'skipped', counts.skipped)
    this.#count(signal, 'rejected', rejected)
    return { status: 'ok', rejected, message: rejectionText(signal, shape, ids, counts.failed) }
  }

  #map(
    record: OtlpRecord,
    builder: Parameters<RecordMapper['map']>[1],
    context: IngestContext,
    counts: Counts,
  ): void {
    const mark = builder.rows
    const seen = context.sightings.length
    try {
      if (this.#options.mapper.map(record, builder, context) > 0) counts.accepted += 1
      else counts.skipped += 1
    } catch (error) {
      // A fault in a dialect costs the one record that shows it.
      builder.truncate(mark)
      context.sightings.length = seen
      counts.failed += 1
      const { name } = error instanceof Error ? error : { name: 'unknown' }
      this.#options.logger.error({ scope: record.scopeName(), fault: name }, 'a dialect failed')
    }
  }

  async #within(durable: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new NightjarError('OTLP_COMMIT_LATE', 'The batch is not durable in time.')),
        this.#options.limits.commitTimeoutMs,
      )
    })
    try {
      await Promise.race([durable, late])
    } catch (error) {
      throw new NightjarError('OTLP_NOT_DURABLE', 'The records could not be made durable.', {
        retryable: true,
        cause: error,
      })
    } finally {
      clearTimeout(timer)
    }
  }

  #failure(error: unknown): Answer {
    const code = error instanceof NightjarError ? error.code : ''
    if (code === 'OTLP_MALFORMED') return { status: 'invalid', message: messageOf(error) }
    if (code === 'OTLP_TOO_LARGE') return { status: 'too_large', message: messageOf(error) }
    if (code === 'OTLP_NOT_DURABLE')
      return this.#comeBack('unavailable', 'The records could not be stored; send them again.')
    const { name } = error instanceof Error ? error : { name: 'unknown' }
    this.#options.logger.error({ fault: name }, 'a request failed in a way it should not')
    return { status: 'internal', message: 'The receiver failed on this request.' }
  }

  #comeBack(status: 'overloaded' | 'unavailable', message: string): Answer {
    return { status, message, retryMs: this.#options.limits.retryAfterMs }
  }

  #count(signal: Signal, result: string, value: number): void {
    if (value > 0)
      this.#options.metrics.add('nightjar_otlp_records_total', value, { signal, result })
  }
}

const NOUN = { traces: 'spans', logs: 'log records' } as const

function rejectionText(
  signal: 'traces' | 'logs',
  shape: number,
  ids: number,
  failed: number,
): string {
  const noun = NOUN[signal]
  const parts: string[] = []
  if (shape > 0) parts.push(`${shape} are not ${noun}: is this another signal's path?`)
  if (ids > 0) parts.push(`${ids} ${noun} have no valid trace id and span id`)
  if (failed > 0) parts.push(`${failed} ${noun} could not be read`)
  return parts.join('; ')
}
