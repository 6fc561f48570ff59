/** Lets one change of the room's state run at a time, in the order they came. */
export class Turn {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs after all that were given before; rejects as the work does, without stopping those after it. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work)
    this.#last = mine.catch(() => undefined)
    return await mine
  }
}
