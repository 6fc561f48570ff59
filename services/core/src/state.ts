import { z } from 'zod'

/**
 * A record of the compacted topic `state.v1`: what everyone who judges must know, by key. `value` null removes it.
 * `server:<tenant>:<name>` holds {@link ServerJudgement}; `policy:<tenant>` holds {@link TenantPolicy}.
 */
export const stateRecordSchema = z.object({
  key: z.string(),
  tenant: z.string(),
  type: z.enum(['server', 'policy']),
  value: z.unknown(),
})
export type StateRecord = z.infer<typeof stateRecordSchema>

/** What the registry has judged of a server name. */
export interface ServerJudgement {
  readonly name: string
  readonly state: typeof import('./server.ts').SERVER_STATES[number]
}

/** What a tenant enforces. On a fresh install nothing is. */
export interface TenantPolicy {
  readonly enforceAllowList: boolean
}
