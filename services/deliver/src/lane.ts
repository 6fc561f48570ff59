import type { Alert, Delivery, Destination } from '@nightjar/core'

/** A delivery that waits, with the alert it carries; one that was read back from the ledger has it fetched later. */
export interface Entry {
  readonly delivery: Delivery
  readonly alert?: Alert
}

/** What a lane remembers of an alert. */
export interface Seen {
  /** Newest version that the ledger has. */
  readonly version: number
  /** Digest of what that version says; '' where that is not known. */
  readonly digest: string
  /** Whether any version was delivered. */
  readonly sent: boolean
}

/** Alerts a lane remembers. One that was forgotten is sent as created again; receivers know it by its finding uid. */
const MAX_SEEN = 100_000
/** Waiting alerts kept in memory; of those behind them only the ledger's line is, and the alert is fetched in turn. */
const MAX_LOADED = 5000

/**
 * What waits for one destination, in order: one `head` that is being sent or tried again, a queue with at most one
 * entry per alert (its newest version), and what was set aside for a person.
 */
export class Lane {
  destination: Destination
  head: Entry | undefined
  /** Whether an attempt at the head is running. */
  inFlight = false
  /** Whether its loop is running. */
  busy = false
  /** Failures in a row. */
  failures = 0
  /** Nothing is sent before this time (ms). */
  notBefore = 0
  timer: NodeJS.Timeout | undefined
  readonly queue = new Map<string, Entry>()
  readonly aside = new Map<string, Entry>()
  readonly #seen = new Map<string, Seen>()

  constructor(destination: Destination) {
    this.destination = destination
  }

  /** Whether something may be sent now, were there anything. */
  get isOpen(): boolean {
    const { enabled, status, removedAt } = this.destination
    return enabled && status !== 'held' && status !== 'disabled' && removedAt === undefined
  }

  seen(alertId: string): Seen | undefined {
    return this.#seen.get(alertId)
  }

  remember(alertId: string, seen: Seen): void {
    this.#seen.delete(alertId)
    this.#seen.set(alertId, seen)
    if (this.#seen.size <= MAX_SEEN) return
    const [oldest] = this.#seen.keys()
    if (oldest !== undefined) this.#seen.delete(oldest)
  }

  /** The entry of an alert that is not being sent right now. */
  waiting(alertId: string): Entry | undefined {
    const head = this.inFlight ? undefined : this.head
    if (head?.delivery.alertId === alertId) return head
    return this.queue.get(alertId) ?? this.aside.get(alertId)
  }

  /** Takes an entry; it has the place of the one that it replaces, else the last. */
  put(entry: Entry): void {
    const { alertId } = entry.delivery
    const kept = this.queue.size < MAX_LOADED ? entry : { delivery: entry.delivery }
    if (!this.inFlight && this.head?.delivery.alertId === alertId) this.head = kept
    else {
      this.aside.delete(alertId)
      this.queue.set(alertId, kept)
    }
  }

  /** Forgets the waiting entry of an alert. */
  drop(alertId: string): void {
    if (!this.inFlight && this.head?.delivery.alertId === alertId) this.head = undefined
    this.queue.delete(alertId)
    this.aside.delete(alertId)
  }

  /** Makes the next entry the head, if there is none. */
  advance(): Entry | undefined {
    if (this.head !== undefined) return this.head
    const [first] = this.queue
    if (first === undefined) return undefined
    this.queue.delete(first[0])
    this.head = first[1]
    return this.head
  }

  /** A person acted: the wait ends, and what was set aside queues again. */
  release(): void {
    this.failures = 0
    this.notBefore = 0
    for (const [alertId, entry] of this.aside)
      if (!this.queue.has(alertId)) this.queue.set(alertId, entry)
    this.aside.clear()
  }

  /** Everything that waits, what is being sent included. */
  entries(): Entry[] {
    const head = this.head === undefined ? [] : [this.head]
    return [...head, ...this.queue.values(), ...this.aside.values()]
  }

  /** Deliveries that go by themselves, and those that wait for a person. */
  counts(): { readonly pending: number; readonly held: number } {
    const moving = this.queue.size + (this.head === undefined ? 0 : 1)
    return this.isOpen
      ? { pending: moving, held: this.aside.size }
      : { pending: 0, held: moving + this.aside.size }
  }
}
