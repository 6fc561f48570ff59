import type { Key } from '../match/hash.ts'
import { compares } from '../match/matcher.ts'
import type { Bound, CorrelationRule } from '../rule/model.ts'
import type { Directory } from './directory.ts'
import { GroupTable } from './group-table.ts'
import { HashIndex } from './hash-index.ts'
import { NearLog } from './near-log.ts'
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

/** How many of something never meet a condition; -1 when any number may. */
function harmless(bounds: readonly Bound[]): number {
  const limits = lowerBounds(bounds).map(({ compare, value }) =>
    compare === 'gt' ? Math.floor(value) : Math.ceil(value) - 1,
  )
  return Math.max(-1, ...limits)
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
 * order is judged in its own time, but a value seen again later counts there only. While a group has no more events than
 * it takes to meet the condition, they are only noted.
 */
export class DistinctWindow implements Window {
  readonly table: GroupTable
  readonly quiet: Quiet
  readonly #rule: Counted
  readonly #limits: WindowLimits
  readonly #near: NearLog
  readonly #harmless: number
  readonly #lists: TimeLists
  readonly #lower: readonly Bound[]
  readonly #index = new HashIndex()
  readonly #h1 = ints()
  readonly #h2 = ints()
  readonly #last = doubles()
  readonly #tally: Tally = { count: 0, sum: 0 }
  readonly #reset = (slot: number): void => {
    this.#near.reset(slot)
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
    this.#harmless = Math.min(harmless(rule.bounds), limits.maxDistinct)
    const keep = rule.timespanMs + limits.latenessMs
    this.#near = new NearLog(keep)
    this.#lists = new TimeLists({
      span: rule.timespanMs,
      keep,
      maxEntries: limits.maxDistinct,
      onDrop: (slot, entry) => this.#forget(slot, entry),
    })
    this.table = new GroupTable(directory, limits.maxGroups, (slot) => {
      this.#near.drop(slot)
      this.#lists.drop(slot)
    })
    this.quiet = new Quiet(rule.cooldownMs)
  }

  take(arrival: Arrival, into: Outcome): boolean {
    const { distinct, time } = arrival
    const slot = this.table.slot(arrival.group, this.#reset)
    const exact = this.#lists.size(slot) > 0
    const newest = exact ? this.#lists.newest(slot) : this.#near.newest(slot)
    if (time <= newest - this.#rule.timespanMs - this.#limits.latenessMs) return false
    if (exact) this.#put(slot, time, distinct.h1, distinct.h2)
    else this.#note(slot, time, distinct)
    while (
      this.#lists.live + this.#near.live > this.#limits.maxEntries &&
      this.table.evictOldest(slot)
    );
    this.#measure(slot, time >= newest, distinct)
    const last = arrival.evidence(this.#last.data[slot] as number)
    this.#last.data[slot] = last
    into.slot = slot
    into.count = into.observed = this.#tally.count
    into.after = time - this.#rule.timespanMs
    into.last = last
    return true
  }

  /** Notes a value of a group that has few; with too many to be harmless they are told apart from now on. */
  #note(slot: number, time: number, { h1, h2 }: Key): void {
    this.#near.add(slot, time, h1, h2)
    if (this.#near.size(slot) <= this.#harmless) return
    this.#near.prune(slot)
    if (this.#near.size(slot) <= this.#harmless) return
    this.#near.each(slot, (at, a, b) => this.#put(slot, at, a, b))
    this.#near.drop(slot)
  }

  /** Tallies the windows that hold the value, as far as it matters. */
  #measure(slot: number, newest: boolean, { h1, h2 }: Key): void {
    const size = this.#lists.size(slot)
    if (size === 0) {
      this.#tally.count = this.#near.size(slot)
      return
    }
    const entry = newest || !allMet(this.#lower, size) ? -1 : this.#index.find(h1, h2, slot)
    if (entry < 0) this.#lists.current(slot, this.#tally)
    else this.#lists.largest(entry, this.#tally)
  }

  #put(slot: number, time: number, h1: number, h2: number): void {
    const known = this.#index.find(h1, h2, slot)
    if (known >= 0) {
      if (this.#lists.timeOf(known) >= time) return
      this.#lists.remove(slot, known)
      this.#index.remove(h1, h2, slot)
    }
    const entry = this.#lists.add(slot, time, 0, false)
    // Too old by now: noted values need not come in order, and a full group keeps its newest.
    if (entry < 0) return
    this.#h1.reserve(entry + 1)
    this.#h2.reserve(entry + 1)
    this.#h1.data[entry] = h1
    this.#h2.data[entry] = h2
    this.#index.add(h1, h2, slot, entry)
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
