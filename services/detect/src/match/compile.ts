import type { Expr } from '../rule/model.ts'
import {
  existsPredicate,
  fieldPredicate,
  type Predicate,
  type RowTest,
  samePredicate,
} from './predicate.ts'
import type { Reader } from './reader.ts'

interface Node {
  readonly cost: number
  readonly test: RowTest
}

/**
 * Turns rule trees into row tests over the reader's batch. Equal predicates are made once and shared, so their answers
 * per dictionary value are too.
 */
export class Compiler {
  readonly #reader: Reader
  readonly #predicates = new Map<string, Predicate>()

  constructor(reader: Reader) {
    this.#reader = reader
  }

  /** To be called after the reader has a new batch. */
  prepare(): void {
    for (const predicate of this.#predicates.values()) predicate.prepare()
  }

  compile(expr: Expr): RowTest {
    return this.#node(expr).test
  }

  #node(expr: Expr): Node {
    switch (expr.type) {
      case 'and':
        return joined(
          expr.items.map((item) => this.#node(item)),
          false,
        )
      case 'or':
        return joined(
          expr.items.map((item) => this.#node(item)),
          true,
        )
      case 'not': {
        const { cost, test } = this.#node(expr.item)
        return { cost, test: (row) => !test(row) }
      }
      case 'field':
        return this.#shared(`f ${expr.field.name} ${JSON.stringify(expr.matcher)}`, () =>
          fieldPredicate(this.#reader, expr.field, expr.matcher),
        )
      case 'exists':
        return this.#shared(`e ${expr.field.name}`, () => existsPredicate(this.#reader, expr.field))
      case 'same':
        return this.#shared(`s ${expr.field.name} ${expr.other.name} ${expr.cased}`, () =>
          samePredicate(this.#reader, expr.field, expr.other, expr.cased),
        )
    }
  }

  #shared(key: string, make: () => Predicate): Predicate {
    const known = this.#predicates.get(key)
    if (known) return known
    const made = make()
    this.#predicates.set(key, made)
    return made
  }
}

/** Nodes joined by or (`decides` true) or and (false): the first with that answer decides; cheap ones are asked first. */
function joined(nodes: readonly Node[], decides: boolean): Node {
  const tests = [...nodes].sort((a, b) => a.cost - b.cost).map((node) => node.test)
  const cost = nodes.reduce((sum, node) => sum + node.cost, 0)
  const [first, second] = tests
  if (first && !second) return { cost, test: first }
  if (first && second && tests.length === 2)
    return {
      cost,
      test: decides ? (row) => first(row) || second(row) : (row) => first(row) && second(row),
    }
  return {
    cost,
    test: (row) => {
      for (let i = 0; i < tests.length; i++)
        if ((tests[i] as RowTest)(row) === decides) return decides
      return !decides
    },
  }
}
