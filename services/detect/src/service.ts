import {
  type Clock,
  type Component,
  type Finding,
  type Logger,
  type Metrics,
  messageOf,
  noMetrics,
  type RuleView,
  silentLogger,
  systemClock,
} from '@nightjar/core'
import type { EventDelivery, Stream, Subscription } from '@nightjar/stream'
import { checkpointFile } from './checkpoint-file.ts'
import { type CheckpointPort, decodeCheckpoint, encodeCheckpoint } from './judge/checkpoint.ts'
import type { Mode } from './judge/context.ts'
import { Engine } from './judge/engine.ts'
import { DEFAULT_LIMITS, type Limits } from './judge/limits.ts'
import { StateWorld } from './match/world.ts'
import type { LoadedRules, NewTermsRule } from './rule/model.ts'
import { FindingCounts, ruleViews } from './views.ts'

/** What a group was seen with before there was a checkpoint. Times are milliseconds. */
export interface HistoryGroup {
  readonly tenant: string
  /** Values of the group-by fields, in their order. */
  readonly group: readonly string[]
  readonly terms: readonly string[]
  readonly events: number
  readonly firstTime: number
  readonly lastTime: number
}

/** Reads first-seen values from stored events, for rules of type new_terms. Fields are OpenTelemetry names. */
export interface HistoryReader {
  knownTerms(question: {
    readonly field: string
    readonly groupBy: readonly string[]
    readonly limit: number
  }): Promise<readonly HistoryGroup[]>
}

export interface DetectorOptions {
  readonly stream: Stream
  readonly rules: LoadedRules
  /** Where the checkpoint rests; `checkpointDir` is a file in that folder. Without one every start replays an hour. */
  readonly checkpoint?: CheckpointPort
  readonly checkpointDir?: string
  readonly history?: HistoryReader
  readonly limits?: Limits
  /** How often the checkpoint is written and the position committed at most. */
  readonly checkpointMs?: number
  /** Consumer group. */
  readonly group?: string
  readonly logger?: Logger
  readonly metrics?: Metrics
  readonly clock?: Clock
}

/** How detection is doing. */
export interface DetectorStats {
  readonly lagEvents: number
  readonly rules: number
  /** Groups, entries and values given up because of a bound. */
  readonly windowsEvicted: number
  /** Events received too late to count in a window. */
  readonly lateEvents: number
  readonly findings: number
}

export interface Detector extends Component {
  rules(): RuleView[]
  stats(): DetectorStats
}

const REWIND_MS = 3_600_000
const CHECKPOINT_MS = 2000
const STATE_TOPIC = 'nightjar.state.v1'
const FINDINGS_TOPIC = 'nightjar.findings.v1'

/** Events in, findings out: durable before the position they were found at is committed. */
export function createDetector(options: DetectorOptions): Detector {
  return new StreamDetector(options)
}

class StreamDetector implements Detector {
  readonly name = 'detect'
  readonly #options: DetectorOptions
  readonly #stream: Stream
  readonly #logger: Logger
  readonly #metrics: Metrics
  readonly #clock: Clock
  readonly #port: CheckpointPort | undefined
  readonly #world = new StateWorld()
  readonly #engine: Engine
  readonly #counts = new FindingCounts()
  /** For each partition the position up to which the checkpoint had judged. */
  readonly #judged = new Map<number, number>()
  /** For each partition the position up to which rows went through the engine in this process. */
  readonly #seen = new Map<number, number>()
  /** Findings not durable yet: published before anything else when a delivery is tried again. */
  #pending: Finding[] = []
  #findings = 0
  #savedAt = 0
  #events: Subscription | undefined
  #state: Subscription | undefined

  constructor(options: DetectorOptions) {
    this.#options = options
    this.#stream = options.stream
    this.#logger = options.logger ?? silentLogger
    this.#metrics = options.metrics ?? noMetrics
    this.#clock = options.clock ?? systemClock
    this.#engine = new Engine(options.rules, options.limits ?? DEFAULT_LIMITS)
    const { checkpoint, checkpointDir } = options
    this.#port =
      checkpoint ?? (checkpointDir === undefined ? undefined : checkpointFile(checkpointDir))
  }

  async start(): Promise<void> {
    if (this.#events) return
    const group = this.#options.group ?? 'detect'
    this.#state = await this.#stream.subscribe(
      STATE_TOPIC,
      group,
      async (records) => {
        for (const { value } of records) this.#world.apply(value)
      },
      { from: 'end' },
    )
    for (const value of (await this.#stream.readLatest(STATE_TOPIC)).values())
      this.#world.apply(value)
    if (!(await this.#restore())) await this.#seed()
    this.#savedAt = this.#clock.now()
    this.#events = await this.#stream.subscribeEvents(group, (delivery) => this.#handle(delivery), {
      rewindMs: REWIND_MS,
    })
  }

  async stop(): Promise<void> {
    const events = this.#events
    this.#events = undefined
    if (events) {
      await this.#save(events).catch((error: unknown) => {
        this.#logger.warn(
          { error: messageOf(error) },
          'The checkpoint of detection was not written.',
        )
      })
      await events.stop()
    }
    await this.#state?.stop()
    this.#state = undefined
  }

  rules(): RuleView[] {
    const now = this.#clock.now()
    return ruleViews(this.#options.rules, (id) => this.#counts.last24h(id, now))
  }

  stats(): DetectorStats {
    const { evicted, late } = this.#engine.stats()
    return {
      lagEvents: this.#events?.lag() ?? 0,
      rules: this.#options.rules.rules.filter(({ emits }) => emits).length,
      windowsEvicted: evicted,
      lateEvents: late,
      findings: this.#findings,
    }
  }

  async #handle(delivery: EventDelivery): Promise<void> {
    this.#judge(delivery)
    await this.#publish()
    this.#measure()
    if (this.#events && !delivery.replayed && this.#due()) await this.#save(this.#events)
  }

  /** Judges the rows of a delivery that this process has not judged yet. */
  #judge({ batch, partition, position, replayed }: EventDelivery): void {
    const seen = this.#seen.get(partition) ?? 0
    const judged = (this.#judged.get(partition) ?? 0) - position
    const from = Math.max(0, seen - position)
    const rebuilt = Math.min(batch.rows, Math.max(from, judged))
    const run = (mode: Mode, first: number, to: number): void => {
      if (first < to)
        this.#pending.push(...this.#engine.judge(batch, this.#world, { mode, from: first, to }))
    }
    run('rebuild', from, rebuilt)
    run(replayed ? 'silent' : 'live', Math.max(from, rebuilt), batch.rows)
    // Judged rows are never judged twice: a delivery that is tried again only has its findings to publish.
    this.#seen.set(partition, Math.max(seen, position + batch.rows))
  }

  async #publish(): Promise<void> {
    if (this.#pending.length === 0) return
    const records = this.#pending.map((value) => ({
      key: `${value.tenant}:${value.fingerprint}`,
      value,
    }))
    await this.#stream.publish(FINDINGS_TOPIC, records)
    for (const { ruleId } of this.#pending) {
      this.#counts.add(ruleId, this.#clock.now())
      this.#metrics.add('nightjar_detect_findings_total', 1, { rule: ruleId })
    }
    this.#findings += this.#pending.length
    this.#pending = []
    this.#savedAt = Number.NEGATIVE_INFINITY
  }

  #due(): boolean {
    const every = this.#port ? (this.#options.checkpointMs ?? CHECKPOINT_MS) : 0
    return this.#clock.now() - this.#savedAt >= every
  }

  /** The checkpoint first, then the position: a checkpoint may be ahead of the position, never behind. */
  async #save(events: Subscription): Promise<void> {
    if (this.#pending.length > 0 || this.#seen.size === 0) return
    const positions = Object.fromEntries(
      [...this.#seen].map(([partition, seen]) => [
        partition,
        Math.max(seen, this.#judged.get(partition) ?? 0),
      ]),
    )
    const position = Math.max(...this.#seen.values())
    await this.#port?.save(encodeCheckpoint({ positions, rules: this.#engine.state() }))
    await events.commit(position)
    this.#savedAt = this.#clock.now()
  }

  /** Takes up the checkpoint; false when there is none that can be read. */
  async #restore(): Promise<boolean> {
    const bytes = await this.#port?.load()
    if (!bytes) return false
    const checkpoint = decodeCheckpoint(bytes)
    if (!checkpoint) {
      this.#logger.warn(
        {},
        'The checkpoint of detection cannot be read; state is rebuilt from events.',
      )
      return false
    }
    this.#engine.restore(checkpoint.rules)
    for (const [partition, position] of Object.entries(checkpoint.positions))
      this.#judged.set(Number(partition), position)
    return true
  }

  /** Lets new_terms rules begin with what the store knows. */
  async #seed(): Promise<void> {
    const { history, rules, limits = DEFAULT_LIMITS } = this.#options
    if (!history) return
    const wanted = rules.rules.filter((rule): rule is NewTermsRule => rule.type === 'new_terms')
    for (const rule of wanted) {
      const groupBy = rule.groupBy.map((field) => field.name)
      const known = await history.knownTerms({
        field: rule.field.name,
        groupBy,
        limit: limits.maxTermGroups,
      })
      const terms = known.map(
        ({ tenant, group, events, firstTime, lastTime, terms: words }) =>
          [JSON.stringify([tenant, ...group]), events, firstTime, lastTime, words] as const,
      )
      this.#engine.restore({ [rule.id]: { terms } })
    }
  }

  #measure(): void {
    const { rows, duplicates, late, evicted, failed } = this.#engine.stats()
    this.#metrics.set('nightjar_detect_lag_events', this.#events?.lag() ?? 0)
    this.#metrics.set('nightjar_detect_events', rows)
    this.#metrics.set('nightjar_detect_duplicate_events', duplicates)
    this.#metrics.set('nightjar_detect_late_events', late)
    this.#metrics.set('nightjar_detect_windows_evicted', evicted)
    this.#metrics.set('nightjar_detect_failed_events', failed)
  }
}
