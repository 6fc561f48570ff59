/** Bytes of requests received and not yet answered, with a bound. */
export class ByteBudget {
  readonly #most: number
  #used = 0

  constructor(most: number) {
    this.#most = most
  }

  get used(): number {
    return this.#used
  }

  /** A lease that starts empty; give it back with {@link Lease.release}. */
  lease(): Lease {
    return new Lease((bytes) => {
      if (bytes > 0 && this.#used + bytes > this.#most) return false
      this.#used += bytes
      return true
    })
  }
}

/** What one request holds of the budget. */
export class Lease {
  readonly #take: (bytes: number) => boolean
  #held = 0

  constructor(take: (bytes: number) => boolean) {
    this.#take = take
  }

  get held(): number {
    return this.#held
  }

  /** False, and nothing taken, when the budget does not allow so many more bytes. */
  take(bytes: number): boolean {
    if (!this.#take(bytes)) return false
    this.#held += bytes
    return true
  }

  /** Gives all back; may be called twice. */
  release(): void {
    this.#take(-this.#held)
    this.#held = 0
  }
}
