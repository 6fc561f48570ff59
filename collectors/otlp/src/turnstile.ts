/**
 * Lets one request through in each turn of the event loop. Decoding a request takes milliseconds; when many are ready
 * at once, decoding them all before the loop turns would hold up the insert of the rows before them, and so everybody.
 */
export class Turnstile {
  readonly #queue: (() => void)[] = []
  #turning = false

  /** Requests that wait for their turn. */
  get waiting(): number {
    return this.#queue.length
  }

  /** Resolves when it is this request's turn, in the order of asking. */
  enter(): Promise<void> {
    return new Promise((resolve) => {
      this.#queue.push(resolve)
      if (!this.#turning) this.#turn()
    })
  }

  #turn(): void {
    this.#turning = true
    setImmediate(() => {
      this.#queue.shift()?.()
      if (this.#queue.length > 0) this.#turn()
      else this.#turning = false
    })
  }
}
