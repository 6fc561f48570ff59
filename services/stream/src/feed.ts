import { type Logger, type Metrics, messageOf } from '@nightjar/core'

/** Consecutive entries of a log: `size` positions from `position` on. */
export interface Chunk<P> {
  readonly position: number
  readonly size: number
  readonly payload: P
}

export interface FeedOptions<P> {
  readonly name: string
  /** Position of the first entry wanted. */
  readonly start: number
  /** Position after the newest entry when the feed begins. */
  readonly end: number
  /** Reads entries back from the log, oldest first; size 0 at the end. */
  readonly read: (from: number) => Promise<Chunk<P>>
  /** Handles one chunk; retried with back-off until it resolves. */
  readonly handle: (chunk: Chunk<P>, attempt: number) => Promise<void>
  /** Entries that may wait in memory before the feed drops them and reads the log instead. */
  readonly queueLimit: number
  readonly logger: Logger
  readonly metrics: Metrics
}

const FIRST_RETRY_MS = 50
const LAST_RETRY_MS = 5000

/**
 * Gives a subscriber every entry of a log once, in order: new ones from memory, and those it was too slow for, or that
 * were there before it, from the log. So a slow subscriber costs a read, never memory and never an entry.
 */
export class Feed<P> {
  readonly #options: FeedOptions<P>
  readonly #queue: Chunk<P>[] = []
  #queued = 0
  #next: number
  #end: number
  #stopped = false
  #wake: (() => void) | undefined
  #hurry: (() => void) | undefined
  readonly #loop: Promise<void>

  constructor(options: FeedOptions<P>) {
    this.#options = options
    this.#next = options.start
    this.#end = options.end
    this.#loop = this.#run()
  }

  /** Tells of entries just written. */
  push(chunk: Chunk<P>): void {
    if (this.#stopped || chunk.size === 0) return
    this.#end = Math.max(this.#end, chunk.position + chunk.size)
    if (this.#queued + chunk.size > this.#options.queueLimit) {
      this.#queue.length = 0
      this.#queued = 0
      this.#options.metrics.add('nightjar_stream_feed_spills_total', 1, {
        feed: this.#options.name,
      })
    } else {
      this.#queue.push(chunk)
      this.#queued += chunk.size
    }
    this.#signal()
  }

  /** Tells that entries up to `end` were written, without them. */
  announce(end: number): void {
    if (end <= this.#end) return
    this.#end = end
    this.#signal()
  }

  /** Entries written but not yet handled. */
  lag(): number {
    return Math.max(0, this.#end - this.#next)
  }

  /** Ends after the running handler. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#signal()
    this.#hurry?.()
    await this.#loop
  }

  #signal(): void {
    this.#wake?.()
    this.#wake = undefined
  }

  async #idle(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
  }

  /** New entries do not cut a back-off short; stopping does. */
  async #backOff(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#hurry = resolve
      setTimeout(resolve, ms).unref()
    })
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const chunk = await this.#nextChunk()
      if (chunk === undefined) continue
      await this.#handle(chunk)
    }
  }

  /** The chunk at the next position, from memory or from the log; undefined after waiting. */
  async #nextChunk(): Promise<Chunk<P> | undefined> {
    const head = this.#queue[0]
    if (head !== undefined && head.position <= this.#next) {
      this.#queue.shift()
      this.#queued -= head.size
      return head.position === this.#next ? head : undefined
    }
    if (this.#next >= this.#end) {
      await this.#idle()
      return undefined
    }
    return await this.#readBack(head)
  }

  async #readBack(head: Chunk<P> | undefined): Promise<Chunk<P> | undefined> {
    try {
      const chunk = await this.#options.read(this.#next)
      if (chunk.size > 0) return chunk
      // Retention may have removed what lies before the oldest entry that is still kept.
      this.#next = head?.position ?? this.#end
    } catch (error) {
      this.#options.logger.warn(
        { feed: this.#options.name, error: messageOf(error) },
        'Reading the log failed; it is tried again.',
      )
      await this.#backOff(FIRST_RETRY_MS * 4)
    }
    return undefined
  }

  async #handle(chunk: Chunk<P>): Promise<void> {
    for (let attempt = 1; !this.#stopped; attempt++) {
      try {
        await this.#options.handle(chunk, attempt)
        this.#next = chunk.position + chunk.size
        return
      } catch (error) {
        this.#options.metrics.add('nightjar_stream_handler_errors_total', 1, {
          feed: this.#options.name,
        })
        this.#options.logger.warn(
          { feed: this.#options.name, attempt, position: chunk.position, error: messageOf(error) },
          'A handler failed; it is tried again.',
        )
        await this.#backOff(Math.min(FIRST_RETRY_MS * 2 ** attempt, LAST_RETRY_MS))
      }
    }
  }
}
