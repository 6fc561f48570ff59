import { type CallView, type Clock, formatMicros, type Page } from '@nightjar/core'
import type { Ask } from './ask.ts'
import { addFreeText, type Conditions, conditions, outerConditions } from './conditions.ts'
import { eventsByIds, TEXT_COLUMNS } from './events.ts'
import { CALL_BASE, foldedCalls } from './fold.ts'
import { countByHour, widening } from './newest.ts'
import { type Found, type ListQuestion, readPage, type SortKey } from './page.ts'
import { addTimeRange, micros, type TimeRange, timeMicros } from './range.ts'
import {
  addSessionKey,
  addSessionRows,
  callsWithSession,
  requireSessionKey,
  type SessionKey,
  SPREAD,
} from './session-key.ts'

/** Filters of calls; principal, server, client and outcome are those of the folded call. */
export interface CallFilter extends TimeRange {
  readonly q?: string | undefined
  readonly method?: readonly string[] | undefined
  readonly tool?: readonly string[] | undefined
  readonly server?: readonly string[] | undefined
  readonly principal?: readonly string[] | undefined
  readonly client?: readonly string[] | undefined
  readonly outcome?: readonly string[] | undefined
  readonly session?: readonly string[] | undefined
  readonly conversation?: readonly string[] | undefined
  readonly traceId?: string | undefined
  /** Id of a session of `/sessions`: its timeline. */
  readonly sessionKey?: string | undefined
}
export interface CallsQuestion extends ListQuestion, CallFilter {}

/** Above so many rows calls are counted by minute, server and tool, the largest vantage each. */
const FOLD_UP_TO = 2_000_000

interface CallRow {
  f_id: string
  f_time_us: number
  f_last_us: number
  f_method: string
  f_tool: string
  f_outcome: CallView['outcome']
  f_principal: string
  f_server: string
  f_client: string
  f_duration: number
  f_vantages: CallView['vantages']
  f_ids: string[]
  matching: number
}

function addSameCall(where: Conditions, condition: (inner: Conditions) => void): void {
  where.within(
    (inner) =>
      `${CALL_BASE} IN (SELECT ${CALL_BASE} FROM nightjar.events WHERE kind = 'call' AND ${inner})`,
    condition,
  )
}

/** What holds for all rows of a call, or for calls of which one row matches. */
async function rowsOfCalls(
  ask: Ask,
  question: CallsQuestion,
  key?: SessionKey,
): Promise<Conditions> {
  const where = conditions(question.tenant)
  where.oneOf('method', question.method)
  where.oneOf('tool', question.tool)
  if (question.traceId !== undefined)
    where.add('trace_id = toFixedString(unhex({0}), 16)', ['String', question.traceId])
  if (key) await addSessionRows(ask, where, key)
  if (question.q?.trim()) addSameCall(where, (one) => addFreeText(one, question.q, TEXT_COLUMNS))
  for (const name of ['session', 'conversation'] as const)
    if (question[name]?.length) addSameCall(where, (one) => one.oneOf(name, question[name]))
  return where
}

function addMargin(where: Conditions, { from, to }: TimeRange, nowMs: number): void {
  if (from !== undefined)
    where.add(`time >= ${micros('{0}')}`, ['Int64', timeMicros(from, nowMs) - SPREAD])
  if (to !== undefined)
    where.add(`time < ${micros('{0}')}`, ['Int64', timeMicros(to, nowMs) + SPREAD])
}

function callsWhere(question: CallsQuestion, key: SessionKey | undefined, nowMs: number) {
  const calls = outerConditions()
  calls.oneOf('f_principal', question.principal)
  calls.oneOf('f_server', question.server)
  calls.oneOf('f_client', question.client)
  calls.oneOf('f_outcome', question.outcome)
  addTimeRange(calls, 'f_time', question, nowMs)
  if (key) addSessionKey(calls, key)
  return calls
}

/** Rows among which the newest calls are: a shown value occurs in a row of its call. */
function candidates(question: CallsQuestion, rows: Conditions, after: SortKey | undefined): void {
  rows.add("kind = 'call'")
  rows.oneOf('principal', question.principal)
  rows.oneOf('server', question.server)
  rows.oneOf('client', question.client)
  rows.oneOf('outcome', question.outcome)
  if (after) rows.add(`time <= ${micros('{0}')}`, ['Int64', Number(after[0])])
}

const params = (rows: Conditions, calls: Conditions) => ({ ...rows.params(), ...calls.params() })
const folded = (rows: Conditions, key: SessionKey | undefined) =>
  key ? callsWithSession(rows.sql()) : foldedCalls(rows.sql())

async function readCalls(
  ask: Ask,
  question: CallsQuestion,
  after: SortKey | undefined,
  count: number,
  nowMs: number,
): Promise<{ found: CallRow[]; whole: boolean }> {
  const key = question.sessionKey === undefined ? undefined : requireSessionKey(question.sessionKey)
  let whole = false
  const attempt = async (floor: number) => {
    whole = floor === 0 && after === undefined
    const rows = await rowsOfCalls(ask, question, key)
    const calls = callsWhere(question, key, nowMs)
    if (!key) addMargin(rows, question, nowMs)
    if (floor > 0) {
      rows.add(`time >= ${micros('{0}')}`, ['Int64', floor - SPREAD])
      calls.add(`f_time >= ${micros('{0}')}`, ['Int64', floor])
    }
    if (after) {
      const [time, id] = [Number(after[0]), String(after[1])]
      if (!key) rows.add(`time <= ${micros('{0}')}`, ['Int64', time + SPREAD])
      calls.add(
        `(f_time, f_id) < (${micros('{0}')}, toFixedString(unhex({1}), 16))`,
        ['Int64', time],
        ['String', id],
      )
    }
    return ask<CallRow>(
      `SELECT lower(hex(c.f_id)) AS f_id, toUnixTimestamp64Micro(c.f_time) AS f_time_us,
         toUnixTimestamp64Micro(c.f_last) AS f_last_us, f_method, f_tool, f_outcome, f_principal, f_server, f_client,
         f_duration, f_vantages, f_ids, matching
       FROM (SELECT *, count() OVER () AS matching FROM (${folded(rows, key)}) WHERE ${calls.sql()}
         ORDER BY f_time DESC, f_id DESC LIMIT ${count}) AS c
       ORDER BY c.f_time DESC, c.f_id DESC`,
      params(rows, calls),
    )
  }
  if (key) return { found: await attempt(0), whole }
  const rows = await rowsOfCalls(ask, question, key)
  candidates(question, rows, after)
  addMargin(rows, question, nowMs)
  const found = await widening(
    await countByHour(ask, rows),
    Math.max(count * 4, 5000),
    count,
    attempt,
  )
  return { found, whole }
}

async function countCalls(ask: Ask, question: CallsQuestion, nowMs: number): Promise<number> {
  const key = question.sessionKey === undefined ? undefined : requireSessionKey(question.sessionKey)
  const rows = await rowsOfCalls(ask, question, key)
  if (!key) addMargin(rows, question, nowMs)
  const calls = callsWhere(question, key, nowMs)
  const [all] = await ask<{ n: number }>(
    `SELECT count() AS n FROM nightjar.events WHERE kind = 'call' AND ${rows.sql()}`,
    rows.params(),
  )
  if ((all?.n ?? 0) > FOLD_UP_TO && !key) return estimateCalls(ask, question, nowMs)
  const [counted] = await ask<{ n: number }>(
    `SELECT count() AS n FROM (${folded(rows, key)}) WHERE ${calls.sql()}`,
    params(rows, calls),
  )
  return counted?.n ?? 0
}

async function estimateCalls(ask: Ask, question: CallsQuestion, nowMs: number): Promise<number> {
  const rows = await rowsOfCalls(ask, question)
  candidates(question, rows, undefined)
  addTimeRange(rows, 'time', question, nowMs)
  const [estimated] = await ask<{ n: number }>(
    `SELECT sum(most) AS n FROM (SELECT max(seen) AS most FROM (
       SELECT toStartOfMinute(time) AS minute, server, tool, method, vantage, count() AS seen
       FROM nightjar.events WHERE ${rows.sql()} GROUP BY minute, server, tool, method, vantage)
     GROUP BY minute, server, tool, method)`,
    rows.params(),
  )
  return estimated?.n ?? 0
}

/** Adds the events of every call of a page, in one more question. */
async function withEvents(ask: Ask, tenant: string, rows: readonly CallRow[]): Promise<CallView[]> {
  if (rows.length === 0) return []
  const events = await eventsByIds(
    ask,
    tenant,
    rows.flatMap((row) => row.f_ids),
    [Math.min(...rows.map((row) => row.f_time_us)), Math.max(...rows.map((row) => row.f_last_us))],
  )
  const byId = new Map(events.map((event) => [event.id, event]))
  return rows.map((row) => ({
    id: `call_${row.f_id}`,
    time: formatMicros(row.f_time_us),
    method: row.f_method,
    tool: row.f_tool,
    outcome: row.f_outcome,
    principal: row.f_principal,
    server: row.f_server,
    client: row.f_client,
    durationUs: row.f_duration,
    vantages: row.f_vantages,
    events: row.f_ids.flatMap((id) => byId.get(id) ?? []),
  }))
}

/** MCP calls, newest first, the vantages of each folded into one item. */
export function listCalls(
  ask: Ask,
  clock: Clock,
  question: CallsQuestion,
): Promise<Page<CallView>> {
  return readPage(question, clock, {
    list: 'calls',
    keys: 2,
    async read(after, count, nowMs): Promise<Found<CallView>> {
      const { found, whole } = await readCalls(ask, question, after, count, nowMs)
      const items = await withEvents(ask, question.tenant, found)
      return {
        rows: items.map((item, index) => ({
          item,
          key: [found[index]?.f_time_us ?? 0, found[index]?.f_id ?? ''],
        })),
        ...(whole && { total: found[0]?.matching ?? 0 }),
      }
    },
    total: (nowMs) => countCalls(ask, question, nowMs),
  })
}
