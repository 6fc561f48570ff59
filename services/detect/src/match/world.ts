import type { ServerJudgement, StateRecord, TenantPolicy } from '@nightjar/core'

/** What `nightjar.state.v1` says, as rules need it: states of servers and policies of tenants. */
export interface World {
  serverState(tenant: string, server: string): string
  enforcesAllowList(tenant: string): boolean
}

/** A world that is kept up to date with state records. Bounded by the topic, which is compacted by its owners. */
export class StateWorld implements World {
  readonly #servers = new Map<string, string>()
  readonly #policies = new Map<string, boolean>()
  /** Grows with every change, so that what was worked out from it can be thrown away. */
  version = 0

  serverState(tenant: string, server: string): string {
    return this.#servers.get(`${tenant}\0${server}`) ?? 'unknown'
  }

  enforcesAllowList(tenant: string): boolean {
    return this.#policies.get(tenant) ?? false
  }

  /** Takes in one record; `value` null removes what its key said. */
  apply(record: StateRecord): void {
    this.version += 1
    if (record.type === 'policy') {
      const policy = record.value as TenantPolicy | null
      if (policy) this.#policies.set(record.tenant, policy.enforceAllowList)
      else this.#policies.delete(record.tenant)
      return
    }
    const judgement = record.value as ServerJudgement | null
    const name = judgement?.name ?? record.key.slice(`server:${record.tenant}:`.length)
    const key = `${record.tenant}\0${name}`
    if (judgement) this.#servers.set(key, judgement.state)
    else this.#servers.delete(key)
  }
}
