import {
  type Alert,
  type Clock,
  type Component,
  type Destination,
  type Logger,
  type Metrics,
  noMetrics,
  type Sealer,
  silentLogger,
  systemClock,
} from '@nightjar/core'
import type { Delivered, Stream, Subscription, TopicName } from '@nightjar/stream'
import { createAlertReader } from './alert-reader.ts'
import { Desk, isDeliverBody } from './desk.ts'
import { createAddressGuard } from './destination/address.ts'
import type { DestinationSender } from './destination/sender.ts'
import { createWebhookSender } from './destination/webhook.ts'
import { Journal } from './journal.ts'
import { Outbox } from './outbox.ts'
import { rebuild } from './rebuild.ts'
import { Turn } from './turn.ts'

export interface DeliveryOptions {
  readonly stream: Stream
  readonly sealer: Sealer
  /** Networks (CIDR) beyond the public ones that alerts may be sent to, also over plain http. */
  readonly allowCidrs: readonly string[]
  readonly productVersion: string
  /** Address of the console, for links to alerts. */
  readonly baseUrl?: string
  readonly logger?: Logger
  readonly metrics?: Metrics
  readonly clock?: Clock
  /** 0 to 1, for jitter. */
  readonly random?: () => number
  /** Factor on the waits between attempts, for tests; default 1. */
  readonly retryScale?: number
  /** For a whole attempt; default 15 s. */
  readonly timeoutMs?: number
}

/** Deliveries that go by themselves, and those that wait for a person. */
export interface DeliveryStats {
  readonly pending: number
  readonly held: number
}

const GROUP = 'nightjar.deliver'
const GRACE_MS = 2000
const GAUGE_MS = 5000

/**
 * Delivery as a part with a life: alerts in, signed messages out to every destination, and a ledger of both. Throws
 * DELIVER_ALLOW_INVALID when a network cannot be read. Run one per stream.
 */
export function createDelivery(options: DeliveryOptions): Component & { stats(): DeliveryStats } {
  return new DeliveryRoom(options)
}

class DeliveryRoom implements Component {
  readonly name = 'deliver'
  readonly #stream: Stream
  readonly #logger: Logger
  readonly #metrics: Metrics
  readonly #clock: Clock
  readonly #turn = new Turn()
  readonly #stopping = new AbortController()
  readonly #journal: Journal
  readonly #outbox: Outbox
  readonly #desk: Desk
  #subscriptions: Subscription[] = []
  #gauge: NodeJS.Timeout | undefined

  constructor(options: DeliveryOptions) {
    this.#stream = options.stream
    this.#logger = options.logger ?? silentLogger
    this.#metrics = options.metrics ?? noMetrics
    this.#clock = options.clock ?? systemClock
    const shared = {
      stream: options.stream,
      logger: this.#logger,
      metrics: this.#metrics,
      clock: this.#clock,
      signal: this.#stopping.signal,
      turn: this.#turn,
      senderOf: sendersOf(options, this.#clock),
      readAlert: createAlertReader(options.stream, this.#clock),
    }
    this.#journal = new Journal(shared)
    this.#outbox = new Outbox({
      ...shared,
      journal: this.#journal,
      random: options.random ?? Math.random,
      scale: options.retryScale ?? 1,
    })
    this.#desk = new Desk({ ...shared, journal: this.#journal, outbox: this.#outbox })
  }

  async start(): Promise<void> {
    await this.#rebuild()
    await this.#subscribe('nightjar.alerts.v1', (records) => this.#onAlerts(records))
    await this.#subscribe('nightjar.commands.v1', (records) => this.#onCommands(records))
    for (const lane of this.#outbox.lanes.values()) this.#outbox.kick(lane)
    this.#gauge = setInterval(() => this.#measure(), GAUGE_MS)
    this.#gauge.unref()
  }

  /** Lets running attempts end for two seconds; what is broken off is sent again after the next start. */
  async stop(): Promise<void> {
    clearInterval(this.#gauge)
    const ended = Promise.all([this.#outbox.halt(), this.#desk.settled()])
    let timer: NodeJS.Timeout | undefined
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GRACE_MS)
    })
    await Promise.race([ended, grace])
    clearTimeout(timer)
    this.#stopping.abort()
    const subscriptions = this.#subscriptions
    this.#subscriptions = []
    await Promise.all(subscriptions.map((subscription) => subscription.stop()))
    await ended
  }

  stats(): DeliveryStats {
    let [pending, held] = [0, 0]
    for (const lane of this.#outbox.lanes.values()) {
      const counts = lane.counts()
      pending += counts.pending
      held += counts.held
    }
    return { pending, held }
  }

  async #rebuild(): Promise<void> {
    const records = await this.#stream.readLatest('nightjar.records.v1')
    const alerts = await this.#stream.readLatest('nightjar.alerts.v1')
    const { lanes, removed, ended } = rebuild(records.values(), alerts, this.#clock.now())
    await this.#journal.write({ deliveries: ended })
    for (const [id, lane] of lanes) this.#outbox.lanes.set(id, lane)
    for (const [id, destination] of removed) this.#outbox.removed.set(id, destination)
    this.#logger.info(
      { destinations: lanes.size, ...this.stats() },
      'Destinations and what waits for them were read back.',
    )
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

  /** Of several versions of one alert in a batch only the newest is planned. */
  async #onAlerts(records: readonly Delivered<'nightjar.alerts.v1'>[]): Promise<void> {
    const newest = new Map<string, Alert>()
    for (const { value: alert } of records)
      if (alert.version >= (newest.get(alert.id)?.version ?? 0)) newest.set(alert.id, alert)
    await this.#turn.run(() => this.#outbox.take([...newest.values()]))
  }

  async #onCommands(records: readonly Delivered<'nightjar.commands.v1'>[]): Promise<void> {
    for (const { value: command } of records)
      if (isDeliverBody(command.body)) await this.#desk.handle(command)
  }

  #measure(): void {
    const { pending, held } = this.stats()
    this.#metrics.set('nightjar_deliver_pending', pending)
    this.#metrics.set('nightjar_deliver_held', held)
  }
}

/** The table of senders. */
function sendersOf(
  options: DeliveryOptions,
  clock: Clock,
): (type: Destination['type']) => DestinationSender {
  const guard = createAddressGuard(options.allowCidrs)
  const senders: Record<Destination['type'], DestinationSender> = {
    webhook: createWebhookSender({ ...options, guard, clock }),
  }
  return (type) => senders[type]
}
