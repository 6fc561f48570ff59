import {
  type Alert,
  type Clock,
  type Component,
  type Finding,
  findingSchema,
  type Logger,
  type Metrics,
  messageOf,
  noMetrics,
  silentLogger,
  systemClock,
} from '@nightjar/core'
import {
  type Delivered,
  type PublishDurably,
  publishDurably,
  type Stream,
  type Subscription,
  type TopicName,
} from '@nightjar/stream'
import { ALERT_CODES } from './errors.ts'
import { alertIdOf } from './identity.ts'
import type { Effects } from './state.ts'
import { type Input, isAlertingBody, step } from './step.ts'
import { Table } from './table.ts'

export interface AlertingOptions {
  readonly stream: Stream
  readonly logger?: Logger
  readonly metrics?: Metrics
  readonly clock?: Clock
  /** Alerts kept in memory; default 200,000. */
  readonly maxAlerts?: number
  /** Reads one alert that left memory, e.g. from the store. Without it the alerts topic is read. */
  readonly readAlert?: (id: string) => Promise<Alert | undefined>
  /** How often suppressions are checked for their end, in ms; default 15,000. */
  readonly tickMs?: number
}

const GROUP = 'nightjar.alert'

/**
 * Alerting as a part with a life: findings and commands in, alerts, suppressions and replies out. The only writer of
 * alert state; run one per stream.
 */
export function createAlerting(options: AlertingOptions): Component {
  return new Alerting(options)
}

class Alerting implements Component {
  readonly name = 'alert'
  readonly #options: AlertingOptions
  readonly #stream: Stream
  readonly #logger: Logger
  readonly #metrics: Metrics
  readonly #clock: Clock
  readonly #table: Table
  #turn: Promise<unknown> = Promise.resolve()
  #subscriptions: Subscription[] = []
  #timer: NodeJS.Timeout | undefined
  readonly #stopping = new AbortController()
  readonly #publish: PublishDurably

  constructor(options: AlertingOptions) {
    this.#options = options
    this.#stream = options.stream
    this.#logger = options.logger ?? silentLogger
    this.#metrics = options.metrics ?? noMetrics
    this.#clock = options.clock ?? systemClock
    this.#table = new Table(options.maxAlerts ?? 200_000)
    this.#publish = publishDurably({
      stream: this.#stream,
      signal: this.#stopping.signal,
      onRetry: (topic, error) => {
        this.#metrics.add('nightjar_alert_publish_retries_total', 1, { topic })
        this.#logger.warn(
          { topic, error: messageOf(error) },
          'Publishing failed; it is tried again.',
        )
      },
    })
  }

  async start(): Promise<void> {
    await this.#rebuild()
    await this.#inTurn({ type: 'start' })
    await this.#subscribe('nightjar.findings.v1', (records) => this.#onFindings(records))
    await this.#subscribe('nightjar.commands.v1', (records) => this.#onCommands(records))
    this.#timer = setInterval(() => this.#tick(), this.#options.tickMs ?? 15_000)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#stopping.abort()
    const subscriptions = this.#subscriptions
    this.#subscriptions = []
    await Promise.all(subscriptions.map((subscription) => subscription.stop()))
    await this.#turn
  }

  async #rebuild(): Promise<void> {
    const records = await this.#stream.readLatest('nightjar.records.v1')
    const suppressions = [...records.values()].flatMap((record) =>
      record.type === 'suppression' ? [record.row] : [],
    )
    const latest = await this.#stream.readLatest('nightjar.alerts.v1')
    const alerts = [...latest.values()].sort((a, b) => a.updatedAt.localeCompare(b.updatedAt))
    this.#table.adopt({ alerts, suppressions })
    this.#logger.info({ alerts: alerts.length }, 'Alerts were read back.')
  }

  /** Joins a topic; the handler waits until there is a subscription to commit to. */
  async #subscribe<T extends TopicName>(
    topic: T,
    handle: (records: readonly Delivered<T>[]) => Promise<void>,
  ): Promise<void> {
    const joined: Promise<Subscription> = this.#stream.subscribe(topic, GROUP, async (records) => {
      await handle(records)
      const last = records.at(-1)
      if (last !== undefined) await (await joined).commit(last.position + 1)
    })
    this.#subscriptions.push(await joined)
  }

  async #onFindings(records: readonly Delivered<'nightjar.findings.v1'>[]): Promise<void> {
    const findings: Finding[] = []
    for (const record of records) {
      const parsed = findingSchema.safeParse(record.value)
      if (parsed.success) findings.push(parsed.data)
      else await this.#deadLetter(record, parsed.error.issues[0]?.path.join('.') ?? '')
    }
    if (findings.length > 0) await this.#inTurn({ type: 'findings', findings })
  }

  async #onCommands(records: readonly Delivered<'nightjar.commands.v1'>[]): Promise<void> {
    for (const { value: command } of records)
      if (isAlertingBody(command.body)) await this.#inTurn({ type: 'command', command })
  }

  async #deadLetter(record: Delivered<'nightjar.findings.v1'>, field: string): Promise<void> {
    const topic = 'nightjar.findings.v1'
    this.#metrics.add('nightjar_alert_findings_total', 1, { result: 'invalid' })
    this.#logger.error({ position: record.position, field }, 'A finding cannot be read.')
    const value = {
      topic,
      position: record.position,
      code: ALERT_CODES.findingInvalid,
      message: `The finding does not follow its schema at ${field}.`,
      payload: JSON.stringify(record.value),
      time: new Date(this.#clock.now()).toISOString(),
    }
    await this.#publish('nightjar.deadletter.v1', [{ key: topic, value }])
  }

  /** One input at a time: both topics and the clock change the same state. */
  async #inTurn(input: Input): Promise<void> {
    const turn = this.#turn.then(() => this.#apply(input))
    this.#turn = turn.catch(() => undefined)
    await turn
  }

  async #apply(input: Input): Promise<void> {
    await this.#recall(input)
    const effects = step(this.#table, input, this.#clock.now())
    await this.#write(effects)
    const evictedBefore = this.#table.evicted
    this.#table.adopt(effects)
    this.#count(effects, this.#table.evicted - evictedBefore)
  }

  /** Brings alerts back into memory that the input is about and that had to leave. */
  async #recall(input: Input): Promise<void> {
    if (this.#table.evicted === 0 || input.type === 'tick' || input.type === 'start') return
    const wanted = new Set(idsIn(input).filter((id) => !this.#table.alerts.has(id)))
    if (wanted.size === 0) return
    const readAlert = this.#options.readAlert ?? (await this.#readerOfTopic())
    for (const id of wanted) {
      const alert = await readAlert(id)
      if (alert !== undefined) this.#table.alerts.set(id, alert)
    }
  }

  async #readerOfTopic(): Promise<(id: string) => Promise<Alert | undefined>> {
    const latest = await this.#stream.readLatest('nightjar.alerts.v1')
    return async (id) => latest.get(id)
  }

  /** Suppressions before the alerts they mark, so that a start after a crash can finish the marking; replies last. */
  async #write({ alerts, suppressions, replies }: Effects): Promise<void> {
    await this.#publish(
      'nightjar.records.v1',
      suppressions.map((row) => ({
        key: `suppression:${row.id}`,
        value: { type: 'suppression', row },
      })),
    )
    await this.#publish(
      'nightjar.alerts.v1',
      alerts.map((alert) => ({ key: alert.id, value: alert })),
    )
    await this.#publish(
      'nightjar.replies.v1',
      replies.map((reply) => ({ key: reply.commandId, value: reply })),
    )
  }

  #tick(): void {
    this.#inTurn({ type: 'tick' }).catch((error: unknown) => {
      this.#logger.warn({ error: messageOf(error) }, 'Suppressions could not be checked.')
    })
  }

  #count({ tally, replies }: Effects, evicted: number): void {
    const add = (name: string, value: number, labels?: Readonly<Record<string, string>>) => {
      if (value > 0) this.#metrics.add(name, value, labels)
    }
    add('nightjar_alert_findings_total', tally.folded, { result: 'folded' })
    add('nightjar_alert_findings_total', tally.known, { result: 'known' })
    add('nightjar_alert_raised_total', tally.raised)
    add('nightjar_alert_regressed_total', tally.regressed)
    add('nightjar_alert_evicted_total', evicted)
    for (const { ok } of replies)
      add('nightjar_alert_commands_total', 1, { result: ok ? 'applied' : 'refused' })
    this.#metrics.set('nightjar_alert_live', this.#table.alerts.size)
  }
}

function idsIn(input: Exclude<Input, { type: 'tick' | 'start' }>): string[] {
  if (input.type === 'command') return [input.command.body.id]
  return input.findings.map(({ tenant, fingerprint }) => alertIdOf(tenant, fingerprint))
}
