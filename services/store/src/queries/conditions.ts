import type { Params, ParamValue } from '../client.ts'

/** A WHERE clause that grows, with its parameters. No value ever enters the SQL text. */
export interface Conditions {
  /** `column` is one of the values; nothing when there are none. */
  oneOf(column: string, values: readonly string[] | undefined): void
  /** Any SQL over bound values; `{0}`, `{1}` … stand for them. */
  add(sql: string, ...values: readonly Bound[]): void
  /** A condition over a clause of its own, which shares the tenant and the parameters. */
  within(sql: (inner: string) => string, fill: (inner: Conditions) => void): void
  /** The clause; never empty. */
  sql(): string
  params(): Params
}

/** A value and its ClickHouse type. */
export type Bound = readonly [type: string, value: ParamValue]

/** Starts the clause of a table, with its tenant. */
export function conditions(tenant: string): Conditions {
  return clause('p', ['tenant = {tenant:String}'], { tenant })
}

/** Starts the clause of what a subquery with {@link conditions} gave. */
export function outerConditions(): Conditions {
  return clause('o', ['true'], {})
}

/** `prefix` keeps the parameters of two clauses in one query apart. */
function clause(prefix: string, parts: string[], params: Record<string, ParamValue>): Conditions {
  const counter = { next: 0 }
  return clauseOver(prefix, parts, params, counter)
}

function clauseOver(
  prefix: string,
  parts: string[],
  params: Record<string, ParamValue>,
  counter: { next: number },
): Conditions {
  const bind = ([type, value]: Bound) => {
    const name = `${prefix}${counter.next++}`
    params[name] = value
    return `{${name}:${type}}`
  }
  const add: Conditions['add'] = (sql, ...values) => {
    const names = values.map(bind)
    parts.push(sql.replace(/\{(\d)\}/g, (_, index) => names[Number(index)] ?? ''))
  }
  return {
    params: () => params,
    add,
    oneOf(column, values) {
      if (values !== undefined && values.length > 0)
        add(`${column} IN {0}`, ['Array(String)', values])
    },
    within(sql, fill) {
      const inner = clauseOver(prefix, [...parts.slice(0, 1)], params, counter)
      fill(inner)
      parts.push(sql(inner.sql()))
    },
    sql: () => parts.map((part) => `(${part})`).join(' AND '),
  }
}

const MAX_WORDS = 8

/** Every word of a free text must occur in one of the columns, in any case. */
export function addFreeText(
  where: Conditions,
  text: string | undefined,
  columns: readonly string[],
): void {
  const words = (text ?? '').split(/\s+/).filter((word) => word !== '')
  for (const word of words.slice(0, MAX_WORDS))
    where.add(columns.map((name) => `positionCaseInsensitiveUTF8(${name}, {0}) > 0`).join(' OR '), [
      'String',
      word,
    ])
}
