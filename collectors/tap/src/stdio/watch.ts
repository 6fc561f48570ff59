import { messageOf } from '@nightjar/core'
import type { Emitter, EmitterOptions } from '../emit/emitter.ts'
import type { Observer } from '../watch/observer.ts'
import { instant, type Seen, SeenQueue } from '../watch/queue.ts'
import type { TapRecord } from '../watch/record.ts'
import { type Exit, exitCodeOf } from './exit.ts'
import { LineFramer } from './line-framer.ts'

const SETTLE_TICK_MS = 100

/** Looks at the copies of what passes on stdio: bytes → lines → records → emitter. */
export class StdioWatch {
  readonly queue: SeenQueue
  readonly #observer: Observer
  readonly #say: (message: string) => void
  readonly #framers = { client_to_server: new LineFramer(), server_to_client: new LineFramer() }
  #emitter: Emitter | undefined
  #tick: NodeJS.Timeout | undefined
  #droppedEarly = 0

  constructor(observer: Observer, say: (message: string) => void) {
    this.#observer = observer
    this.#say = say
    this.queue = new SeenQueue(
      (seen) => this.#look(seen),
      () => {
        this.#droppedEarly++
      },
    )
  }

  /** Loads the SDK and begins to look. Trouble is told, never thrown: the call goes on unobserved. */
  async begin(target: EmitterOptions): Promise<void> {
    try {
      const { createEmitter } = await import('../emit/emitter.ts')
      this.#emitter = createEmitter({ ...target, oneConnection: true })
    } catch (error) {
      this.#say(`cannot observe: ${messageOf(error)}`)
      return
    }
    this.queue.start()
    this.#tick = setInterval(() => {
      this.#emit(this.#observer.settle(instant()))
      this.#tellDropped()
    }, SETTLE_TICK_MS)
    this.#tick.unref()
  }

  /** Looks at what is left, gives up what was not answered and flushes, within 2 s. */
  async finish(exit: Exit): Promise<void> {
    clearInterval(this.#tick)
    if (this.#emitter === undefined) return
    this.queue.drain()
    for (const direction of ['client_to_server', 'server_to_client'] as const) {
      const { lines, lost } = this.#framers[direction].end()
      this.#emitter.lost(lost, 'line_too_long')
      for (const line of lines) this.#emit(this.#observer.observe(direction, line, instant()))
    }
    const now = instant()
    this.#emit(this.#observer.settle(undefined))
    this.#emit(this.#observer.giveUp(now, { outcome: 'unknown' }))
    this.#emit([
      this.#observer.connection(now, {
        'nightjar.connection.state': 'closed',
        'process.exit.code': exitCodeOf(exit),
      }),
    ])
    this.#tellDropped()
    if (this.#observer.invalid > 0) {
      this.#say(`${this.#observer.invalid} lines were no JSON-RPC messages`)
    }
    await this.#emitter.stop()
  }

  #look({ direction, bytes, at, gap }: Seen): void {
    const { lines, lost } = this.#framers[direction].push(bytes, gap)
    this.#emitter?.lost(lost, 'line_too_long')
    for (const line of lines) this.#emit(this.#observer.observe(direction, line, at))
  }

  #emit(records: readonly TapRecord[]): void {
    for (const record of records) this.#emitter?.emit(record)
  }

  #tellDropped(): void {
    this.#emitter?.lost(this.#droppedEarly, 'queue_full')
    this.#droppedEarly = 0
  }
}
