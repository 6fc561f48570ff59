/** Why records or bytes were lost. */
export type LossReason = 'queue_full' | 'line_too_long' | 'export_failed'

/** Counts what was lost until it has been told. */
export class LossCounter {
  readonly #counts = new Map<LossReason, number>()
  #total = 0

  add(count: number, reason: LossReason): void {
    if (count <= 0) return
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count)
    this.#total += count
  }

  get total(): number {
    return this.#total
  }

  /** What was lost since the last call, and why; undefined when nothing was. */
  take(): { readonly lost: number; readonly reasons: readonly LossReason[] } | undefined {
    if (this.#total === 0) return undefined
    const taken = { lost: this.#total, reasons: [...this.#counts.keys()].sort() }
    this.#counts.clear()
    this.#total = 0
    return taken
  }
}
