import type { Clock, HealthView } from '@nightjar/core'
import type { MetricsRegistry } from '@nightjar/runtime'
import type { EngineInfo, Queries } from '@nightjar/store'

/** Where the health view takes its figures from. */
export interface HealthSources {
  readonly version: string
  readonly startedAt: number
  readonly queries: Pick<Queries, 'lastEvent' | 'sources' | 'tableSize'>
  readonly metrics: MetricsRegistry
  readonly engine: () => EngineInfo
  readonly detect: () => {
    readonly lagEvents: number
    readonly rules: number
    readonly windowsEvicted: number
  }
  readonly deliver: () => { readonly pending: number; readonly held: number }
  readonly clock: Clock
}

/** Rows detection may be behind before the service counts as degraded: about a second at full load. */
const LAG_LIMIT = 100_000

function statusOf(engine: EngineInfo, lag: number, held: number): HealthView['status'] {
  if (engine.version === '') return 'down'
  return lag > LAG_LIMIT || held > 0 ? 'degraded' : 'ok'
}

/** Reads the health of ingest, detection, delivery and store. */
export async function readHealth(sources: HealthSources, tenant: string): Promise<HealthView> {
  const { queries, metrics } = sources
  const [last, bySource, size] = await Promise.all([
    queries.lastEvent(tenant),
    queries.sources(tenant),
    queries.tableSize(),
  ])
  const engine = sources.engine()
  const detect = sources.detect()
  const deliver = sources.deliver()
  const received = last.lastReceivedTime === null ? 0 : Date.parse(last.lastReceivedTime)
  const happened = last.lastEventTime === null ? 0 : Date.parse(last.lastEventTime)
  return {
    status: statusOf(engine, detect.lagEvents, deliver.held),
    version: sources.version,
    startedAt: new Date(sources.startedAt).toISOString(),
    ingest: {
      ...last,
      lagMs: received === 0 ? null : Math.max(0, received - happened),
      duplicates: metrics.total('nightjar_store_duplicates_total'),
      rejected: metrics.total('nightjar_otlp_records_total', { result: 'rejected' }),
      skipped: metrics.total('nightjar_otlp_records_total', { result: 'skipped' }),
      retryLater: metrics.total('nightjar_otlp_requests_total', { result: 'overload' }),
    },
    detect,
    deliver,
    store: {
      engine: `${engine.kind} ${engine.version}`.trim(),
      ...size,
      restarts: engine.restarts,
    },
    sources: bySource,
  }
}
