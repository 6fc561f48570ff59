import type { Alert, Suppression } from '@nightjar/core'
import type { AlertingState, Effects } from './state.ts'

/** Ended suppressions that stay in memory, so that ending one twice is recognised. */
const MAX_ENDED = 10_000

/**
 * The live state. Rows are kept in order of their last change. When there are more alerts than `maxAlerts`, the
 * closed ones that changed longest ago leave memory, and only if there are none, the others; all of them stay on the
 * stream, and {@link evicted} says that an id which is missing here may be there.
 */
export class Table implements AlertingState {
  readonly alerts = new Map<string, Alert>()
  readonly suppressions = new Map<string, Suppression>()
  readonly #maxAlerts: number
  #evicted = 0

  constructor(maxAlerts: number) {
    this.#maxAlerts = maxAlerts
  }

  /** Alerts that left memory since the start. */
  get evicted(): number {
    return this.#evicted
  }

  /** Takes rows that are durable. */
  adopt({ alerts, suppressions }: Pick<Effects, 'alerts' | 'suppressions'>): void {
    for (const alert of alerts) {
      this.alerts.delete(alert.id)
      this.alerts.set(alert.id, alert)
    }
    for (const suppression of suppressions) {
      this.suppressions.delete(suppression.id)
      this.suppressions.set(suppression.id, suppression)
    }
    this.#trimAlerts()
    this.#trimSuppressions()
  }

  /** Trims by a twentieth more than needed, so that the walk over the table is rare. */
  #trimAlerts(): void {
    if (this.alerts.size <= this.#maxAlerts) return
    const target = this.#maxAlerts - Math.floor(this.#maxAlerts / 20)
    const before = this.alerts.size
    for (const closedOnly of [true, false])
      for (const [id, alert] of this.alerts) {
        if (this.alerts.size <= target) break
        if (!closedOnly || alert.state === 'closed') this.alerts.delete(id)
      }
    this.#evicted += before - this.alerts.size
  }

  #trimSuppressions(): void {
    if (this.suppressions.size <= MAX_ENDED * 2) return
    let surplus = this.suppressions.size - MAX_ENDED
    for (const [id, { endedAt }] of this.suppressions) {
      if (surplus <= 0) return
      if (endedAt === undefined) continue
      this.suppressions.delete(id)
      surplus--
    }
  }
}
