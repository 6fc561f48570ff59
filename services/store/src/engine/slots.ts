import { EngineError } from './engine-error.ts'

interface Waiter<T> {
  readonly resolve: (slot: T) => void
}

/** Things of which one user at a time may hold each; who finds none free waits, up to a bound. */
export class Slots<T> {
  readonly #free: T[]
  readonly #waiting: Waiter<T>[] = []
  readonly #maxWaiting: number

  constructor(slots: readonly T[], maxWaiting: number) {
    this.#free = [...slots]
    this.#maxWaiting = maxWaiting
  }

  /** Runs `work` with a slot of its own. Throws TOO_MANY_SIMULTANEOUS_QUERIES past the bound. */
  async use<R>(work: (slot: T) => Promise<R>): Promise<R> {
    const slot = this.#free.pop() ?? (await this.#wait())
    try {
      return await work(slot)
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free.push(slot)
      else next.resolve(slot)
    }
  }

  #wait(): Promise<T> {
    if (this.#waiting.length >= this.#maxWaiting)
      throw new EngineError(202, 'Too many simultaneous queries. (TOO_MANY_SIMULTANEOUS_QUERIES)')
    return new Promise((resolve) => {
      this.#waiting.push({ resolve })
    })
  }
}
