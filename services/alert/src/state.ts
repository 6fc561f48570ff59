import type { Alert, Reply, Suppression } from '@nightjar/core'

/** What alerting knows: alerts and suppressions by id. */
export interface AlertingState {
  readonly alerts: ReadonlyMap<string, Alert>
  readonly suppressions: ReadonlyMap<string, Suppression>
}

/** What a step counted. */
export interface Tally {
  /** Findings folded in. */
  folded: number
  /** Findings that changed nothing because they were known. */
  known: number
  /** Alerts that did not exist before. */
  raised: number
  /** Closed alerts that fired again. */
  regressed: number
}

/**
 * What one step decided: rows in their new version and the answer to a command. They are written first and adopted
 * after, so that memory is never ahead of what is durable.
 */
export interface Effects {
  readonly alerts: readonly Alert[]
  readonly suppressions: readonly Suppression[]
  readonly replies: readonly Reply[]
  readonly tally: Readonly<Tally>
}

/** Rows as one step changes them, laid over those that were there. */
export class Overlay<T extends { readonly id: string }> {
  readonly #base: ReadonlyMap<string, T>
  readonly #touched = new Map<string, T>()

  constructor(base: ReadonlyMap<string, T>) {
    this.#base = base
  }

  get(id: string): T | undefined {
    return this.#touched.get(id) ?? this.#base.get(id)
  }

  /** Takes a row; the very row that was there is not a change. */
  put(row: T): void {
    if (this.get(row.id) !== row) this.#touched.set(row.id, row)
  }

  *all(): Generator<T> {
    for (const row of this.#base.values()) yield this.#touched.get(row.id) ?? row
    for (const row of this.#touched.values()) if (!this.#base.has(row.id)) yield row
  }

  /** What was put. */
  changed(): T[] {
    return [...this.#touched.values()]
  }
}

/** A state in the making. A row's version grows by one per step, however often the step touches it. */
export class Draft {
  readonly alerts: Overlay<Alert>
  readonly suppressions: Overlay<Suppression>
  readonly tally: Tally = { folded: 0, known: 0, raised: 0, regressed: 0 }

  constructor(base: AlertingState) {
    this.alerts = new Overlay(base.alerts)
    this.suppressions = new Overlay(base.suppressions)
  }

  /** The rows that changed, in their next version. */
  rows(now: number): Pick<Effects, 'alerts' | 'suppressions' | 'tally'> {
    const updatedAt = new Date(now).toISOString()
    return {
      alerts: this.alerts.changed().map((row) => ({ ...row, version: row.version + 1, updatedAt })),
      suppressions: this.suppressions
        .changed()
        .map((row) => ({ ...row, version: row.version + 1 })),
      tally: this.tally,
    }
  }
}
