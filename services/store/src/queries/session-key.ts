import { NightjarError } from '@nightjar/core'
import type { Ask } from './ask.ts'
import { type Conditions, conditions } from './conditions.ts'
import { CALL_BASE, foldedCalls } from './fold.ts'
import { micros } from './range.ts'

/** Idle minutes that end a session which nothing else names. */
export const IDLE_MINUTES = 15

/**
 * What makes calls a session: a `conversation`, an MCP `session`, a `trace`, or `gap`: the calls of a principal and
 * client without longer idle time. `start` (microseconds) is 0 but for a gap.
 */
export interface SessionKey {
  readonly kind: 'conversation' | 'session' | 'trace' | 'gap'
  readonly principal: string
  readonly value: string
  readonly start: number
}

const KINDS = ['conversation', 'session', 'trace', 'gap'] as const

/** The id of a session: its key, written so that the session can be found by it. */
export function sessionId({ kind, principal, value, start }: SessionKey): string {
  const text = JSON.stringify([KINDS.indexOf(kind), principal, value, start])
  return `ses_${Buffer.from(text).toString('base64url')}`
}

/** The key of an id; undefined for what is no session id. */
export function sessionKeyOf(id: string): SessionKey | undefined {
  if (!id.startsWith('ses_')) return undefined
  try {
    const parts: unknown = JSON.parse(Buffer.from(id.slice(4), 'base64url').toString('utf8'))
    if (!Array.isArray(parts) || parts.length !== 4) return undefined
    const [index, principal, value, start] = parts as unknown[]
    const kind = KINDS[Number(index)]
    if (kind === undefined || typeof principal !== 'string' || typeof value !== 'string')
      return undefined
    if (typeof start !== 'number' || !Number.isSafeInteger(start)) return undefined
    return { kind, principal, value, start }
  } catch {
    return undefined
  }
}

/** As {@link sessionKeyOf}; throws API_BAD_SESSION. */
export function requireSessionKey(id: string): SessionKey {
  const key = sessionKeyOf(id)
  if (key === undefined)
    throw new NightjarError('API_BAD_SESSION', 'not the id of a session', {
      hint: 'Use an id that /sessions gave.',
    })
  return key
}

const DAY = 86_400_000_000
/** Vantages of one call lie at most so far apart (microseconds). */
export const SPREAD = 3_600_000_000

const COLUMNS = { conversation: 'conversation', session: 'session' } as const

/**
 * Lets through the events that can belong to a session, with all vantages of their calls. The times of the session's
 * own events are asked first, since the table is sorted by hour.
 */
export async function addSessionRows(ask: Ask, where: Conditions, key: SessionKey): Promise<void> {
  if (key.kind === 'gap') {
    addBetween(where, key.start, key.start + DAY)
    return
  }
  const own = conditions('')
  if (key.kind === 'trace') own.add(TRACE_IS, ['String', key.value])
  else own.add(`${COLUMNS[key.kind]} = {0}`, ['String', key.value])
  const [times] = await ask<{ first: number; last: number }>(
    `SELECT toUnixTimestamp64Micro(min(time)) AS first, toUnixTimestamp64Micro(max(time)) AS last
     FROM nightjar.events WHERE kind = 'call' AND ${own.sql()}`,
    { ...own.params(), tenant: where.params().tenant ?? '' },
  )
  addBetween(where, (times?.first ?? 0) - SPREAD, (times?.last ?? 0) + SPREAD)
  if (key.kind === 'trace') where.add(TRACE_IS, ['String', key.value])
  else
    where.within(
      (inner) =>
        `${CALL_BASE} IN (SELECT ${CALL_BASE} FROM nightjar.events WHERE kind = 'call' AND ${inner})`,
      (inner) =>
        inner.add(`${COLUMNS[key.kind as keyof typeof COLUMNS]} = {0}`, ['String', key.value]),
    )
}

const TRACE_IS = 'trace_id = toFixedString(unhex({0}), 16)'

function addBetween(where: Conditions, from: number, to: number): void {
  where.add(
    `time >= ${micros('{0}')} AND time <= ${micros('{1}')}`,
    ['Int64', Math.max(from, 0)],
    ['Int64', to],
  )
}

/** SQL: folded calls with the key of their session: s_kind, s_principal, s_value, s_start. */
export function callsWithSession(where: string): string {
  const named = `SELECT *,
  multiIf(f_conversation != '', 'conversation', f_session != '', 'session',
    f_trace != toFixedString('', 16), 'trace', 'gap') AS s_kind,
  if(s_kind = 'trace', '', f_principal) AS s_principal,
  multiIf(s_kind = 'conversation', f_conversation, s_kind = 'session', f_session,
    s_kind = 'trace', lower(hex(f_trace)), f_client) AS s_value,
  sipHash64(s_kind, s_principal, s_value) AS named_by
FROM (${foldedCalls(where)})`
  const begun = `SELECT *, if(
  f_time > addMinutes(lagInFrame(f_time, 1) OVER same, ${IDLE_MINUTES}), toUnixTimestamp64Micro(f_time), 0) AS begins
FROM (${named})
WINDOW same AS (PARTITION BY named_by ORDER BY f_time ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`
  return `SELECT *, if(s_kind = 'gap', max(begins) OVER (
  PARTITION BY named_by ORDER BY f_time ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), 0) AS s_start
FROM (${begun})`
}

/** Bounds folded calls to one session. */
export function addSessionKey(where: Conditions, key: SessionKey): void {
  where.add(
    's_kind = {0} AND s_principal = {1} AND s_value = {2} AND s_start = {3}',
    ['String', key.kind],
    ['String', key.principal],
    ['String', key.value],
    ['Int64', key.start],
  )
}
