import type { Clock, HealthView, Logger, Metrics, RuleView, Sealer, Secret } from '@nightjar/core'
import type { Queries } from '@nightjar/store'
import type { Stream } from '@nightjar/stream'

/** What the API needs to answer. */
export interface ApiOptions {
  readonly host: string
  /** 0 takes a free port; read it from `port` after the start. */
  readonly port: number
  readonly queries: Queries
  readonly stream: Stream
  readonly auth: {
    /** Token of programs; it may do everything. */
    readonly adminToken: Secret
    /** Key of the cookies' signature; at least 32 bytes. */
    readonly sessionKey: Buffer
  }
  /** Seals a destination's secret before it enters the stream. */
  readonly sealer: Sealer
  rules(): readonly RuleView[]
  health(): Promise<HealthView>
  /** The process's metrics in Prometheus text format. */
  metricsText(): string | Promise<string>
  ready(): Promise<{ readonly ok: boolean; readonly reasons: readonly string[] }>
  /** Growing counters of ingest (accepted, duplicates …); sent on `/stream` when they changed, once a second. */
  counts?(): Readonly<Record<string, number>>
  /** Build of the dashboard; without it a page says how to build it. */
  readonly dashboardDir?: string
  readonly version: string
  readonly logger?: Logger
  readonly metrics?: Metrics
  readonly clock?: Clock
  /** How long a command may take before it is answered 202; 5 s by default. */
  readonly replyTimeoutMs?: number
  /** Whose data is shown; `default` by default. */
  readonly tenant?: string
  /** Names of this service in a Host header besides loopback, IP addresses and `host`. */
  readonly allowedHosts?: readonly string[]
  /** Address of sign-in links where it is not `http://host:port`, e.g. behind a proxy. */
  readonly publicUrl?: string
  /** Tells apart the processes of a cluster that read the same topics; one process needs none. */
  readonly instance?: string
}

/** Bounds of the API; each has a policy when full. */
export const LIMITS = {
  /** Bytes of a request body; more is 413. */
  bodyBytes: 1_048_576,
  /** Commands waiting for their reply; more is 503. */
  pendingCommands: 1000,
  /** Open sign-in links; the oldest goes. */
  signInLinks: 100,
  signInLinkMs: 600_000,
  /** Sessions ended before their time; the oldest goes. */
  revokedSessions: 10_000,
  sessionIdleMs: 8 * 3_600_000,
  sessionMaxMs: 24 * 3_600_000,
  /** Failed attempts to prove who one is, by address and minute; more is 429. */
  failuresPerMinute: 20,
  /** Readers of `/stream`; more is 503. */
  streamClients: 100,
  /** Bytes a reader of `/stream` may lag; then it is let go and resumes. */
  streamBufferBytes: 1_048_576,
  /** Events kept for readers that come back. */
  streamHistory: 500,
  heartbeatMs: 15_000,
  /** How long an answer to a command waits for the store to show it. */
  settleMs: 2000,
} as const
