import type { Key } from '../match/hash.ts'
import { HashIndex } from './hash-index.ts'
import { ints } from './slabs.ts'

const WIDTH = 3

/**
 * Numbers for groups, one for each key however many rules hold it, so that an event's group is looked up once and not by
 * every rule. A number is free again when no table holds it.
 */
export class Directory {
  readonly #index = new HashIndex()
  /** For each number the two halves of its key, and how many tables hold it. */
  readonly #groups = ints()
  readonly #free: number[] = []
  #used = 0
  /** Grows when a number is freed: numbers noted before may be another group's. */
  #version = 0

  /** The number of a key, -1 when no table holds it. Noted in the key. */
  numberOf(key: Key): number {
    if (key.number >= 0 && key.version === this.#version) return key.number
    key.number = this.#index.find(key.h1, key.h2, 0)
    key.version = this.#version
    return key.number
  }

  /** Gives the number of a key to one more table. */
  hold(key: Key): number {
    let number = this.numberOf(key)
    if (number < 0) {
      number = this.#free.pop() ?? this.#used++
      this.#groups.reserve((number + 1) * WIDTH)
      this.#groups.data[number * WIDTH] = key.h1
      this.#groups.data[number * WIDTH + 1] = key.h2
      this.#groups.data[number * WIDTH + 2] = 0
      this.#index.add(key.h1, key.h2, 0, number)
      key.number = number
    }
    const at = number * WIDTH + 2
    this.#groups.data[at] = (this.#groups.data[at] as number) + 1
    return number
  }

  /** One table less holds a number. */
  release(number: number): void {
    const { data } = this.#groups
    const at = number * WIDTH
    const left = (data[at + 2] as number) - 1
    data[at + 2] = left
    if (left > 0) return
    this.#index.remove(data[at] as number, data[at + 1] as number, 0)
    this.#free.push(number)
    this.#version += 1
  }
}
