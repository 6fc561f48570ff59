import type { McpRequest } from '@nightjar/mcp'
import type { Direction, Instant } from './record.ts'

/** A request that waits for its answer. */
export interface PendingRequest {
  readonly request: McpRequest
  readonly direction: Direction
  /** Where it came from: an HTTP exchange; `''` on stdio. */
  readonly scope: string
  readonly at: Instant
}

/** Most requests that wait at a time; beyond, the oldest is given up. */
export const MAX_PENDING = 1024

/** Requests that wait for their answer, oldest first, at most 1,024. */
export class PendingTable {
  readonly #requests = new Map<string, PendingRequest>()

  /** Adds a request; gives the one it pushed out (the oldest when full, or an earlier one with the same id). */
  add(pending: PendingRequest): PendingRequest | undefined {
    const key = keyOf(pending.direction, pending.scope, pending.request.idKey)
    const same = this.#requests.get(key)
    if (same !== undefined) this.#requests.delete(key)
    this.#requests.set(key, pending)
    if (same !== undefined || this.#requests.size <= MAX_PENDING) return same
    const [oldest] = this.#requests.values()
    if (oldest !== undefined) this.#remove(oldest)
    return oldest
  }

  /**
   * Takes the request that `direction` sent under this id: from the same scope, else the newest from any, because an
   * answer may come on another HTTP exchange than its request.
   */
  take(direction: Direction, scope: string, idKey: string): PendingRequest | undefined {
    const found =
      this.#requests.get(keyOf(direction, scope, idKey)) ??
      [...this.#requests.values()].findLast(
        (pending) => pending.direction === direction && pending.request.idKey === idKey,
      )
    if (found !== undefined) this.#remove(found)
    return found
  }

  /** Takes all requests of a scope, or all there are. */
  takeAll(scope?: string): readonly PendingRequest[] {
    const all = [...this.#requests.values()].filter(
      (pending) => scope === undefined || pending.scope === scope,
    )
    for (const pending of all) this.#remove(pending)
    return all
  }

  #remove(pending: PendingRequest): void {
    this.#requests.delete(keyOf(pending.direction, pending.scope, pending.request.idKey))
  }
}

function keyOf(direction: Direction, scope: string, idKey: string): string {
  return `${direction} ${scope} ${idKey}`
}
