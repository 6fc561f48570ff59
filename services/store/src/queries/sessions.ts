import { type Clock, formatMicros, type Page, type SessionView } from '@nightjar/core'
import type { Ask } from './ask.ts'
import { addFreeText, type Conditions, conditions, outerConditions } from './conditions.ts'
import { countByHour, widening } from './newest.ts'
import { type Found, type ListQuestion, readPage, type SortKey } from './page.ts'
import { addTimeRange, micros, type TimeRange, timeMicros } from './range.ts'
import {
  addSessionKey,
  addSessionRows,
  callsWithSession,
  type SessionKey,
  sessionId,
  sessionKeyOf,
} from './session-key.ts'

/** Filters of sessions; a time range lets through sessions that overlap it. */
export interface SessionFilter extends TimeRange {
  /** Words that must all occur in who, with what, or which servers and tools. */
  readonly q?: string | undefined
  readonly principal?: readonly string[] | undefined
  readonly client?: readonly string[] | undefined
  readonly host?: readonly string[] | undefined
  /** Sessions that used one of these servers. */
  readonly server?: readonly string[] | undefined
  readonly tool?: readonly string[] | undefined
}
export interface SessionsQuestion extends ListQuestion, SessionFilter {}

interface SessionRow extends Omit<SessionView, 'id' | 'firstTime' | 'lastTime'> {
  kind: SessionKey['kind']
  named: string
  value: string
  start: number
  first: number
  last: number
}

const DAY = 86_400_000_000

/** SQL: the newest value that is one. */
const newest = (column: string) =>
  `argMax(${column}, (${column} != '') * ${2 ** 55} + toUnixTimestamp64Micro(f_time))`

/** SQL: sessions of the events that `rows` lets through. */
function sessionsSql(rows: Conditions): string {
  return `SELECT s_kind, s_principal, s_value, s_start,
  ${newest('f_principal')} AS s_who, ${newest('f_client')} AS s_client,
  ${newest('f_host')} AS s_host,
  arraySort(groupUniqArrayIf(100)(CAST(f_server, 'String'), f_server != '')) AS s_servers,
  arraySort(groupUniqArrayIf(500)(CAST(f_tool, 'String'), f_tool != '')) AS s_tools,
  min(f_time) AS s_first, max(f_last) AS s_last, count() AS s_calls,
  countIf(f_outcome IN ('error', 'tool_error')) AS s_errors, countIf(f_outcome = 'denied') AS s_denied,
  sum(f_args) AS s_args, sum(f_result) AS s_result,
  concat(s_kind, '\\0', s_principal, '\\0', s_value, '\\0', toString(s_start)) AS s_key
FROM (${callsWithSession(rows.sql())})
GROUP BY s_kind, s_principal, s_value, s_start`
}

const SELECT = `SELECT s_kind AS kind, s_principal AS named, s_value AS value, s_start AS start, s_who AS principal,
  s_client AS client, s_host AS host, s_servers AS servers, s_tools AS tools,
  toUnixTimestamp64Micro(s_first) AS first, toUnixTimestamp64Micro(s_last) AS last, s_calls AS calls,
  s_errors AS errors, s_denied AS denied, s_args AS argsBytes, s_result AS resultBytes`

/**
 * Rows of sessions that go on after a time: those after it, those of the day before it that name no session, and those
 * of the week before it that share a name with one after it. What is older is not counted in.
 */
function addSince(where: Conditions, since: number): void {
  const shares = (column: string, empty: string) =>
    `(${column} != ${empty} AND ${column} IN (SELECT ${column} FROM nightjar.events
       WHERE tenant = {tenant:String} AND kind = 'call' AND time >= ${micros('{0}')}))`
  where.add(
    `time >= ${micros('{2}')} AND (time >= ${micros('{0}')}
     OR (time >= ${micros('{1}')} AND conversation = '' AND session = '' AND trace_id = toFixedString('', 16))
     OR ${shares('conversation', "''")}
     OR ${shares('session', "''")} OR ${shares('trace_id', "toFixedString('', 16)")})`,
    ['Int64', since],
    ['Int64', Math.max(since - DAY, 0)],
    ['Int64', Math.max(since - 7 * DAY, 0)],
  )
}

function sessionsWhere(question: SessionsQuestion, nowMs: number): Conditions {
  const where = outerConditions()
  addFreeText(where, question.q, [
    's_who',
    's_client',
    's_host',
    's_value',
    "arrayStringConcat(s_servers, ' ')",
    "arrayStringConcat(s_tools, ' ')",
  ])
  where.oneOf('s_who', question.principal)
  where.oneOf('s_client', question.client)
  where.oneOf('s_host', question.host)
  if (question.server?.length)
    where.add('hasAny(s_servers, {0})', ['Array(String)', question.server])
  if (question.tool?.length) where.add('hasAny(s_tools, {0})', ['Array(String)', question.tool])
  if (question.from !== undefined)
    where.add(`s_last >= ${micros('{0}')}`, ['Int64', timeMicros(question.from, nowMs)])
  if (question.to !== undefined)
    where.add(`s_first < ${micros('{0}')}`, ['Int64', timeMicros(question.to, nowMs)])
  return where
}

function rowsSince(question: SessionsQuestion, nowMs: number, floor: number): Conditions {
  const rows = conditions(question.tenant)
  const from = question.from === undefined ? 0 : timeMicros(question.from, nowMs)
  if (from > 0 || floor > 0) addSince(rows, Math.max(from, floor))
  return rows
}

function viewOf({ kind, named: principal, value, start, first, last, ...row }: SessionRow) {
  const { client, host, servers, tools, calls, errors, denied, argsBytes, resultBytes } = row
  return {
    id: sessionId({ kind, principal, value, start }),
    ...{ principal: row.principal, client, host, servers, tools, calls, errors, denied },
    ...{ argsBytes, resultBytes },
    firstTime: formatMicros(first),
    lastTime: formatMicros(last),
  }
}

async function readSessions(
  ask: Ask,
  question: SessionsQuestion,
  after: SortKey | undefined,
  count: number,
  nowMs: number,
): Promise<Found<SessionView>> {
  const recent = conditions(question.tenant)
  recent.add("kind = 'call'")
  addTimeRange(recent, 'time', { from: question.from }, nowMs)
  if (after) recent.add(`time <= ${micros('{0}')}`, ['Int64', Number(after[0])])
  const scope = { whole: false }
  const rows = await widening(await countByHour(ask, recent), 50_000, count, (floor) => {
    scope.whole = floor === 0 && after === undefined
    const from = rowsSince(question, nowMs, floor)
    const where = sessionsWhere(question, nowMs)
    if (floor > 0) where.add(`s_last >= ${micros('{0}')}`, ['Int64', floor])
    if (after)
      where.add(
        `(s_last, s_key) < (${micros('{0}')}, {1})`,
        ['Int64', Number(after[0])],
        ['String', String(after[1])],
      )
    return ask<SessionRow & { matching: number }>(
      `${SELECT}, count() OVER () AS matching FROM (${sessionsSql(from)}) WHERE ${where.sql()}
       ORDER BY s_last DESC, s_key DESC LIMIT ${count}`,
      { ...from.params(), ...where.params() },
    )
  })
  return {
    rows: rows.map((row) => ({
      item: viewOf(row),
      key: [row.last, `${row.kind}\0${row.named}\0${row.value}\0${row.start}`],
    })),
    ...(scope.whole && { total: rows[0]?.matching ?? 0 }),
  }
}

/** Above so many rows a session's name is counted where it stands, and unnamed ones by principal, client and hour. */
const FOLD_UP_TO = 1_000_000

async function countSessions(ask: Ask, question: SessionsQuestion, nowMs: number): Promise<number> {
  const rows = rowsSince(question, nowMs, 0)
  const from = `FROM nightjar.events WHERE kind = 'call' AND ${rows.sql()}`
  const [all] = await ask<{ n: number }>(`SELECT count() AS n ${from}`, rows.params())
  if ((all?.n ?? 0) > FOLD_UP_TO) {
    const [estimated] = await ask<{ n: number }>(
      `SELECT uniq(multiIf(conversation != '', conversation, session != '', session,
         trace_id != toFixedString('', 16), toString(trace_id),
         concat(principal, '\\0', client, toString(toStartOfHour(time))))) AS n ${from}`,
      rows.params(),
    )
    return estimated?.n ?? 0
  }
  const where = sessionsWhere(question, nowMs)
  const [counted] = await ask<{ n: number }>(
    `SELECT count() AS n FROM (${sessionsSql(rows)}) WHERE ${where.sql()}`,
    { ...rows.params(), ...where.params() },
  )
  return counted?.n ?? 0
}

/** Sessions, the one with the newest call first. */
export function listSessions(
  ask: Ask,
  clock: Clock,
  question: SessionsQuestion,
): Promise<Page<SessionView>> {
  return readPage(question, clock, {
    list: 'sessions',
    keys: 2,
    read: (after, count, nowMs) => readSessions(ask, question, after, count, nowMs),
    total: (nowMs) => countSessions(ask, question, nowMs),
  })
}

/** The session of an id, or undefined. */
export async function findSession(
  ask: Ask,
  tenant: string,
  id: string,
): Promise<SessionView | undefined> {
  const key = sessionKeyOf(id)
  if (key === undefined) return undefined
  const rows = conditions(tenant)
  await addSessionRows(ask, rows, key)
  const where = outerConditions()
  addSessionKey(where, key)
  const [row] = await ask<SessionRow>(
    `${SELECT} FROM (${sessionsSql(rows)}) WHERE ${where.sql()}`,
    { ...rows.params(), ...where.params() },
  )
  return row && viewOf(row)
}
