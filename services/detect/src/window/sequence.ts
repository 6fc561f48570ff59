import { compares } from '../match/matcher.ts'
import type { CorrelationRule } from '../rule/model.ts'
import type { Directory } from './directory.ts'
import { GroupTable } from './group-table.ts'
import { PendingSteps } from './pending.ts'
import { Quiet } from './quiet.ts'
import { doubles } from './slabs.ts'
import type { Arrival, Outcome, Window, WindowLimits } from './window.ts'

/** Latest events kept per group and stage: enough to order what exporters deliver out of order. */
const KEPT = 16
/** Numbers of one stage: how many events, then time and evidence number of each. */
const STAGE = 1 + KEPT * 2
const NONE: readonly number[] = []

type Sequence = Pick<CorrelationRule, 'type' | 'timespanMs' | 'cooldownMs' | 'bounds' | 'rules'>

/**
 * temporal and temporal_ordered: per group and rule the latest 16 events that fit it, in order of time, exact to the
 * event. One event is never two steps of a sequence. Whether a group is met is asked around the event that came, so an
 * event that arrives before its predecessor is found too. An ordered sequence has a group once its first step has come;
 * other steps wait outside.
 */
export class SequenceWindow implements Window {
  readonly table: GroupTable
  readonly quiet: Quiet
  readonly #rule: Sequence
  readonly #stages: number
  readonly #data = doubles()
  readonly #pending = new PendingSteps()
  readonly #reset = (slot: number): void => {
    const width = this.#stages * STAGE
    this.#data.reserve((slot + 1) * width)
    for (let at = slot * width; at < (slot + 1) * width; at += STAGE) this.#data.data[at] = 0
    this.quiet.reset(slot)
  }

  constructor(rule: Sequence, limits: WindowLimits, directory: Directory) {
    this.#rule = rule
    this.#stages = rule.rules.length
    this.table = new GroupTable(directory, limits.maxGroups, () => undefined)
    this.quiet = new Quiet(rule.cooldownMs)
  }

  take(arrival: Arrival, into: Outcome): boolean {
    const number = arrival.evidence(0)
    const ordered = this.#rule.type === 'temporal_ordered'
    if (ordered && !this.table.has(arrival.group)) {
      if (arrival.stage > 0) return this.#wait(arrival, number, into)
      const slot = this.table.slot(arrival.group, this.#reset)
      this.#pending.each(arrival.group, (stage, time, step) => this.#keep(slot, stage, time, step))
    }
    const slot = this.table.slot(arrival.group, this.#reset)
    const steps = ordered
      ? this.#ordered(slot, arrival, number)
      : this.#around(slot, arrival, number)
    this.#keep(slot, arrival.stage, arrival.time, number)
    into.slot = slot
    if (into.steps.length > 0) into.steps.length = 0
    into.observed = into.count = steps.length
    into.after = arrival.time - 1
    into.last = number
    if (steps.length > 0) this.#tell(steps, arrival.time, number, into)
    return true
  }

  met(outcome: Outcome): boolean {
    if (this.#rule.type === 'temporal_ordered') return outcome.observed === this.#stages
    for (const { compare, value } of this.#rule.bounds)
      if (!compares(compare, outcome.observed, value)) return false
    return true
  }

  evicted(): number {
    return this.table.evicted
  }

  /** Without a first step no sequence is whole. */
  #wait({ group, stage, time }: Arrival, number: number, into: Outcome): boolean {
    this.#pending.add(group, stage, time, number)
    if (into.steps.length > 0) into.steps.length = 0
    into.observed = into.count = 0
    into.after = time - 1
    into.last = number
    return true
  }

  /** Writes down the events of a sequence. */
  #tell(steps: readonly number[], time: number, number: number, into: Outcome): void {
    const { data } = this.#data
    for (const step of steps) {
      into.steps.push(step < 0 ? number : (data[step + 1] as number))
      into.after = Math.min(into.after, (step < 0 ? time : (data[step] as number)) - 1)
    }
  }

  /** Where the first event of a stage is; how many there are stands before it. */
  #first(slot: number, stage: number): number {
    return (slot * this.#stages + stage) * STAGE + 1
  }

  /** Index of the latest event of a stage at or before a time; -1 if there is none. The event itself does not count. */
  #latest(slot: number, stage: number, time: number, not: number): number {
    const { data } = this.#data
    const from = this.#first(slot, stage)
    const to = from + (data[from - 1] as number) * 2
    let best = -1
    let latest = Number.NEGATIVE_INFINITY
    for (let i = from; i < to; i += 2) {
      const at = data[i] as number
      if (at <= time && at >= latest && data[i + 1] !== not) {
        best = i
        latest = at
      }
    }
    return best
  }

  /** Index of the earliest event of a stage at or after a time; -1 if there is none. */
  #earliest(slot: number, stage: number, time: number, not: number): number {
    const { data } = this.#data
    const from = this.#first(slot, stage)
    const to = from + (data[from - 1] as number) * 2
    let best = -1
    let earliest = Number.POSITIVE_INFINITY
    for (let i = from; i < to; i += 2) {
      const at = data[i] as number
      if (at >= time && at < earliest && data[i + 1] !== not) {
        best = i
        earliest = at
      }
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
      first = this.#data.data[found] as number
      steps.unshift(found)
    }
    for (let i = stage + 1; i < this.#stages; i++) {
      const found = this.#earliest(slot, i, last, not)
      if (found < 0) return NONE
      last = this.#data.data[found] as number
      steps.push(found)
    }
    return last - first < this.#rule.timespanMs ? steps : NONE
  }

  /** The most rules seen in any one timespan that holds the event, each with its event nearest to the window's end. */
  #around(slot: number, { stage, time }: Arrival, not: number): number[] {
    const span = this.#rule.timespanMs
    let best: number[] = []
    const { data } = this.#data
    const timeOf = (step: number): number => (step < 0 ? time : (data[step] as number))
    const ends = [time]
    for (let other = 0; other < this.#stages; other++) {
      const from = this.#first(slot, other)
      for (let i = from; i < from + (data[from - 1] as number) * 2; i += 2) {
        const at = data[i] as number
        if (at > time && at < time + span) ends.push(at)
      }
    }
    for (const end of ends) {
      const steps: number[] = []
      for (let i = 0; i < this.#stages; i++) {
        const found = i === stage ? -2 : this.#latest(slot, i, end, not)
        if (found === -2 || (found >= 0 && timeOf(found) > end - span)) steps.push(found)
      }
      if (steps.length > best.length) best = steps
    }
    return best.sort((a, b) => timeOf(a) - timeOf(b))
  }

  /** Keeps an event of a stage in place of the oldest, unless it is older still. */
  #keep(slot: number, stage: number, time: number, number: number): void {
    const { data } = this.#data
    const from = this.#first(slot, stage)
    const count = data[from - 1] as number
    let at = from + count * 2
    if (count < KEPT) data[from - 1] = count + 1
    else {
      at = from
      for (let i = from + 2; i < from + KEPT * 2; i += 2)
        if ((data[i] as number) < (data[at] as number)) at = i
      if ((data[at] as number) > time) return
    }
    data[at] = time
    data[at + 1] = number
  }
}
