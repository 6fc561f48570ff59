import {
  type Clock,
  type Command,
  type Component,
  commandSchema,
  type Logger,
  type ManifestVersion,
  type Metrics,
  messageOf,
  noMetrics,
  type Sighting,
  type StateRecord,
  sightingSchema,
  silentLogger,
  systemClock,
} from '@nightjar/core'
import {
  type Delivered,
  type EventDelivery,
  type OwnedRecord,
  type PublishDurably,
  publishDurably,
  type Stream,
  type Subscription,
  type TopicName,
} from '@nightjar/stream'
import { REGISTRY_CODES } from './errors.ts'
import { summarise } from './fold/calls.ts'
import { isRegistryBody } from './fold/command.ts'
import type { DriftRule } from './fold/drift.ts'
import { entriesOf } from './rebuild.ts'
import {
  DEFAULT_LIMITS,
  type Effects,
  judgementOf,
  type RegistryLimits,
  RegistryState,
} from './state.ts'
import { type Input, step } from './step.ts'

/** What the registry stands on. */
export interface RegistryOptions {
  readonly stream: Stream
  readonly logger?: Logger
  readonly metrics?: Metrics
  readonly clock?: Clock
  /** The rule that drift findings name. */
  readonly driftRule?: DriftRule
  /** How often rows that were only seen again are published, in ms; default 10,000. */
  readonly coalesceMs?: number
  readonly limits?: Partial<RegistryLimits>
}

const GROUP = 'nightjar.registry'
const CHUNK = 200
/** `manifest-drift` of the shipped rules, which gives the claim its place in the list of rules. */
const DEFAULT_RULE: DriftRule = {
  id: '57e2ce58-cd33-4d2f-bdfe-990a42a04824',
  title: "A server's manifest changed",
}

/**
 * The registry as a part with a life: sightings, events and commands in; servers, manifests, judgements, drift findings
 * and replies out. The only writer of server state; run one per stream.
 */
export function createRegistry(options: RegistryOptions): Component {
  return new Registry(options)
}

class Registry implements Component {
  readonly name = 'registry'
  readonly #options: RegistryOptions
  readonly #stream: Stream
  readonly #logger: Logger
  readonly #metrics: Metrics
  readonly #clock: Clock
  readonly #state: RegistryState
  readonly #judged = new Map<string, string>()
  readonly #dirtyServers = new Set<string>()
  readonly #dirtyManifests = new Map<string, ManifestVersion>()
  readonly #stopping = new AbortController()
  readonly #publish: PublishDurably
  #turn: Promise<unknown> = Promise.resolve()
  #subscriptions: Subscription[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(options: RegistryOptions) {
    this.#options = options
    this.#stream = options.stream
    this.#logger = options.logger ?? silentLogger
    this.#metrics = options.metrics ?? noMetrics
    this.#clock = options.clock ?? systemClock
    this.#state = new RegistryState({ ...DEFAULT_LIMITS, ...options.limits })
    this.#publish = publishDurably({
      stream: this.#stream,
      signal: this.#stopping.signal,
      chunk: CHUNK,
      onRetry: (topic, error) => {
        this.#metrics.add('nightjar_registry_publish_retries_total', 1, { topic })
        this.#logger.warn(
          { topic, error: messageOf(error) },
          'Publishing failed; it is tried again.',
        )
      },
    })
  }

  async start(): Promise<void> {
    await this.#rebuild()
    await this.#subscribe('nightjar.sightings.v1', (record) => this.#onSighting(record))
    await this.#subscribe('nightjar.commands.v1', (record) => this.#onCommand(record))
    const events: Promise<Subscription> = this.#stream.subscribeEvents(GROUP, async (delivery) => {
      await this.#onEvents(delivery)
      await (await events).commit(delivery.position + delivery.batch.rows)
    })
    this.#subscriptions.push(await events)
    this.#timer = setInterval(() => this.#flushLater(), this.#options.coalesceMs ?? 10_000)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    const subscriptions = this.#subscriptions
    this.#subscriptions = []
    // What waits for the log gives up: it was not committed and comes again.
    this.#stopping.abort()
    await Promise.all(subscriptions.map((subscription) => subscription.stop()))
    await this.#turn
    if (subscriptions.length > 0) await this.#flush().catch((error) => this.#notFlushed(error))
  }

  async #rebuild(): Promise<void> {
    const records = await this.#stream.readLatest('nightjar.records.v1')
    const entries = entriesOf(records.values())
    this.#state.adopt({ entries: entries.map((entry) => ({ entry, urgent: false })) })
    for (const [key, { value }] of await this.#stream.readLatest('nightjar.state.v1'))
      this.#judged.set(key, JSON.stringify(value))
    // A crash may have come between a row and what it means for those who judge.
    const names = entries.flatMap(({ server }) =>
      [server.name, ...(server.aliases ?? [])].map((label) => ({ tenant: server.tenant, label })),
    )
    await this.#publishState(this.#judgements(names))
    this.#metrics.set('nightjar_registry_servers', this.#state.size)
    this.#logger.info({ servers: this.#state.size }, 'Servers were read back.')
  }

  async #subscribe<T extends TopicName>(
    topic: T,
    handle: (record: Delivered<T>) => Promise<void>,
  ): Promise<void> {
    const joined: Promise<Subscription> = this.#stream.subscribe(topic, GROUP, async (records) => {
      for (const record of records) await handle(record)
      const last = records.at(-1)
      if (last !== undefined) await (await joined).commit(last.position + 1)
    })
    this.#subscriptions.push(await joined)
  }

  async #onSighting(record: Delivered<'nightjar.sightings.v1'>): Promise<void> {
    const read = sightingSchema.safeParse(record.value)
    const named = read.success && (read.data.server !== '' || read.data.serverKey !== '')
    if (!named) {
      const field = read.success ? 'server' : (read.error.issues[0]?.path.join('.') ?? '')
      return await this.#deadLetter('nightjar.sightings.v1', record.position, field, record.value)
    }
    await this.#inTurn([{ type: 'sighting', sighting: read.data }])
    this.#metrics.add('nightjar_registry_sightings_total', 1, { kind: read.data.kind })
  }

  async #onCommand(record: Delivered<'nightjar.commands.v1'>): Promise<void> {
    const read = commandSchema.safeParse(record.value)
    // What cannot be read may be another room's; that room says so.
    if (!read.success || !isRegistryBody(read.data.body)) return
    await this.#inTurn([{ type: 'command', command: read.data }])
  }

  async #onEvents({ batch, replayed }: EventDelivery): Promise<void> {
    if (replayed) return
    const summaries = summarise(batch)
    if (summaries.length > 0)
      await this.#inTurn(summaries.map((calls) => ({ type: 'calls', calls })))
  }

  async #deadLetter(
    topic: 'nightjar.sightings.v1',
    position: number,
    field: string,
    value: Sighting | Command,
  ): Promise<void> {
    this.#metrics.add('nightjar_registry_sightings_total', 1, { kind: 'invalid' })
    this.#logger.error({ position, field }, 'A sighting cannot be read.')
    const letter = {
      topic,
      position,
      code: REGISTRY_CODES.sightingInvalid,
      message: `The sighting does not follow its schema at ${field}.`,
      payload: JSON.stringify(value).slice(0, 10_000),
      time: new Date(this.#clock.now()).toISOString(),
    }
    await this.#publish('nightjar.deadletter.v1', [{ key: topic, value: letter }])
  }

  /** One input after the other: three topics change the same state. */
  async #inTurn(inputs: readonly Input[]): Promise<void> {
    const turn = this.#turn.then(() => this.#apply(inputs))
    this.#turn = turn.catch(() => undefined)
    await turn
  }

  /** What inputs that came together do is published together: a batch may name many servers for the first time. */
  async #apply(inputs: readonly Input[]): Promise<void> {
    const rule = this.#options.driftRule ?? DEFAULT_RULE
    const evicted = this.#state.evicted
    const all = inputs.map((input) => {
      const effects = step(this.#state, input, this.#clock.now(), { rule })
      return { effects, touched: this.#state.adopt(effects) }
    })
    const effects = joined(all.map((each) => each.effects))
    const touched = all.flatMap((each) => each.touched)
    await this.#write(effects, [...this.#judgements(touched), ...effects.policies])
    this.#count(effects, this.#state.evicted - evicted)
  }

  /** Findings before the rows that say drift is known, replies last: a crash in between repeats, it omits nothing. */
  async #write(effects: Effects, state: readonly StateRecord[]): Promise<void> {
    const { entries, manifests, findings, replies } = effects
    await this.#publish(
      'nightjar.findings.v1',
      findings.map((value) => ({ key: `${value.tenant}:${value.fingerprint}`, value })),
    )
    const rows: OwnedRecord[] = []
    for (const { row, urgent } of manifests) {
      const id = `manifest:${row.serverId}:${row.hash}`
      this.#dirtyManifests.delete(id)
      if (urgent) rows.push({ type: 'manifest', row })
      else this.#dirtyManifests.set(id, row)
    }
    for (const { entry, urgent } of entries) {
      if (urgent) rows.push({ type: 'server', row: entry.server })
      if (urgent) this.#dirtyServers.delete(entry.server.id)
      else this.#dirtyServers.add(entry.server.id)
    }
    await this.#publishRows(rows)
    await this.#publishState(state)
    await this.#publish(
      'nightjar.replies.v1',
      replies.map((value) => ({ key: value.commandId, value })),
    )
  }

  /** What is judged of these labels now, where it differs from what was last told. */
  #judgements(labels: readonly { tenant: string; label: string }[]): StateRecord[] {
    const records = new Map<string, StateRecord>()
    for (const { tenant, label } of labels) {
      const key = `server:${tenant}:${label}`
      const servers = this.#state.byLabel(tenant, label).map(({ server }) => server)
      const value = judgementOf(label, servers) ?? null
      const told = this.#judged.get(key)
      if (told === JSON.stringify(value) || (told === undefined && value === null)) continue
      records.set(key, { key, tenant, type: 'server', value })
    }
    return [...records.values()]
  }

  async #publishState(records: readonly StateRecord[]): Promise<void> {
    await this.#publish(
      'nightjar.state.v1',
      records.map((value) => ({ key: value.key, value })),
    )
    for (const { key, value } of records) {
      if (value === null) this.#judged.delete(key)
      else this.#judged.set(key, JSON.stringify(value))
    }
  }

  async #publishRows(rows: readonly OwnedRecord[]): Promise<void> {
    await this.#publish(
      'nightjar.records.v1',
      rows.map((value) => ({ key: keyOf(value), value })),
    )
    if (rows.length > 0) this.#metrics.add('nightjar_registry_records_total', rows.length)
  }

  #flushLater(): void {
    const turn = this.#turn.then(() => this.#flush())
    this.#turn = turn.catch((error) => this.#notFlushed(error))
  }

  #notFlushed(error: unknown): void {
    this.#logger.warn({ error: messageOf(error) }, 'Last-seen times could not be published.')
  }

  async #flush(): Promise<void> {
    const rows: OwnedRecord[] = [...this.#dirtyManifests.values()].map((row) => ({
      type: 'manifest',
      row,
    }))
    for (const id of this.#dirtyServers) {
      const entry = this.#state.get(id)
      if (entry !== undefined) rows.push({ type: 'server', row: entry.server })
    }
    this.#dirtyManifests.clear()
    this.#dirtyServers.clear()
    await this.#publishRows(rows)
  }

  #count({ findings, replies }: Effects, evicted: number): void {
    for (const { severity } of findings)
      this.#metrics.add('nightjar_registry_drift_findings_total', 1, { severity })
    for (const { ok } of replies) {
      const result = ok ? 'applied' : 'refused'
      this.#metrics.add('nightjar_registry_commands_total', 1, { result })
    }
    if (evicted > 0) this.#metrics.add('nightjar_registry_evicted_total', evicted)
    this.#metrics.set('nightjar_registry_servers', this.#state.size)
  }
}

function joined(all: readonly Effects[]): Effects {
  return {
    entries: all.flatMap(({ entries }) => entries),
    manifests: all.flatMap(({ manifests }) => manifests),
    findings: all.flatMap(({ findings }) => findings),
    replies: all.flatMap(({ replies }) => replies),
    policies: all.flatMap(({ policies }) => policies),
  }
}

function keyOf(record: OwnedRecord): string {
  if (record.type === 'manifest') return `manifest:${record.row.serverId}:${record.row.hash}`
  return `${record.type}:${record.row.id}`
}
