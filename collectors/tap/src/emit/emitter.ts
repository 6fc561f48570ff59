import { randomBytes } from 'node:crypto'
import { logs, SeverityNumber } from '@opentelemetry/api-logs'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { api, NodeSDK, resources, logs as sdkLogs, tracing } from '@opentelemetry/sdk-node'
import { withoutOtelEnv } from '../env.ts'
import type { Attributes, LogRecord, SpanRecord, TapRecord } from '../watch/record.ts'
import { LossCounter, type LossReason } from './loss.ts'
import { unreachable } from './reachable.ts'
import { countedExporter, type Settled, sizeOf } from './settled.ts'

// The API that the SDK itself registers with: a second copy of another patch version would be refused.
const { context, diag, DiagLogLevel, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } =
  api

/** Name of our instrumentation scope and service; dialects recognise our records by it. */
export const SCOPE_NAME = 'nightjar-tap'
export const TAP_VERSION = '0.1.0'

const EXPORT_INTERVAL_MS = 500
const EXPORT_TIMEOUT_MS = 10_000
const SHUTDOWN_MS = 2_000
/** How long a flush waits for a connection: to a backend that is down there is nothing to flush. */
const CONNECT_MS = 500
const MAX_RECORDS = 8_192
const MAX_BYTES = 64 * 1024 * 1024
/** A span holds up to 128 KiB of content, so a full request stays below 8 MiB. */
const SPANS_PER_EXPORT = 64
const LOGS_PER_EXPORT = 16

/** Where and as whom to emit. */
export interface EmitterOptions {
  /** Base URL of the OTLP/HTTP receiver, without `/v1/…`. */
  readonly endpoint: string
  readonly token?: string | undefined
  readonly hostName: string
  /** One client and one server for the tap's whole life, as over stdio: what has no trace of its own shares one. */
  readonly oneConnection?: boolean
  /** Gets messages about our own trouble. */
  readonly say: (message: string) => void
}

/** Emits records over OTLP in the background. Never throws, never waits; what does not fit is counted. */
export interface Emitter {
  emit(record: TapRecord): void
  lost(count: number, reason: LossReason): void
  /** Flushes within 2 s (0.5 s when nobody answers at the endpoint) and ends. */
  stop(): Promise<void>
}

function contextIn(traceId: string, spanId: string): api.Context {
  const traceFlags = TraceFlags.SAMPLED
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
}

/** Context of the request's own trace, else the one given. */
function parentOf(traceparent: string | undefined, otherwise: api.Context): api.Context {
  const found = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}/.exec(traceparent ?? '')
  const [, traceId = '', spanId = ''] = found ?? []
  if (traceId === '' || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return otherwise
  return contextIn(traceId, spanId)
}

/** Milliseconds since the epoch as [seconds, nanoseconds]: a bare number below the process's start would be misread. */
function hrTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1000)
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)]
}

function defined(attributes: Attributes): Record<string, string | number | boolean | string[]> {
  const kept: Record<string, string | number | boolean | string[]> = {}
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === '') continue
    kept[name] = typeof value === 'object' ? [...value] : value
  }
  return kept
}

function bodyOf(record: TapRecord): string | undefined {
  return record.signal === 'log' ? record.body : undefined
}

function emitSpan(record: SpanRecord, root: api.Context): void {
  const span = trace.getTracer(SCOPE_NAME, TAP_VERSION).startSpan(
    record.name,
    {
      kind: SpanKind.CLIENT,
      startTime: hrTime(record.startMs),
      attributes: defined(record.attributes),
    },
    parentOf(record.traceparent, root),
  )
  if (record.error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end(hrTime(record.startMs + record.durationMs))
}

function emitLog(record: LogRecord): void {
  logs.getLogger(SCOPE_NAME, TAP_VERSION).emit({
    eventName: record.eventName,
    timestamp: hrTime(record.timeMs),
    severityNumber:
      record.eventName === 'nightjar.capture.loss' ? SeverityNumber.WARN : SeverityNumber.INFO,
    attributes: defined(record.attributes),
    ...(record.body !== undefined && { body: record.body }),
    context: ROOT_CONTEXT,
  })
}

function startSdk(options: EmitterOptions, settled: (result: Settled) => void): NodeSDK {
  const base = options.endpoint.replace(/\/+$/, '')
  const config = (path: string) => ({
    url: `${base}${path}`,
    headers: options.token ? { authorization: `Bearer ${options.token}` } : {},
    timeoutMillis: EXPORT_TIMEOUT_MS,
  })
  const schedule = {
    scheduledDelayMillis: EXPORT_INTERVAL_MS,
    exportTimeoutMillis: EXPORT_TIMEOUT_MS + 5_000,
    maxQueueSize: MAX_RECORDS + 1,
  }
  const sdk = new NodeSDK({
    autoDetectResources: false,
    resource: resources.resourceFromAttributes({
      'service.name': SCOPE_NAME,
      'service.version': TAP_VERSION,
      'host.name': options.hostName,
    }),
    instrumentations: [],
    metricReaders: [],
    textMapPropagator: null,
    sampler: new tracing.AlwaysOnSampler(),
    spanLimits: { attributeCountLimit: 128, attributeValueLengthLimit: Number.POSITIVE_INFINITY },
    spanProcessors: [
      new tracing.BatchSpanProcessor(
        countedExporter(new OTLPTraceExporter(config('/v1/traces')), settled),
        { ...schedule, maxExportBatchSize: SPANS_PER_EXPORT },
      ),
    ],
    logRecordProcessors: [
      new sdkLogs.BatchLogRecordProcessor({
        exporter: countedExporter(new OTLPLogExporter(config('/v1/logs')), settled),
        ...schedule,
        maxExportBatchSize: LOGS_PER_EXPORT,
      }),
    ],
  })
  sdk.start()
  return sdk
}

/** An emitter over the OpenTelemetry SDK. It takes the process's global providers: one at a time. */
export function createEmitter(options: EmitterOptions): Emitter {
  const loss = new LossCounter()
  const root = options.oneConnection
    ? contextIn(randomBytes(16).toString('hex'), randomBytes(8).toString('hex'))
    : ROOT_CONTEXT
  let waiting = 0
  let waitingBytes = 0
  let down = false
  const settled = ({ records, bytes, lost, ok }: Settled) => {
    waiting -= records
    waitingBytes -= bytes
    down = !ok
    if (!ok) loss.add(lost, 'export_failed')
  }
  diag.setLogger(
    {
      error: (message) => options.say(message),
      warn: (message) => options.say(message),
      info: () => undefined,
      debug: () => undefined,
      verbose: () => undefined,
    },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
  const sdk = withoutOtelEnv(() => startSdk(options, settled))

  const hand = (record: TapRecord) => {
    waiting++
    waitingBytes += sizeOf(record.attributes, bodyOf(record))
    if (record.signal === 'span') emitSpan(record, root)
    else emitLog(record)
  }
  const tellLoss = () => {
    const taken = loss.take()
    if (taken === undefined) return
    hand({
      signal: 'log',
      eventName: 'nightjar.capture.loss',
      timeMs: Date.now(),
      attributes: {
        'nightjar.capture.lost': taken.lost,
        'nightjar.capture.reasons': taken.reasons,
      },
    })
  }
  // Told while the backend answers; a loss record that fails is counted again with all it said.
  const teller = setInterval(() => {
    if (!down) tellLoss()
  }, 1_000)
  teller.unref()

  let stopped: Promise<void> | undefined
  return {
    emit(record) {
      if (
        waiting >= MAX_RECORDS ||
        waitingBytes + sizeOf(record.attributes, bodyOf(record)) > MAX_BYTES
      ) {
        loss.add(1, 'queue_full')
        return
      }
      hand(record)
    },
    lost: (count, reason) => loss.add(count, reason),
    stop() {
      stopped ??= (async () => {
        clearInterval(teller)
        tellLoss()
        const flushed = within(sdk.shutdown(), SHUTDOWN_MS)
        await Promise.race([flushed, unreachable(options.endpoint, CONNECT_MS)])
        trace.disable()
        logs.disable()
        context.disable()
      })()
      return stopped
    },
  }
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work.catch(() => undefined), bound])
  clearTimeout(timer)
}
