import type { DictColumn, EventBatch, Finding } from '@nightjar/core'
import { Compiler } from '../match/compile.ts'
import type { GroupKey } from '../match/group.ts'
import type { RowTest } from '../match/predicate.ts'
import { Reader } from '../match/reader.ts'
import type { World } from '../match/world.ts'
import type { LoadedRules, Rule } from '../rule/model.ts'
import { CallFold } from '../window/call-fold.ts'
import { Context, type Mode } from './context.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import {
  CorrelationTarget,
  EventTarget,
  NewTermsTarget,
  type RuleState,
  type RuleTarget,
} from './targets.ts'

/** A rule's way to a target: as which of its stages, grouped how. */
interface Feed {
  /** Index of the feed, for what a call has counted already. */
  readonly index: number
  readonly target: RuleTarget
  readonly stage: number
  readonly group: GroupKey
  /** Where it goes on when the target is met. */
  readonly next: Feed[]
}

interface Detection {
  readonly kind: string | undefined
  readonly test: RowTest
  readonly feeds: readonly Feed[]
}

/** What the engine has seen and given up. */
export interface EngineStats {
  readonly rows: number
  readonly duplicates: number
  /** Rows received too late to count in a window. */
  readonly late: number
  /** Groups, entries and values given up because of a bound. */
  readonly evicted: number
  /** Rows a rule failed on. */
  readonly failed: number
}

/** The plain texts of rule state by rule id, as the checkpoint keeps them. */
export type EngineState = Readonly<Record<string, RuleState>>

/**
 * Rules compiled, with their windows: a fold over events. What it gives depends on the events in their order and on the
 * world, not on how they come in batches, nor on the clock.
 */
export class Engine {
  readonly #reader = new Reader()
  readonly #compiler = new Compiler(this.#reader)
  readonly #context: Context
  readonly #fold: CallFold
  readonly #detections: Detection[] = []
  readonly #targets: RuleTarget[] = []
  #feeds = 0
  #rows = 0
  #late = 0
  #failed = 0

  constructor(rules: LoadedRules, limits: Limits = DEFAULT_LIMITS) {
    this.#context = new Context(this.#reader, limits)
    this.#build(
      rules.rules.filter(({ status }) => status !== 'deprecated' && status !== 'unsupported'),
    )
    this.#fold = new CallFold(this.#context.keys, limits.foldCalls, this.#feeds)
  }

  /** Judges rows `from` to `to` of a batch, in order. */
  judge(
    batch: EventBatch,
    world: World,
    options: { readonly mode?: Mode; readonly from?: number; readonly to?: number } = {},
  ): Finding[] {
    this.#reader.prepare(batch, world)
    this.#compiler.prepare()
    this.#context.keys.prepare()
    this.#fold.prepare()
    this.#context.mode = options.mode ?? 'live'
    this.#context.findings = []
    const byKind = this.#byKind(batch.columns.kind)
    const { codes } = batch.columns.kind
    const to = options.to ?? batch.rows
    for (let row = options.from ?? 0; row < to; row++) {
      this.#rows += 1
      try {
        this.#row(row, byKind[codes[row] as number] as readonly Detection[])
      } catch {
        this.#failed += 1
      }
    }
    return this.#context.findings
  }

  stats(): EngineStats {
    const evicted = this.#targets.reduce((sum, target) => sum + target.evicted(), 0)
    const { duplicates } = this.#fold
    return { rows: this.#rows, duplicates, late: this.#late, evicted, failed: this.#failed }
  }

  state(): EngineState {
    return Object.fromEntries(this.#targets.map((target) => [target.rule.id, target.state()]))
  }

  /** Takes up the state of rules that are still there. */
  restore(state: EngineState): void {
    for (const target of this.#targets) target.restore(state[target.rule.id] ?? {})
  }

  #row(row: number, detections: readonly Detection[]): void {
    if (this.#fold.tell(row) === 'duplicate') return
    this.#context.begin(row)
    if (this.#context.late) this.#late += 1
    const named = this.#reader.batch.columns.principal.codes[row] !== 0
    for (let i = 0; i < detections.length; i++) {
      const { test, feeds } = detections[i] as Detection
      if (test(row))
        for (let j = 0; j < feeds.length; j++) this.#deliver(feeds[j] as Feed, row, named)
    }
  }

  #deliver(feed: Feed, row: number, named: boolean): void {
    const { target, group, stage, next } = feed
    const single = target instanceof EventTarget
    if (this.#context.late && target instanceof CorrelationTarget) return
    if (!group.of(row)) return
    if (single && this.#fold.hasCounted(feed.index)) return
    if (!this.#fold.counts(feed.index, named)) return
    if (!target.take(this.#context, group, stage)) return
    for (let i = 0; i < next.length; i++) this.#deliver(next[i] as Feed, row, named)
  }

  /** For each code of the batch's kinds the detections that look at it. */
  #byKind(kind: DictColumn): (readonly Detection[])[] {
    return kind.values.map((value) =>
      this.#detections.filter(
        (detection) => detection.kind === undefined || detection.kind === value,
      ),
    )
  }

  #build(rules: readonly Rule[]): void {
    const feeds = new Map<string, Feed[]>()
    const feed = (from: string, target: RuleTarget, stage: number, group: GroupKey): void => {
      const made: Feed = {
        index: this.#feeds++,
        target,
        stage,
        group,
        next: nextOf(target.rule.id),
      }
      feeds.set(from, [...(feeds.get(from) ?? []), made])
    }
    const nexts = new Map<string, Feed[]>()
    const nextOf = (id: string): Feed[] => {
      const list = nexts.get(id) ?? []
      nexts.set(id, list)
      return list
    }
    const { keys } = this.#context
    for (const rule of rules) {
      if (rule.type === 'drift') continue
      if (rule.type === 'event') {
        if (rule.emits)
          feed(
            rule.id,
            this.#add(new EventTarget(rule, this.#context)),
            0,
            keys.group(rule.groupBy, true),
          )
      } else if (rule.type === 'new_terms')
        feed(
          rule.id,
          this.#add(new NewTermsTarget(rule, this.#context)),
          0,
          keys.group(rule.groupBy),
        )
      else {
        const target = this.#add(new CorrelationTarget(rule, this.#context))
        rule.rules.forEach((from, stage) => {
          feed(from, target, stage, keys.group(rule.groupBy[stage] ?? []))
        })
      }
    }
    for (const rule of rules) {
      const own = feeds.get(rule.id) ?? []
      if (rule.type === 'event' || rule.type === 'new_terms') {
        const staged = [...own].sort((a, b) => b.stage - a.stage)
        if (staged.length > 0)
          this.#detections.push({
            kind: rule.kind,
            test: this.#compiler.compile(rule.when),
            feeds: staged,
          })
      } else nextOf(rule.id).push(...own)
    }
  }

  #add(target: RuleTarget): RuleTarget {
    this.#targets.push(target)
    return target
  }
}
