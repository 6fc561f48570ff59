/** Bounds of the receiver; every one has a default. Sizes are bytes, times milliseconds. */
export interface OtlpLimits {
  /** Largest request, before and after inflation. */
  readonly maxBytes: number
  /** Most spans or log records of one request. */
  readonly maxRecords: number
  /** Most connections, each of HTTP and gRPC. */
  readonly maxConnections: number
  /** Most bytes of requests received and not yet answered; beyond it senders are told to come back. */
  readonly maxPendingBytes: number
  /** Most rows not yet durable; beyond it senders wait, and are told to come back. */
  readonly maxPendingRows: number
  /** How long a sender waits for room, its body unread, before it is told to come back. */
  readonly overloadWaitMs: number
  /** Rows at which a batch is published. */
  readonly batchRows: number
  /** Request bytes at which a batch is published. */
  readonly batchBytes: number
  /** A batch is published when no more rows came for so long … */
  readonly lingerMs: number
  /** … or, while requests keep coming, at this age: fewer and larger inserts cost less. */
  readonly maxLingerMs: number
  /** How long a request waits for its batch before it is told to come back. */
  readonly commitTimeoutMs: number
  /** How long a client may take for its headers, and for its whole request. */
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  /** How long a connection without requests stays open. */
  readonly keepAliveMs: number
  /** When a refused sender should come back. */
  readonly retryAfterMs: number
  /** How long `stop` waits for requests in flight. */
  readonly stopTimeoutMs: number
}

const MIB = 1024 * 1024

/** The defaults. */
export const DEFAULT_LIMITS: OtlpLimits = {
  maxBytes: 16 * MIB,
  maxRecords: 131_072,
  maxConnections: 1024,
  maxPendingBytes: 128 * MIB,
  maxPendingRows: 131_072,
  overloadWaitMs: 1000,
  batchRows: 16_384,
  batchBytes: 32 * MIB,
  lingerMs: 2,
  maxLingerMs: 150,
  commitTimeoutMs: 30_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveMs: 75_000,
  retryAfterMs: 1000,
  stopTimeoutMs: 10_000,
}
