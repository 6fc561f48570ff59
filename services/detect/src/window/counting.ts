import { compares } from '../match/matcher.ts'
import type { Bound, CorrelationRule } from '../rule/model.ts'
import type { Directory } from './directory.ts'
import { GroupTable } from './group-table.ts'
import { HashIndex } from './hash-index.ts'
import { Quiet } from './quiet.ts'
import { doubles, ints } from './slabs.ts'
import { StepRows, type Tally } from './step-rows.ts'
import { TimeLists } from './time-lists.ts'
import type { Arrival, Outcome, Window, WindowLimits } from './window.ts'

/** Steps a timespan is measured in: a window is never longer than its timespan and at most 1/256 shorter. */
export const WINDOW_STEPS = 256
/** Steps kept per group, late ones included. */
const MAX_STEPS = 2048

type Counted = Pick<CorrelationRule, 'type' | 'timespanMs' | 'cooldownMs' | 'bounds'>

function allMet(bounds: readonly Bound[], value: number): boolean {
  for (const bound of bounds) if (!compares(bound.compare, value, bound.value)) return false
  return true
}

/** The bounds that are not met by anything smaller than what does not meet them. */
function lowerBounds(bounds: readonly Bound[]): readonly Bound[] {
  return bounds.filter(({ compare }) => compare === 'gt' || compare === 'gte')
}

/** Width of a step in milliseconds: whole, at least one. */
export function stepOf(timespanMs: number): number {
  return Math.max(1, Math.floor(timespanMs / WINDOW_STEPS))
}

/** event_count and value_sum: per group the steps of the timespan, each with its count and sum. */
export class CountingWindow implements Window {
  readonly table: GroupTable
  readonly quiet: Quiet
  readonly #rule: Counted
  readonly #limits: WindowLimits
  readonly #step: number
  readonly #rows: StepRows
  readonly #lower: readonly Bound[]
  readonly #last = doubles()
  readonly #tally: Tally = { count: 0, sum: 0 }
  readonly #reset = (slot: number): void => {
    this.#rows.reset(slot)
    this.quiet.reset(slot)
    this.#last.reserve(slot + 1)
    this.#last.data[slot] = 0
  }

  constructor(rule: Counted, limits: WindowLimits, directory: Directory) {
    this.#rule = rule
    this.#limits = limits
    this.#lower = lowerBounds(rule.bounds)
    this.#step = stepOf(rule.timespanMs)
    const span = Math.floor(rule.timespanMs / this.#step)
    const keep = span + Math.ceil(limits.latenessMs / this.#step)
    const measure = rule.type === 'value_sum' ? 'sum' : 'count'
    this.#rows = new StepRows({ span, keep, maxEntries: MAX_STEPS, measure })
    this.table = new GroupTable(directory, limits.maxGroups, (slot) => this.#rows.drop(slot))
    this.quiet = new Quiet(rule.cooldownMs)
  }

  take(arrival: Arrival, into: Outcome): boolean {
    const slot = this.table.slot(arrival.group, this.#reset)
    const step = Math.floor(arrival.time / this.#step)
    const newest = this.#rows.newest(slot)
    const entry = this.#rows.add(slot, step, arrival.value)
    if (entry < 0) return false
    while (this.#rows.live > this.#limits.maxEntries && this.table.evictOldest(slot));
    // Looking at windows around a late event takes time: only where one of them can meet the condition.
    if (step >= newest || !allMet(this.#lower, this.#rows.bound(slot)))
      this.#rows.current(slot, this.#tally)
    else this.#rows.largest(slot, entry, this.#tally)
    const last = arrival.evidence(this.#last.data[slot] as number)
    this.#last.data[slot] = last
    into.slot = slot
    into.count = this.#tally.count
    into.observed = this.#rule.type === 'value_sum' ? this.#tally.sum : this.#tally.count
    into.after = step * this.#step - this.#rule.timespanMs
    into.last = last
    return true
  }

  met(outcome: Outcome): boolean {
    return allMet(this.#rule.bounds, outcome.observed)
  }

  evicted(): number {
    return this.table.evicted + this.#rows.dropped
  }
}

/**
 * value_count: per group the distinct values in order of when each was last seen, to the millisecond. What comes out of
 * order is judged in its own time, but a value seen again later counts there only.
 */
export class DistinctWindow implements Window {
  readonly table: GroupTable
  readonly quiet: Quiet
  readonly #rule: Counted
  readonly #limits: WindowLimits
  readonly #lists: TimeLists
  readonly #lower: readonly Bound[]
  readonly #index = new HashIndex()
  readonly #h1 = ints()
  readonly #h2 = ints()
  readonly #last = doubles()
  readonly #tally: Tally = { count: 0, sum: 0 }
  readonly #reset = (slot: number): void => {
    this.#lists.reset(slot)
    this.quiet.reset(slot)
    this.#last.reserve(slot + 1)
    this.#last.data[slot] = 0
  }

  constructor(
    rule: Counted,
    limits: WindowLimits & { readonly maxDistinct: number },
    directory: Directory,
  ) {
    this.#rule = rule
    this.#limits = limits
    this.#lower = lowerBounds(rule.bounds)
    this.#lists = new TimeLists({
      span: rule.timespanMs,
      keep: rule.timespanMs + limits.latenessMs,
      maxEntries: limits.maxDistinct,
      onDrop: (slot, entry) => this.#forget(slot, entry),
    })
    this.table = new GroupTable(directory, limits.maxGroups, (slot) => this.#lists.drop(slot))
    this.quiet = new Quiet(rule.cooldownMs)
  }

  take(arrival: Arrival, into: Outcome): boolean {
    const { distinct, time } = arrival
    const slot = this.table.slot(arrival.group, this.#reset)
    const newest = this.#lists.newest(slot)
    if (time <= newest - this.#rule.timespanMs - this.#limits.latenessMs) return false
    const known = this.#index.find(distinct.h1, distinct.h2, slot)
    const entry =
      known >= 0 && this.#lists.timeOf(known) >= time ? known : this.#put(arrival, slot, known)
    while (this.#lists.live > this.#limits.maxEntries && this.table.evictOldest(slot));
    if (time >= newest || !allMet(this.#lower, this.#lists.size(slot)))
      this.#lists.current(slot, this.#tally)
    else this.#lists.largest(entry, this.#tally)
    const last = arrival.evidence(this.#last.data[slot] as number)
    this.#last.data[slot] = last
    into.slot = slot
    into.count = into.observed = this.#tally.count
    into.after = time - this.#rule.timespanMs
    into.last = last
    return true
  }

  #put({ distinct, time }: Arrival, slot: number, known: number): number {
    if (known >= 0) {
      this.#lists.remove(slot, known)
      this.#index.remove(distinct.h1, distinct.h2, slot)
    }
    const entry = this.#lists.add(slot, time, 0, false)
    this.#h1.reserve(entry + 1)
    this.#h2.reserve(entry + 1)
    this.#h1.data[entry] = distinct.h1
    this.#h2.data[entry] = distinct.h2
    this.#index.add(distinct.h1, distinct.h2, slot, entry)
    return entry
  }

  #forget(slot: number, entry: number): void {
    this.#index.remove(this.#h1.data[entry] as number, this.#h2.data[entry] as number, slot)
  }

  met(outcome: Outcome): boolean {
    return allMet(this.#rule.bounds, outcome.observed)
  }

  evicted(): number {
    return this.table.evicted + this.#lists.dropped
  }
}
