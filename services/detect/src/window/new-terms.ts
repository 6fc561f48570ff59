import type { NewTermsRule } from '../rule/model.ts'
import { HashIndex } from './hash-index.ts'

/** What one group was seen with. */
interface Known {
  events: number
  first: number
  touched: number
  gone: boolean
  readonly terms: Set<string>
}

/** A group of a checkpoint: its text, how many events, the first and newest time (ms), its terms. */
export type KnownGroup = readonly [string, number, number, number, readonly string[]]

const MAX_CACHE = 262_144

/**
 * First-seen terms per group. A group learns until it has `minEvents` events and `learningMs` have passed since the
 * first; from then on a term it was never seen with is news, once. Groups and terms per group are bounded: the one used
 * longest ago goes.
 */
export class NewTerms {
  readonly #rule: Pick<NewTermsRule, 'minEvents' | 'learningMs' | 'maxTerms'>
  readonly #maxGroups: number
  readonly #groups = new Map<string, Known>()
  /** Groups by key of group and terms together: what is known needs no strings. Forgotten whole when full. */
  readonly #cache = new HashIndex()
  readonly #cached: Known[] = []
  evicted = 0

  constructor(
    rule: Pick<NewTermsRule, 'minEvents' | 'learningMs' | 'maxTerms'>,
    maxGroups: number,
  ) {
    this.#rule = rule
    this.#maxGroups = maxGroups
  }

  /** Takes in an event whose group and terms are known under this key; false when they are not. */
  takeKnown(h1: number, h2: number, time: number): boolean {
    const at = this.#cache.find(h1, h2, 0)
    const known = at < 0 ? undefined : this.#cached[at]
    if (!known || known.gone) return false
    known.events += 1
    known.touched = Math.max(known.touched, time)
    return true
  }

  /** Takes in an event; gives the terms that are news. */
  take(group: string, terms: readonly string[], time: number, h1: number, h2: number): string[] {
    const known = this.#known(group, time)
    const settled =
      known.events >= this.#rule.minEvents && time - known.first >= this.#rule.learningMs
    const fresh = terms.filter((term) => !known.terms.has(term))
    known.events += 1
    for (const term of fresh) this.#learn(known, term)
    this.#remember(known, h1, h2)
    return settled ? fresh : []
  }

  *groups(): Iterable<KnownGroup> {
    for (const [group, { events, first, touched, terms }] of this.#groups)
      yield [group, events, first, touched, [...terms]]
  }

  restore([group, events, first, touched, terms]: KnownGroup): void {
    this.#put(group, { events, first, touched, gone: false, terms: new Set(terms) })
  }

  #known(group: string, time: number): Known {
    const known = this.#groups.get(group)
    if (!known) {
      const made: Known = { events: 0, first: time, touched: time, gone: false, terms: new Set() }
      this.#put(group, made)
      return made
    }
    known.touched = Math.max(known.touched, time)
    return known
  }

  #put(group: string, known: Known): void {
    if (this.#groups.size >= this.#maxGroups) this.#evict()
    this.#groups.set(group, known)
  }

  /** Of the sixteen groups that are longest there, the one seen longest ago goes; the others move to the end. */
  #evict(): void {
    const oldest: [string, Known][] = []
    for (const entry of this.#groups) if (oldest.push(entry) === 16) break
    const stale = oldest.reduce((a, b) => (b[1].touched < a[1].touched ? b : a))
    for (const [group, known] of oldest) {
      this.#groups.delete(group)
      if (known === stale[1]) known.gone = true
      else this.#groups.set(group, known)
    }
    this.evicted += 1
  }

  #learn(known: Known, term: string): void {
    if (known.terms.size >= this.#rule.maxTerms) {
      const [oldest] = known.terms
      if (oldest !== undefined) known.terms.delete(oldest)
      this.#forget()
      this.evicted += 1
    }
    known.terms.add(term)
  }

  #remember(known: Known, h1: number, h2: number): void {
    if (this.#cached.length >= MAX_CACHE) this.#forget()
    const at = this.#cache.find(h1, h2, 0)
    if (at >= 0) this.#cached[at] = known
    else this.#cache.add(h1, h2, 0, this.#cached.push(known) - 1)
  }

  #forget(): void {
    this.#cache.clear()
    this.#cached.length = 0
  }
}
