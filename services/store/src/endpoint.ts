import type { Secret } from '@nightjar/core'

/** Where ClickHouse answers, and as whom. */
export interface Endpoint {
  readonly url: string
  readonly user: string
  readonly key: Secret
}

/** Gives the endpoint of the moment; an embedded engine has another one after a restart. */
export interface EndpointSource {
  /** Waits while the engine is starting again. Rejects with `STORE_UNAVAILABLE` (retryable) or `STORE_CLOSED`. */
  endpoint(): Promise<Endpoint>
}
