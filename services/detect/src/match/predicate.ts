import type { Column, DictColumn, ListColumn, NumberColumn } from '@nightjar/core'
import type { Field } from '../rule/fields.ts'
import type { Matcher } from '../rule/model.ts'
import { numberTest, type StringTest, stringTest, wantsAbsent } from './matcher.ts'
import type { Reader } from './reader.ts'

/** Whether a row fits. Rows are of the batch the plan was last prepared with. */
export type RowTest = (row: number) => boolean

/** A row test with the work to do when a new batch comes. */
export interface Predicate {
  readonly test: RowTest
  /** Roughly what a test costs; cheap ones go first. */
  readonly cost: number
  prepare(): void
}

/** A string test remembered per dictionary value: 0 not asked yet, 1 false, 2 true. */
class Memo {
  #answers = new Uint8Array(64)
  #values: readonly string[] = []
  readonly #test: StringTest

  constructor(test: StringTest) {
    this.#test = test
  }

  prepare(values: readonly string[]): void {
    if (values === this.#values) return
    this.#values = values
    if (values.length > this.#answers.length)
      this.#answers = new Uint8Array(2 ** Math.ceil(Math.log2(values.length)))
    else this.#answers.fill(0, 0, values.length)
  }

  /** The test's answer for a code; code 0 (absent) is always false. */
  ask(code: number): boolean {
    const known = this.#answers[code] as number
    if (known !== 0) return known === 2
    const value = this.#values[code] as string
    const answer = value !== '' && this.#test(value)
    this.#answers[code] = answer ? 2 : 1
    return answer
  }
}

function dictPredicate(
  reader: Reader,
  field: Field & { source: 'column' },
  test: StringTest,
): Predicate {
  const memo = new Memo(test)
  let codes = new Uint32Array(0)
  return {
    cost: 1,
    prepare: () => {
      const column = reader.batch.columns[field.column] as DictColumn
      codes = column.codes as Uint32Array<ArrayBuffer>
      memo.prepare(column.values)
    },
    test: (row) => memo.ask(codes[row] as number),
  }
}

/** Answers kept for tenant × server at most; with more pairs in one batch each row is asked anew. */
const MAX_PAIRS = 65_536

/** A virtual field of the tenant, or of tenant and server: asked once for each pair of a batch. */
function statePredicate(reader: Reader, field: Field, test: StringTest): Predicate {
  const byServer = field.name === 'nightjar.server.state'
  const answers = new Uint8Array(MAX_PAIRS)
  let servers = 1
  let pairs = 0
  return {
    cost: 2,
    prepare: () => {
      const { tenant, server } = reader.batch.columns
      servers = byServer ? server.values.length : 1
      pairs = Math.min(MAX_PAIRS, tenant.values.length * servers)
      answers.fill(0, 0, pairs)
    },
    test: (row) => {
      const { tenant, server } = reader.batch.columns
      const tenantCode = tenant.codes[row] as number
      const pair = byServer ? tenantCode * servers + (server.codes[row] as number) : tenantCode
      const known = pair < pairs ? (answers[pair] as number) : 0
      if (known !== 0) return known === 2
      const answer = reader.strings(field, row).some(test)
      if (pair < pairs) answers[pair] = answer ? 2 : 1
      return answer
    },
  }
}

function listPredicate(
  reader: Reader,
  field: Field & { source: 'column' },
  test: StringTest,
): Predicate {
  const memo = new Memo(test)
  let column: ListColumn = {
    kind: 'list',
    ends: new Uint32Array(0),
    codes: new Uint32Array(0),
    values: [],
  }
  return {
    cost: 2,
    prepare: () => {
      column = reader.batch.columns[field.column] as ListColumn
      memo.prepare(column.values)
    },
    test: (row) => {
      const { ends, codes } = column
      const end = ends[row] as number
      for (let i = row === 0 ? 0 : (ends[row - 1] as number); i < end; i++)
        if (memo.ask(codes[i] as number)) return true
      return false
    },
  }
}

function numberPredicate(
  reader: Reader,
  field: Field,
  matcher: Extract<Matcher, { type: 'number' }>,
): Predicate {
  const test = numberTest(matcher)
  if (field.source === 'virtual')
    return { cost: 2, prepare: () => undefined, test: (row) => test(reader.number(field, row)) }
  let data = new Float64Array(0)
  return {
    cost: 1,
    prepare: () => {
      data = (reader.batch.columns[field.column] as NumberColumn).data as Float64Array<ArrayBuffer>
    },
    test: (row) => test(data[row] as number),
  }
}

/** Whether a field has a value. */
export function existsPredicate(reader: Reader, field: Field): Predicate {
  return {
    cost: 2,
    prepare: () => undefined,
    test: (row) => {
      if (field.kind === 'count') return reader.number(field, row) !== 0
      if (field.source === 'virtual') return reader.strings(field, row).length > 0
      const column: Column = reader.batch.columns[field.column]
      if (column.kind === 'dict') return column.codes[row] !== 0
      if ('ends' in column) return column.ends[row] !== (row === 0 ? 0 : column.ends[row - 1])
      return reader.strings(field, row).length > 0
    },
  }
}

/** A field against one matcher. */
export function fieldPredicate(reader: Reader, field: Field, matcher: Matcher): Predicate {
  if (wantsAbsent(matcher)) {
    const exists = existsPredicate(reader, field)
    return { ...exists, test: (row) => !exists.test(row) }
  }
  if (matcher.type === 'number' && (field.kind === 'count' || field.kind === 'time'))
    return numberPredicate(reader, field, matcher)
  const test = stringTest(matcher)
  if (field.source === 'column' && field.kind === 'dict') return dictPredicate(reader, field, test)
  if (field.source === 'column' && field.kind === 'list') return listPredicate(reader, field, test)
  if (field.source === 'virtual' && field.kind === 'dict')
    return statePredicate(reader, field, test)
  return {
    cost: field.kind === 'text' ? 50 : 10,
    prepare: () => undefined,
    test: (row) => reader.strings(field, row).some(test),
  }
}

/** Two fields of a row with a value in common. */
export function samePredicate(
  reader: Reader,
  field: Field,
  other: Field,
  cased: boolean,
): Predicate {
  const fold = (value: string): string => (cased ? value : value.toLowerCase())
  return {
    cost: 40,
    prepare: () => undefined,
    test: (row) => {
      const values = reader.strings(other, row).map(fold)
      return reader.strings(field, row).some((value) => values.includes(fold(value)))
    },
  }
}
