import { fileURLToPath } from 'node:url'
import { createAlerting } from '@nightjar/alert'
import { type Api, createApi } from '@nightjar/api'
import { type Component, type Logger, type NightjarError, systemClock } from '@nightjar/core'
import { createDelivery } from '@nightjar/deliver'
import { createDetector, loadRules } from '@nightjar/detect'
import { createMapper, createOtlpReceiver, type OtlpReceiver } from '@nightjar/otlp'
import { createRegistry } from '@nightjar/registry'
import {
  type Config,
  componentsInOrder,
  createMetrics,
  type Keyring,
  openAdminToken,
} from '@nightjar/runtime'
import { createQueries, openStore, type Store, startArchiver } from '@nightjar/store'
import { createMemoryStream } from '@nightjar/stream'
import { readHealth } from './health.ts'
import { DEFAULT_TENANT, ingestAuthentication } from './ingest-auth.ts'

export const VERSION = '0.1.0'

const root = new URL('../../../', import.meta.url)
const SHIPPED_RULES = fileURLToPath(new URL('rules', root))
const DASHBOARD = fileURLToPath(new URL('dashboard/dist', root))

/** Everything of one process, wired and not yet started. */
export interface Parts {
  readonly whole: Component
  readonly api: Api
  readonly otlp: OtlpReceiver
  readonly tokenPath: string
  readonly rules: number
}

export interface PartsOptions {
  readonly config: Config
  readonly keyring: Keyring
  readonly logger: Logger
  readonly startedAt: number
  /** The store cannot be kept running. */
  readonly onFatal: (error: NightjarError) => void
}

/** The store as a part with a life; it is open before the others are made, because they are made of it. */
function storePart(store: Store): Component {
  return { name: 'store', start: async () => undefined, stop: () => store.close() }
}

/**
 * Opens the store and wires every room to it. Downstream first: what takes findings is there before what makes them, and
 * the door for telemetry opens last and closes first.
 */
export async function createParts(options: PartsOptions): Promise<Parts> {
  const { config, keyring, logger, startedAt, onFatal } = options
  const metrics = createMetrics()
  const clock = systemClock
  const common = { logger, metrics, clock }
  // Read before the store is opened: a fault in a rule must not leave a store behind.
  const rules = loadRules(config.rules ?? SHIPPED_RULES)
  const admin = openAdminToken(config.data, config.adminTokenFile)
  const serviceUrl = `http://${config.host}:${config.apiPort}`
  const store = await openStore({
    data: config.data,
    retentionDays: config.retentionDays,
    serviceUrl,
    logger,
    metrics,
    onFatal,
    ...(config.clickhouseUrl ? { url: config.clickhouseUrl } : {}),
    ...(config.clickhouseUser ? { user: config.clickhouseUser } : {}),
    ...(config.clickhousePassword ? { password: config.clickhousePassword } : {}),
  })
  const stream = createMemoryStream({ log: store.log, ...common })
  const queries = createQueries(store.client, { clock })
  const detector = createDetector({
    stream,
    rules,
    checkpointDir: config.data,
    ...common,
  })
  const delivery = createDelivery({
    stream,
    sealer: keyring.sealer,
    allowCidrs: config.deliverAllow,
    productVersion: VERSION,
    baseUrl: serviceUrl,
    ...common,
  })
  const otlp = createOtlpReceiver({
    host: config.host,
    httpPort: config.otlpHttpPort,
    grpcPort: config.otlpGrpcPort,
    stream,
    mapper: createMapper({ keyFor: (tenant) => keyring.derive(`content-hash/${tenant}`), metrics }),
    authenticate: ingestAuthentication(admin.token),
    ...common,
  })
  const health = () =>
    readHealth(
      {
        version: VERSION,
        startedAt,
        queries,
        metrics,
        engine: () => store.engine(),
        detect: () => detector.stats(),
        deliver: () => delivery.stats(),
        clock,
      },
      DEFAULT_TENANT,
    )
  const api = createApi({
    host: config.host,
    port: config.apiPort,
    queries,
    stream,
    auth: { adminToken: admin.token, sessionKey: keyring.derive('session-cookie') },
    sealer: keyring.sealer,
    rules: () => detector.rules(),
    health,
    metricsText: () => metrics.text(),
    ready: async () => {
      const up = store.engine().version !== ''
      return { ok: up, reasons: up ? [] : ['the store is starting again'] }
    },
    counts: () => ({
      accepted: metrics.total('nightjar_otlp_records_total', { result: 'accepted' }),
      duplicates: metrics.total('nightjar_store_duplicates_total'),
    }),
    dashboardDir: DASHBOARD,
    version: VERSION,
    tenant: DEFAULT_TENANT,
    allowedHosts: config.allowedHosts,
    ...common,
  })
  const streamPart: Component = {
    name: 'stream',
    start: async () => undefined,
    stop: () => stream.close(),
  }
  const whole = componentsInOrder(
    'nightjar',
    [
      storePart(store),
      streamPart,
      startArchiver(store, stream, common),
      delivery,
      createAlerting({ stream, ...common }),
      createRegistry({ stream, ...common }),
      detector,
      api,
      otlp,
    ],
    logger,
  )
  return { whole, api, otlp, tokenPath: admin.path, rules: detector.rules().length }
}
