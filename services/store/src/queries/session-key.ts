import { NightjarError } from '@nightjar/core'
import type { Conditions } from './conditions.ts'
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

/** Lets through the events that can belong to a session, with all vantages of their calls. */
export function addSessionRows(where: Conditions, key: SessionKey): void {
  const sameCall = (column: string) =>
    where.add(
      `${CALL_BASE} IN (SELECT ${CALL_BASE} FROM nightjar.events
        WHERE tenant = {tenant:String} AND kind = 'call' AND ${column} = {0})`,
      ['String', key.value],
    )
  if (key.kind === 'conversation' || key.kind === 'session') sameCall(key.kind)
  else if (key.kind === 'trace')
    where.add('trace_id = toFixedString(unhex({0}), 16)', ['String', key.value])
  else where.add(`time >= ${micros('{0}')}`, ['Int64', key.start])
}

/** SQL: folded calls with the key of their session: s_kind, s_principal, s_value, s_start. */
export function callsWithSession(where: string): string {
  const named = `SELECT *,
  multiIf(f_conversation != '', 'conversation', f_session != '', 'session',
    f_trace != toFixedString('', 16), 'trace', 'gap') AS s_kind,
  if(s_kind IN ('trace', 'gap'), '', f_principal) AS named_principal,
  if(s_kind = 'gap', f_principal, named_principal) AS s_principal,
  multiIf(s_kind = 'conversation', f_conversation, s_kind = 'session', f_session,
    s_kind = 'trace', lower(hex(f_trace)), f_client) AS s_value
FROM (${foldedCalls(where)})`
  const broken = `SELECT *,
  s_kind = 'gap' AND f_time > addMinutes(lagInFrame(f_time, 1) OVER (
    PARTITION BY s_kind, s_principal, s_value ORDER BY f_time, f_id), ${IDLE_MINUTES}) AS idle_before
FROM (${named})`
  const islands = `SELECT *, sum(idle_before) OVER (
  PARTITION BY s_kind, s_principal, s_value ORDER BY f_time, f_id) AS island
FROM (${broken})`
  return `SELECT *, if(s_kind = 'gap', toUnixTimestamp64Micro(min(f_time) OVER (
  PARTITION BY s_kind, s_principal, s_value, island)), 0) AS s_start
FROM (${islands})`
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
