import {
  type Clock,
  type Command,
  type CommandBody,
  type Delivery,
  type Destination,
  type Logger,
  type Metrics,
  messageOf,
  type Reply,
} from '@nightjar/core'
import type { AlertReader } from './alert-reader.ts'
import type { DestinationSender } from './destination/sender.ts'
import {
  destinationIdIn,
  MAX_DESTINATIONS,
  putDestination,
  removedDestination,
  shown,
} from './destinations.ts'
import { DELIVER_CODES, isRefusal, type Refusal } from './errors.ts'
import { deliveryIdOf } from './identity.ts'
import type { Journal } from './journal.ts'
import { Lane } from './lane.ts'
import { inState, pendingDelivery, testDelivery } from './ledger.ts'
import type { Outbox } from './outbox.ts'
import { digestOf } from './plan.ts'
import { testAlert } from './test-alert.ts'
import type { Turn } from './turn.ts'

export interface DeskOptions {
  readonly outbox: Outbox
  readonly journal: Journal
  readonly turn: Turn
  readonly senderOf: (type: Destination['type']) => DestinationSender
  readonly readAlert: AlertReader
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  readonly signal: AbortSignal
}

type BodyOf<T extends CommandBody['type']> = Extract<CommandBody, { type: T }>
/** The commands that delivery owns. */
export type DeliverBody = BodyOf<
  'destination.put' | 'destination.remove' | 'destination.test' | 'delivery.redeliver'
>

/** Whether a command is for this room. */
export function isDeliverBody(body: CommandBody): body is DeliverBody {
  return body.type.startsWith('destination.') || body.type === 'delivery.redeliver'
}

const unknownDestination: Refusal = {
  code: DELIVER_CODES.destinationUnknown,
  message: 'There is no such destination.',
}

/** Where commands are carried out and answered. */
export class Desk {
  readonly #options: DeskOptions
  readonly #tests = new Set<Promise<void>>()

  constructor(options: DeskOptions) {
    this.#options = options
  }

  /** Resolves when the command's effects and its reply are durable; a test is answered later, when its answer is in. */
  async handle(command: Command): Promise<void> {
    const { body } = command
    switch (body.type) {
      case 'destination.put':
        return await this.#answer(command, await this.#put(command, body))
      case 'destination.remove':
        return await this.#answer(command, await this.#remove(command, body))
      case 'delivery.redeliver':
        return await this.#answer(command, await this.#redeliver(command, body))
      case 'destination.test':
        return this.#startTest(command)
      default:
        return
    }
  }

  /** Resolves when no test runs any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#tests)
  }

  async #answer(command: Command, result: Destination | Delivery | Refusal): Promise<void> {
    const { id: commandId, tenant } = command
    const reply: Reply = isRefusal(result)
      ? { commandId, tenant, ok: false, ...result }
      : { commandId, tenant, ok: true, result }
    const label = reply.ok ? 'applied' : 'refused'
    this.#options.metrics.add('nightjar_deliver_commands_total', 1, { result: label })
    await this.#options.journal.reply(reply)
  }

  #laneOf(command: Command, id: string): Lane | undefined {
    const lane = this.#options.outbox.lanes.get(id)
    return lane?.destination.tenant === command.tenant ? lane : undefined
  }

  async #put(command: Command, body: BodyOf<'destination.put'>): Promise<Destination | Refusal> {
    const { outbox, clock, senderOf, turn } = this.#options
    const id = destinationIdIn(command)
    const lane = this.#laneOf(command, id)
    if (lane === undefined && (outbox.lanes.has(id) || outbox.removed.has(id)))
      return unknownDestination
    const count = [...outbox.lanes.values()].filter(
      ({ destination }) => destination.tenant === command.tenant,
    ).length
    if (lane === undefined && count >= MAX_DESTINATIONS)
      return {
        code: DELIVER_CODES.destinationLimit,
        message: `There may be ${MAX_DESTINATIONS} destinations; remove one first.`,
      }
    const draft = putDestination(lane?.destination, command, body.destination, clock.now())
    if (isRefusal(draft)) return draft
    const fault = await senderOf(draft.type).check(draft)
    if (fault !== undefined) return fault
    return await turn.run(() => this.#keep(command, body, lane))
  }

  /** Applies a put that was checked, to the destination as it is by now. */
  async #keep(command: Command, body: BodyOf<'destination.put'>, known: Lane | undefined) {
    const { outbox, journal, clock } = this.#options
    const after = putDestination(known?.destination, command, body.destination, clock.now())
    if (isRefusal(after)) return after
    if (known !== undefined && saysTheSame(known.destination, after)) {
      await outbox.release(known)
      return shown(known.destination)
    }
    await journal.write({ destinations: [after] })
    const lane = known ?? new Lane(after)
    lane.destination = after
    outbox.lanes.set(after.id, lane)
    await outbox.release(lane)
    return shown(after)
  }

  async #remove(
    command: Command,
    body: BodyOf<'destination.remove'>,
  ): Promise<Destination | Refusal> {
    const { outbox, journal, clock, turn } = this.#options
    const gone = outbox.removed.get(body.id)
    if (gone !== undefined && gone.tenant === command.tenant) return gone
    const lane = this.#laneOf(command, body.id)
    if (lane === undefined) return unknownDestination
    return await turn.run(async () => {
      const now = clock.now()
      const removed = removedDestination(lane.destination, command.actor, body.reason, now)
      const flying = lane.inFlight ? lane.head : undefined
      const deliveries = lane
        .entries()
        .filter((entry) => entry !== flying)
        .map(({ delivery }) => inState(delivery, 'rejected', 'The destination was removed.', now))
      await journal.write({ destinations: [removed], deliveries })
      lane.destination = removed
      lane.queue.clear()
      lane.aside.clear()
      if (flying === undefined) lane.head = undefined
      clearTimeout(lane.timer)
      outbox.lanes.delete(body.id)
      outbox.removed.set(body.id, removed)
      return shown(removed)
    })
  }

  async #redeliver(
    command: Command,
    body: BodyOf<'delivery.redeliver'>,
  ): Promise<Delivery | Refusal> {
    const { journal, outbox, turn } = this.#options
    const known = await journal.find(body.id)
    if (known === undefined || known.tenant !== command.tenant)
      return { code: DELIVER_CODES.deliveryUnknown, message: 'There is no such delivery.' }
    if (known.test)
      return {
        code: DELIVER_CODES.deliveryIsTest,
        message: 'A test is not sent again; test the destination once more.',
      }
    const lane = this.#laneOf(command, known.destinationId)
    if (lane === undefined) return unknownDestination
    if (!lane.destination.enabled)
      return {
        code: DELIVER_CODES.destinationDisabled,
        message: 'The destination is disabled; enable it first.',
      }
    return await turn.run(async () => {
      const open = lane.entries().find(({ delivery }) => delivery.id === known.id)
      const result = open?.delivery ?? (await this.#sendAgain(lane, known))
      if (!isRefusal(result)) await outbox.release(lane)
      return result
    })
  }

  /** Queues what is true of the alert now: the same delivery if nothing changed since, else that of its newest version. */
  async #sendAgain(lane: Lane, known: Delivery): Promise<Delivery | Refusal> {
    const { journal, clock, readAlert } = this.#options
    const alert = await readAlert(known.alertId, known.alertVersion)
    if (alert === undefined)
      return { code: DELIVER_CODES.alertUnknown, message: 'The alert is not kept any more.' }
    if (alert.suppressed)
      return { code: DELIVER_CODES.alertSuppressed, message: 'The alert is suppressed.' }
    const now = clock.now()
    const waiting = lane.waiting(alert.id)
    if (waiting !== undefined) return waiting.delivery
    const id = deliveryIdOf(lane.destination.id, alert.id, alert.version)
    const before = id === known.id ? known : await journal.find(id)
    const delivery =
      before === undefined
        ? pendingDelivery(lane.destination, alert, now)
        : inState(before, 'pending', '', now)
    await journal.write({ deliveries: [delivery] })
    lane.put({ delivery, alert })
    const sent = lane.seen(alert.id)?.sent ?? false
    lane.remember(alert.id, { version: alert.version, digest: digestOf(alert), sent })
    return delivery
  }

  #startTest(command: Command): void {
    const test = this.#test(command)
      .catch((error: unknown) => {
        if (this.#options.signal.aborted) return
        this.#options.logger.warn({ error: messageOf(error) }, 'A test was not answered.')
      })
      .finally(() => this.#tests.delete(test))
    this.#tests.add(test)
  }

  /** One attempt beside the queue, recorded and answered with its line of the ledger. */
  async #test(command: Command): Promise<void> {
    const { clock, journal, senderOf, signal, outbox, turn } = this.#options
    const lane = this.#laneOf(command, command.body.id)
    if (lane === undefined) return await this.#answer(command, unknownDestination)
    const { destination } = lane
    const pending = testDelivery(destination, command.id, clock.now())
    const alert = testAlert(destination, clock.now())
    const message = { id: pending.messageId, alert, activity: 'created', test: true } as const
    const began = performance.now()
    const outcome = await senderOf(destination.type).send(destination, message, signal)
    const isDelivered = outcome.type === 'delivered'
    const tried = {
      ...pending,
      attempts: 1,
      responseStatus: outcome.status,
      latencyMs: Math.round(performance.now() - began),
    }
    const state = isDelivered ? 'delivered' : 'rejected'
    const delivery = inState(tried, state, isDelivered ? '' : outcome.error, clock.now())
    await journal.write({ deliveries: [delivery] })
    // It takes messages again: what waits need not.
    if (isDelivered && lane.destination.removedAt === undefined)
      await turn.run(() => outbox.release(lane))
    await this.#answer(command, delivery)
  }
}

function saysTheSame(before: Destination, after: Destination): boolean {
  const said = ({
    version: _,
    updatedAt: __,
    status: ___,
    statusDetail: ____,
    ...rest
  }: Destination) => JSON.stringify(rest)
  return said(before) === said(after) && (before.status === 'disabled') === !after.enabled
}
