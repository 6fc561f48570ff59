/** Bound on groups whose last finding is remembered, for each rule. */
const MAX_GROUPS = 10_000

/**
 * When each group of a rule last fired, by the group's text: what must survive an evicted group and a restart, so that
 * nothing is said twice. Groups whose cooldown is over are forgotten when room is needed, then the oldest.
 */
export class Fired {
  readonly #times = new Map<string, number>()
  readonly #cooldown: number

  constructor(cooldown: number) {
    this.#cooldown = cooldown
  }

  /** When the group last fired, if it is to stay quiet at `time`. */
  quietSince(group: string, time: number): number | undefined {
    const fired = this.#times.get(group)
    return fired !== undefined && time < fired + this.#cooldown ? fired : undefined
  }

  note(group: string, time: number): void {
    this.#times.delete(group)
    if (this.#times.size >= MAX_GROUPS) this.#makeRoom(time)
    this.#times.set(group, time)
  }

  entries(): Iterable<readonly [string, number]> {
    return this.#times
  }

  #makeRoom(time: number): void {
    for (const [group, fired] of this.#times)
      if (fired + this.#cooldown <= time) this.#times.delete(group)
    const room = MAX_GROUPS - MAX_GROUPS / 8
    for (const group of this.#times.keys()) {
      if (this.#times.size <= room) break
      this.#times.delete(group)
    }
  }
}
