import type { GroupKey } from '../match/group.ts'
import { Key } from '../match/hash.ts'
import type { Field } from '../rule/fields.ts'
import type { CorrelationRule, EventRule, NewTermsRule } from '../rule/model.ts'
import { CountingWindow, DistinctWindow } from '../window/counting.ts'
import { Fired } from '../window/fired.ts'
import { GroupTable } from '../window/group-table.ts'
import { NewTerms } from '../window/new-terms.ts'
import { Quiet } from '../window/quiet.ts'
import { SequenceWindow } from '../window/sequence.ts'
import type { Arrival, Outcome, Window } from '../window/window.ts'
import type { Context } from './context.ts'
import { groupText, MAX_EVIDENCE } from './finding.ts'

/** What the checkpoint holds of one rule. */
export interface RuleState {
  readonly fired?: readonly (readonly [string, number])[]
  readonly terms?: readonly (readonly [string, number, number, number, readonly string[]])[]
}

/** State of one rule: takes in the events that fit it. */
export interface RuleTarget {
  readonly rule: EventRule | NewTermsRule | CorrelationRule
  /** The current row as event of stage `stage`; true when the rule is met by it. */
  take(context: Context, group: GroupKey, stage: number): boolean
  evicted(): number
  state(): RuleState
  restore(state: RuleState): void
}

/** One event is a claim; its group then stays quiet for the cooldown. */
export class EventTarget implements RuleTarget {
  readonly rule: EventRule
  readonly #fired: Fired
  readonly #quiet: Quiet
  readonly #table: GroupTable

  constructor(rule: EventRule, { limits, directory }: Context) {
    this.rule = rule
    this.#fired = new Fired(rule.cooldownMs)
    this.#quiet = new Quiet(rule.cooldownMs)
    this.#table = new GroupTable(directory, limits.maxGroups, () => undefined)
  }

  take(context: Context, group: GroupKey): boolean {
    if (!this.rule.emits || context.mode === 'rebuild') return true
    const slot = this.#table.slot(group, (fresh) => this.#quiet.reset(fresh))
    if (!this.#quiet.fires(slot, context.time)) return true
    const text = groupText(context.reader, this.rule.groupBy, context.row)
    const since = this.#fired.quietSince(text, context.time)
    if (since !== undefined) {
      this.#quiet.restore(slot, since)
      return true
    }
    this.#fired.note(text, context.time)
    context.claim(this.rule, {
      group: text,
      firstTime: context.time,
      eventIds: [context.eventId()],
      eventCount: 1,
    })
    return true
  }

  evicted(): number {
    return this.#table.evicted
  }

  state(): RuleState {
    return { fired: [...this.#fired.entries()] }
  }

  restore({ fired = [] }: RuleState): void {
    for (const [group, time] of fired) this.#fired.note(group, time)
  }
}

class RowArrival implements Arrival {
  readonly #context: Context
  group: Key = new Key()
  stage = 0
  time = 0
  value = 0
  distinct: Key = new Key()

  constructor(context: Context) {
    this.#context = context
  }

  evidence(before: number): number {
    return this.#context.evidence(before)
  }
}

function windowOf(rule: CorrelationRule, { limits, directory }: Context): Window {
  switch (rule.type) {
    case 'event_count':
    case 'value_sum':
      return new CountingWindow(rule, limits, directory)
    case 'value_count':
      return new DistinctWindow(rule, limits, directory)
    case 'temporal':
    case 'temporal_ordered':
      return new SequenceWindow(rule, limits, directory)
  }
}

/** A correlation with its window. */
export class CorrelationTarget implements RuleTarget {
  readonly rule: CorrelationRule
  readonly #window: Window
  readonly #fired: Fired
  readonly #arrival: RowArrival
  readonly #distinct: GroupKey | undefined
  readonly #summed: Field | undefined
  readonly #outcome: Outcome = { slot: 0, observed: 0, count: 0, after: 0, last: 0, steps: [] }
  /** Events that came too late to be judged. */
  late = 0

  constructor(rule: CorrelationRule, context: Context) {
    this.rule = rule
    this.#window = windowOf(rule, context)
    this.#fired = new Fired(rule.cooldownMs)
    this.#arrival = new RowArrival(context)
    this.#distinct = rule.type === 'value_count' ? context.keys.group(rule.fields) : undefined
    this.#summed = rule.type === 'value_sum' ? rule.fields[0] : undefined
  }

  take(context: Context, group: GroupKey, stage: number): boolean {
    const arrival = this.#arrival
    if (this.#distinct) {
      if (!this.#distinct.of(context.row)) return false
      arrival.distinct = this.#distinct
    }
    arrival.group = group
    arrival.stage = stage
    arrival.time = context.time
    arrival.value = this.#summed ? context.reader.number(this.#summed, context.row) : 0
    if (!this.#window.take(arrival, this.#outcome)) {
      this.late += 1
      return false
    }
    if (!this.#window.met(this.#outcome)) return false
    if (context.mode !== 'rebuild' && this.rule.emits) this.#speak(context, stage)
    return true
  }

  #speak(context: Context, stage: number): void {
    const { slot } = this.#outcome
    const { quiet } = this.#window
    if (!quiet.fires(slot, context.time)) return
    const text = groupText(context.reader, this.rule.groupBy[stage] ?? [], context.row)
    const since = this.#fired.quietSince(text, context.time)
    if (since !== undefined) {
      quiet.restore(slot, since)
      return
    }
    this.#fired.note(text, context.time)
    if (context.mode === 'live') this.#claim(context, text)
  }

  #claim(context: Context, group: string): void {
    const { observed, count, after, last, steps } = this.#outcome
    const { ids, firstTime } =
      steps.length > 0
        ? {
            ids: steps.map((step) => context.ring.idOf(step)).filter((id) => id !== ''),
            firstTime: after + 1,
          }
        : context.ring.chain(last, after, MAX_EVIDENCE)
    const [bound] = this.rule.bounds
    context.claim(this.rule, {
      group,
      firstTime: firstTime || context.time,
      eventIds: ids,
      eventCount: count,
      observed,
      ...(bound ? { threshold: bound.value } : {}),
      windowMs: this.rule.timespanMs,
    })
  }

  evicted(): number {
    return this.#window.evicted()
  }

  state(): RuleState {
    return { fired: [...this.#fired.entries()] }
  }

  restore({ fired = [] }: RuleState): void {
    for (const [group, time] of fired) this.#fired.note(group, time)
  }
}

/** First-seen terms. */
export class NewTermsTarget implements RuleTarget {
  readonly rule: NewTermsRule
  readonly #terms: NewTerms
  readonly #term: GroupKey

  constructor(rule: NewTermsRule, context: Context) {
    this.rule = rule
    this.#terms = new NewTerms(rule, context.limits.maxTermGroups)
    this.#term = context.keys.group([...rule.groupBy, rule.field])
  }

  take(context: Context, _group: GroupKey): boolean {
    if (context.mode === 'rebuild' || !this.#term.of(context.row)) return false
    const { h1, h2 } = this.#term
    if (this.#terms.takeKnown(h1, h2, context.time)) return false
    const group = groupText(context.reader, this.rule.groupBy, context.row)
    const values = context.reader.strings(this.rule.field, context.row)
    const news = this.#terms.take(group, values, context.time, h1, h2)
    if (news.length === 0) return false
    context.claim(this.rule, {
      group,
      firstTime: context.time,
      eventIds: [context.eventId()],
      eventCount: 1,
      observed: news.length,
      threshold: 0,
      terms: news,
    })
    return true
  }

  evicted(): number {
    return this.#terms.evicted
  }

  state(): RuleState {
    return { terms: [...this.#terms.groups()] }
  }

  restore({ terms = [] }: RuleState): void {
    for (const group of terms) this.#terms.restore(group)
  }
}
