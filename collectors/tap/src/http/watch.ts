import { createHash } from 'node:crypto'
import type { Emitter } from '../emit/emitter.ts'
import { Observer, type ServerIdentity } from '../watch/observer.ts'
import { instant } from '../watch/queue.ts'
import type { TapRecord } from '../watch/record.ts'

/** Conversations that are told apart at a time; beyond, the one silent for longest is closed. */
const MAX_CONVERSATIONS = 256
/** Bytes of messages that may wait to be looked at. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024
const SETTLE_TICK_MS = 100

/** Which conversation an exchange belongs to. */
export interface ConversationName {
  readonly session: string | undefined
  readonly authorization: string | undefined
}

/** Looks at what passes through the proxy: a conversation for each MCP session, else for each credential. */
export class HttpWatch {
  readonly #identity: ServerIdentity
  readonly #emitter: Emitter
  readonly #conversations = new Map<string, Observer>()
  readonly #tick: NodeJS.Timeout
  #waiting = 0
  #exchanges = 0

  constructor(identity: ServerIdentity, emitter: Emitter) {
    this.#identity = identity
    this.#emitter = emitter
    this.#tick = setInterval(() => {
      for (const observer of this.#conversations.values()) this.emit(observer.settle(instant()))
    }, SETTLE_TICK_MS)
    this.#tick.unref()
  }

  /** A name for a new exchange. */
  nextScope(): string {
    return `x${++this.#exchanges}`
  }

  /** The conversation by this name, new when it is not known. */
  conversation({ session, authorization = '' }: ConversationName): Observer {
    // Lists may differ by credential; its hash tells callers apart and is kept in memory only.
    const name =
      session === undefined
        ? `credential ${createHash('sha256').update(authorization).digest('hex')}`
        : `session ${session}`
    const observer = this.#conversations.get(name) ?? new Observer(this.#identity)
    this.#conversations.delete(name)
    this.#conversations.set(name, observer)
    const [oldest] = this.#conversations
    if (this.#conversations.size > MAX_CONVERSATIONS && oldest !== undefined) {
      this.#conversations.delete(oldest[0])
      this.#close(oldest[1])
    }
    return observer
  }

  /** Ends a session that its client deleted. */
  endSession(session: string): void {
    const observer = this.#conversations.get(`session ${session}`)
    this.#conversations.delete(`session ${session}`)
    if (observer !== undefined) this.#close(observer)
  }

  /** Does some looking between the proxy's own work; too much of it at once is given up and counted. */
  later(size: number, look: () => readonly TapRecord[]): void {
    if (this.#waiting + size > MAX_WAITING_BYTES) {
      this.lost(1, 'queue_full')
      return
    }
    this.#waiting += size
    setImmediate(() => {
      this.#waiting -= size
      this.emit(look())
    })
  }

  lost: Emitter['lost'] = (count, reason) => this.#emitter.lost(count, reason)

  emit(records: readonly TapRecord[]): void {
    for (const record of records) this.#emitter.emit(record)
  }

  /** Gives up what was not answered and flushes, within 2 s. */
  async finish(): Promise<void> {
    clearInterval(this.#tick)
    await new Promise((resolve) => setImmediate(resolve))
    for (const observer of this.#conversations.values()) this.#close(observer)
    await this.#emitter.stop()
  }

  #close(observer: Observer): void {
    const now = instant()
    this.emit(observer.settle(undefined))
    this.emit(observer.giveUp(now, { outcome: 'unknown' }))
    this.emit([observer.connection(now, { 'nightjar.connection.state': 'closed' })])
  }
}
