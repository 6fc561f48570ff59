import { NightjarError } from '@nightjar/core'

interface Waiting<T> {
  readonly items: readonly T[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** How a {@link GroupCommit} gathers. */
export interface GroupCommitOptions<T> {
  /** Makes items durable. */
  readonly write: (items: readonly T[]) => Promise<void>
  /** How long the first item waits for company, milliseconds. */
  readonly lingerMs: number
  /** Items that may wait; past it they are refused with `STORE_BUSY`. */
  readonly maxWaiting: number
}

/** Items added while a write is in flight go together into the next one: one insert for many callers. */
export class GroupCommit<T> {
  readonly #options: GroupCommitOptions<T>
  #waiting: Waiting<T>[] = []
  #count = 0
  #loop: Promise<void> | undefined

  constructor(options: GroupCommitOptions<T>) {
    this.#options = options
  }

  /** Resolves when the items are durable; they stay together and in the order of the calls. */
  add(items: readonly T[]): Promise<void> {
    if (this.#count > 0 && this.#count + items.length > this.#options.maxWaiting)
      return Promise.reject(
        new NightjarError('STORE_BUSY', 'The store cannot keep up.', { retryable: true }),
      )
    return new Promise((resolve, reject) => {
      this.#waiting.push({ items, resolve, reject })
      this.#count += items.length
      this.#loop ??= this.#run()
    })
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#loop
  }

  async #run(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.#options.lingerMs))
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      this.#count = 0
      try {
        await this.#options.write(group.flatMap(({ items }) => items))
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    this.#loop = undefined
  }
}
