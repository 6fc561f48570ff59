import { compares } from '../match/matcher.ts'
import type { CorrelationRule } from '../rule/model.ts'
import { GroupTable } from './group-table.ts'
import { Quiet } from './quiet.ts'
import { doubles } from './slabs.ts'
import type { Arrival, Outcome, Window, WindowLimits } from './window.ts'

/** Latest events kept per group and stage: enough to order what exporters deliver out of order. */
const KEPT = 16
const NONE: readonly number[] = []

type Sequence = Pick<CorrelationRule, 'type' | 'timespanMs' | 'cooldownMs' | 'bounds' | 'rules'>

/**
 * temporal and temporal_ordered: per group and rule the latest 16 events that fit it, in order of time, exact to the
 * event. One event is never two steps of a sequence. Whether a group is met is asked around the event that came, so an
 * event that arrives before its predecessor is found too.
 */
export class SequenceWindow implements Window {
  readonly table: GroupTable
  readonly quiet: Quiet
  readonly #rule: Sequence
  readonly #stages: number
  readonly #times = doubles(Number.NaN)
  readonly #numbers = doubles()
  readonly #reset = (slot: number): void => {
    const from = slot * this.#stages * KEPT
    this.#times.reserve(from + this.#stages * KEPT)
    this.#numbers.reserve(from + this.#stages * KEPT)
    this.#times.data.fill(Number.NaN, from, from + this.#stages * KEPT)
    this.quiet.reset(slot)
  }

  constructor(rule: Sequence, limits: WindowLimits) {
    this.#rule = rule
    this.#stages = rule.rules.length
    this.table = new GroupTable(limits.maxGroups, () => undefined)
    this.quiet = new Quiet(rule.cooldownMs)
  }

  take(arrival: Arrival, into: Outcome): boolean {
    const slot = this.table.slot(arrival.group, this.#reset)
    const number = arrival.evidence(0)
    const ordered = this.#rule.type === 'temporal_ordered'
    const steps = ordered
      ? this.#ordered(slot, arrival, number)
      : this.#around(slot, arrival, number)
    this.#keep(slot, arrival.stage, arrival.time, number)
    into.slot = slot
    if (into.steps.length > 0) into.steps.length = 0
    into.observed = into.count = steps.length
    into.after = arrival.time - 1
    into.last = number
    for (const step of steps) {
      into.steps.push(this.#numbers.data[step] ?? number)
      into.after = Math.min(into.after, (this.#times.data[step] ?? arrival.time) - 1)
    }
    return true
  }

  met(outcome: Outcome): boolean {
    if (this.#rule.type === 'temporal_ordered') return outcome.observed === this.#stages
    return this.#rule.bounds.every((bound) =>
      compares(bound.compare, outcome.observed, bound.value),
    )
  }

  evicted(): number {
    return this.table.evicted
  }

  /** Index of the latest event of a stage at or before a time; -1 if there is none. The event itself does not count. */
  #latest(slot: number, stage: number, time: number, not: number): number {
    const from = (slot * this.#stages + stage) * KEPT
    let best = -1
    for (let i = from; i < from + KEPT; i++) {
      const at = this.#times.data[i] as number
      if (
        at <= time &&
        this.#numbers.data[i] !== not &&
        (best < 0 || at >= (this.#times.data[best] as number))
      )
        best = i
    }
    return best
  }

  /** Index of the earliest event of a stage at or after a time; -1 if there is none. */
  #earliest(slot: number, stage: number, time: number, not: number): number {
    const from = (slot * this.#stages + stage) * KEPT
    let best = -1
    for (let i = from; i < from + KEPT; i++) {
      const at = this.#times.data[i] as number
      if (
        at >= time &&
        this.#numbers.data[i] !== not &&
        (best < 0 || at < (this.#times.data[best] as number))
      )
        best = i
    }
    return best
  }

  /** The tightest chain through the event: latest before it, earliest after it. -2 stands for the event. */
  #ordered(slot: number, { stage, time }: Arrival, not: number): readonly number[] {
    if (stage > 0 && this.#latest(slot, stage - 1, time, not) < 0) return NONE
    if (stage + 1 < this.#stages && this.#earliest(slot, stage + 1, time, not) < 0) return NONE
    const steps = [-2]
    let first = time
    let last = time
    for (let i = stage - 1; i >= 0; i--) {
      const found = this.#latest(slot, i, first, not)
      if (found < 0) return NONE
      first = this.#times.data[found] as number
      steps.unshift(found)
    }
    for (let i = stage + 1; i < this.#stages; i++) {
      const found = this.#earliest(slot, i, last, not)
      if (found < 0) return NONE
      last = this.#times.data[found] as number
      steps.push(found)
    }
    return last - first < this.#rule.timespanMs ? steps : NONE
  }

  /** The most rules seen in any one timespan that holds the event, each with its event nearest to the window's end. */
  #around(slot: number, { stage, time }: Arrival, not: number): number[] {
    const span = this.#rule.timespanMs
    let best: number[] = []
    const from = slot * this.#stages * KEPT
    const ends = [time]
    for (let i = from; i < from + this.#stages * KEPT; i++) {
      const at = this.#times.data[i] as number
      if (at > time && at < time + span) ends.push(at)
    }
    for (const end of ends) {
      const steps: number[] = []
      for (let i = 0; i < this.#stages; i++) {
        const found = i === stage ? -2 : this.#latest(slot, i, end, not)
        if (found === -2 || (found >= 0 && (this.#times.data[found] as number) > end - span))
          steps.push(found)
      }
      if (steps.length > best.length) best = steps
    }
    return best.sort((a, b) => (this.#times.data[a] ?? time) - (this.#times.data[b] ?? time))
  }

  /** Keeps an event of a stage in place of the oldest, unless it is older still. */
  #keep(slot: number, stage: number, time: number, number: number): void {
    const from = (slot * this.#stages + stage) * KEPT
    let oldest = from
    for (let i = from; i < from + KEPT; i++) {
      const at = this.#times.data[i] as number
      if (Number.isNaN(at)) {
        oldest = i
        break
      }
      if (at < (this.#times.data[oldest] as number)) oldest = i
    }
    if ((this.#times.data[oldest] as number) > time) return
    this.#times.data[oldest] = time
    this.#numbers.data[oldest] = number
  }
}
