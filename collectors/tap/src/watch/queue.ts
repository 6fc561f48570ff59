import type { Direction, Instant } from './record.ts'

/** A copy of bytes on their way, and when they passed. `gap` says that bytes before it were dropped. */
export interface Seen {
  readonly direction: Direction
  readonly bytes: Uint8Array
  readonly at: Instant
  readonly gap: boolean
}

/** Bytes that may wait to be looked at; what passes beyond that is forwarded unseen. */
export const MAX_QUEUED_BYTES = 64 * 1024 * 1024
/** How long one look may take before the stream gets its turn again. */
const SLICE_MS = 4

/** The moment it is now. */
export function instant(): Instant {
  return { epochMs: Date.now(), monotonicMs: performance.now() }
}

/**
 * Takes copies of the bytes that pass, and hands them on later, in order, in short slices between the stream's own work.
 * Never waits: at 64 MiB it drops, and says so.
 */
export class SeenQueue {
  readonly #handle: (seen: Seen) => void
  readonly #lost: () => void
  #queue: Seen[] = []
  #head = 0
  #bytes = 0
  #scheduled = false
  #running = false
  readonly #gap = { client_to_server: false, server_to_client: false }

  constructor(handle: (seen: Seen) => void, lost: () => void) {
    this.#handle = handle
    this.#lost = lost
  }

  push(direction: Direction, bytes: Uint8Array): void {
    if (this.#bytes + bytes.length > MAX_QUEUED_BYTES) {
      this.#gap[direction] = true
      this.#lost()
      return
    }
    this.#bytes += bytes.length
    this.#queue.push({ direction, bytes, at: instant(), gap: this.#gap[direction] })
    this.#gap[direction] = false
    this.#schedule()
  }

  /** Begins to hand on what waits. */
  start(): void {
    this.#running = true
    this.#schedule()
  }

  /** Hands on all that waits, at once. */
  drain(): void {
    while (this.#step());
  }

  #schedule(): void {
    if (!this.#running || this.#scheduled || this.#head >= this.#queue.length) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      const end = performance.now() + SLICE_MS
      while (performance.now() < end && this.#step());
      this.#schedule()
    })
  }

  #step(): boolean {
    const seen = this.#queue[this.#head]
    if (seen === undefined) {
      this.#queue = []
      this.#head = 0
      return false
    }
    this.#head++
    this.#bytes -= seen.bytes.length
    this.#handle(seen)
    return true
  }
}
