import {
  type Alert,
  type Clock,
  type Delivery,
  type Destination,
  type Logger,
  type Metrics,
  messageOf,
} from '@nightjar/core'
import type { AlertReader } from './alert-reader.ts'
import type { DestinationSender } from './destination/sender.ts'
import type { Journal } from './journal.ts'
import type { Entry, Lane } from './lane.ts'
import { inState, pendingDelivery, type Settled, settle, withStatus } from './ledger.ts'
import type { Outcome } from './outcome.ts'
import { digestOf, type Plan, planFor, supersededBy } from './plan.ts'
import type { Turn } from './turn.ts'

export interface OutboxOptions {
  readonly journal: Journal
  readonly turn: Turn
  readonly senderOf: (type: Destination['type']) => DestinationSender
  readonly readAlert: AlertReader
  readonly clock: Clock
  readonly random: () => number
  readonly scale: number
  readonly logger: Logger
  readonly metrics: Metrics
  /** Given when the room stops; attempts that run are broken off and made again after the next start. */
  readonly signal: AbortSignal
}

const RESTART_MS = 5000

/** A message on its way: its entry, its alert, and the destination as it was when it left. */
interface Departure {
  readonly delivery: Delivery
  readonly alert: Alert
  readonly destination: Destination
}

/**
 * A lane for each destination and the loops that empty them. Methods that change a lane are called in the room's
 * turn; an attempt itself runs outside of it, so that a slow receiver holds up no other.
 */
export class Outbox {
  readonly lanes = new Map<string, Lane>()
  /** Destinations that were removed; their ids are not given again. */
  readonly removed = new Map<string, Destination>()
  #halted = false
  readonly #options: OutboxOptions
  readonly #loops = new Set<Promise<void>>()

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** Plans new alert versions for every destination of their tenant; the ledger has them when this resolves. */
  async take(alerts: readonly Alert[]): Promise<void> {
    const now = this.#options.clock.now()
    const plans = [...this.lanes.values()].flatMap((lane) =>
      alerts.map((alert) => ({ lane, alert, plan: planFor(lane, alert, now) })),
    )
    await this.#options.journal.write({ deliveries: plans.flatMap(({ plan }) => rowsOf(plan)) })
    for (const { lane, alert, plan } of plans) this.#adopt(lane, alert, plan)
    for (const lane of new Set(plans.map(({ lane }) => lane))) this.kick(lane)
  }

  #adopt(lane: Lane, alert: Alert, plan: Plan): void {
    if (plan.type === 'skip') return
    if ('replaced' in plan) this.#options.metrics.add('nightjar_deliver_superseded_total', 1)
    const sent = lane.seen(alert.id)?.sent ?? false
    if (plan.type === 'drop') {
      lane.drop(alert.id)
      lane.remember(alert.id, { version: alert.version, digest: '', sent })
      return
    }
    lane.put({ delivery: plan.delivery, alert })
    lane.remember(alert.id, { version: alert.version, digest: digestOf(alert), sent })
  }

  /** Starts a lane's loop unless it runs. */
  kick(lane: Lane): void {
    if (lane.busy || this.#halted) return
    lane.busy = true
    const loop = this.#drain(lane)
      .catch((error: unknown) => {
        lane.busy = false
        lane.inFlight = false
        if (this.#options.signal.aborted) return
        const fields = { destination: lane.destination.id, error: messageOf(error) }
        this.#options.logger.error(fields, 'A lane failed; it is started again.')
        lane.timer = setTimeout(() => this.kick(lane), RESTART_MS)
        lane.timer.unref()
      })
      .finally(() => this.#loops.delete(loop))
    this.#loops.add(loop)
  }

  /** Starts no further attempt; resolves when none runs any more. */
  async halt(): Promise<void> {
    this.#halted = true
    for (const lane of this.lanes.values()) clearTimeout(lane.timer)
    await Promise.all(this.#loops)
  }

  async #drain(lane: Lane): Promise<void> {
    for (;;) {
      const departure = await this.#options.turn.run(() => this.#depart(lane))
      if (departure === undefined) return
      const began = performance.now()
      const outcome = await this.#attempt(lane, departure)
      const latencyMs = Math.round(performance.now() - began)
      if (this.#options.signal.aborted) {
        lane.busy = false
        return
      }
      await this.#options.turn.run(() => this.#arrive(lane, departure, outcome, latencyMs))
    }
  }

  async #attempt(lane: Lane, { delivery, alert, destination }: Departure): Promise<Outcome> {
    const activity =
      alert.state === 'closed' ? 'closed' : lane.seen(alert.id)?.sent ? 'updated' : 'created'
    const message = { id: delivery.messageId, alert, activity, test: false } as const
    const sender = this.#options.senderOf(destination.type)
    return await sender.send(destination, message, this.#options.signal)
  }

  /** Chooses what to send next; undefined ends the loop. */
  async #depart(lane: Lane): Promise<Departure | undefined> {
    for (;;) {
      const entry = this.#ready(lane) ? lane.advance() : undefined
      if (entry === undefined) {
        // Within the turn, so that no kick falls between the decision to end and the end.
        lane.busy = false
        return undefined
      }
      const current = await this.#refreshed(lane, entry)
      if (current === undefined) continue
      lane.inFlight = true
      return { ...current, destination: lane.destination }
    }
  }

  #ready(lane: Lane): boolean {
    clearTimeout(lane.timer)
    if (this.#halted || !lane.isOpen) return false
    const wait = lane.notBefore - this.#options.clock.now()
    if (wait <= 0) return true
    lane.timer = setTimeout(() => this.kick(lane), wait)
    lane.timer.unref()
    return false
  }

  /** The head with its alert as it is now. One that is suppressed or gone leaves the lane. */
  async #refreshed(lane: Lane, { delivery, alert: known }: Entry) {
    const { journal, clock, readAlert } = this.#options
    const alert = known ?? (await readAlert(delivery.alertId, delivery.alertVersion))
    const leave = async (state: Delivery['state'], why: string) => {
      await journal.write({ deliveries: [inState(delivery, state, why, clock.now())] })
      lane.head = undefined
      this.#forgetDigest(lane, delivery.alertId)
    }
    if (alert === undefined) return await leave('rejected', 'The alert is not kept any more.')
    if (alert.suppressed) return await leave('superseded', 'Suppressed.')
    if (alert.version <= delivery.alertVersion) return { delivery, alert }
    const now = clock.now()
    const next = pendingDelivery(lane.destination, alert, now)
    const replaced = inState(delivery, 'superseded', supersededBy(alert), now)
    await journal.write({ deliveries: [replaced, next] })
    lane.head = { delivery: next, alert }
    const sent = lane.seen(alert.id)?.sent ?? false
    lane.remember(alert.id, { version: alert.version, digest: digestOf(alert), sent })
    return { delivery: next, alert }
  }

  /** Writes what an attempt led to, then takes it over. */
  async #arrive(
    lane: Lane,
    departure: Departure,
    given: Outcome,
    latencyMs: number,
  ): Promise<void> {
    const { clock, random, scale, journal, metrics } = this.#options
    const outcome = asOfNow(lane, departure, given)
    metrics.add('nightjar_deliver_attempts_total', 1, { outcome: outcome.type })
    const now = clock.now()
    const settled = settle(departure.delivery, lane.destination, outcome, {
      failures: lane.failures,
      latencyMs,
      random: random(),
      scale,
      now,
    })
    const { alertId } = departure.delivery
    const newer = settled.next === 'done' ? undefined : lane.queue.get(alertId)
    const delivery =
      newer === undefined
        ? settled.delivery
        : inState(
            settled.delivery,
            'superseded',
            'A newer version of the alert is sent instead.',
            now,
          )
    const isChanged = settled.destination !== lane.destination
    await journal.write({
      deliveries: [delivery],
      destinations: isChanged ? [settled.destination] : [],
    })
    lane.inFlight = false
    lane.destination = settled.destination
    this.#advance(lane, { ...settled, delivery }, departure.alert, newer)
    if (isChanged) this.#say(settled.destination)
  }

  #advance(lane: Lane, settled: Settled, alert: Alert, newer: Entry | undefined): void {
    const { next, delayMs, delivery } = settled
    lane.head = next === 'again' || next === 'stop' ? { delivery, alert } : undefined
    if (next === 'done') {
      lane.failures = 0
      lane.notBefore = 0
      this.#remember(lane, delivery)
      return
    }
    if (newer !== undefined) {
      lane.queue.delete(alert.id)
      lane.head = newer
    } else if (next === 'aside') lane.aside.set(alert.id, { delivery, alert })
    lane.failures++
    lane.notBefore = this.#options.clock.now() + delayMs
  }

  #remember(lane: Lane, { alertId, alertVersion, state }: Delivery): void {
    const seen = lane.seen(alertId)
    if (state !== 'delivered') this.#forgetDigest(lane, alertId)
    else
      lane.remember(alertId, {
        version: Math.max(alertVersion, seen?.version ?? 0),
        digest: seen?.digest ?? '',
        sent: true,
      })
  }

  /** What was not sent is no reason to skip a version that says the same. */
  #forgetDigest(lane: Lane, alertId: string): void {
    const seen = lane.seen(alertId)
    if (seen !== undefined) lane.remember(alertId, { ...seen, digest: '' })
  }

  #say({ id, name, status, statusDetail }: Destination): void {
    const fields = { destination: id, name, status, detail: statusDetail }
    if (status === 'ok') this.#options.logger.info(fields, 'A destination takes alerts again.')
    else this.#options.logger.warn(fields, 'A destination does not take alerts.')
  }

  /** A person acted on a destination: what waited is tried at once. Writes the destination where its status changed. */
  async release(lane: Lane): Promise<void> {
    const { status } = lane.destination
    if (status === 'held' || status === 'retrying') {
      const destination = withStatus(lane.destination, 'ok', '', this.#options.clock.now())
      await this.#options.journal.write({ destinations: [destination] })
      lane.destination = destination
    }
    lane.release()
    this.kick(lane)
  }
}

function rowsOf(plan: Plan): Delivery[] {
  if (plan.type === 'skip') return []
  const replaced = plan.replaced === undefined ? [] : [plan.replaced]
  return plan.type === 'put' ? [...replaced, plan.delivery] : replaced
}

/** An outcome that blames settings which were changed meanwhile blames nothing: the message is tried again. */
function asOfNow(lane: Lane, { destination }: Departure, outcome: Outcome): Outcome {
  const { url, sealedSecret, removedAt } = lane.destination
  if (outcome.type === 'delivered') return outcome
  if (removedAt !== undefined)
    return { type: 'reject', status: outcome.status, error: 'The destination was removed.' }
  if (outcome.type !== 'hold' && outcome.type !== 'disable') return outcome
  if (url === destination.url && sealedSecret === destination.sealedSecret) return outcome
  return { type: 'retry', status: outcome.status, error: outcome.error }
}
