import type { OUTCOMES } from '@nightjar/core'

/** Outcomes from the one that decides to the one that yields, when vantages of a call disagree. */
const PRECEDENCE = [
  'denied',
  'error',
  'tool_error',
  'cancelled',
  'input_required',
  'success',
  'unknown',
] as const satisfies readonly (typeof OUTCOMES)[number][]
const RANKED = `[${PRECEDENCE.map((outcome) => `'${outcome}'`).join(', ')}]`

/**
 * SQL: a number for what the vantages of one call have in common. Rows with neither trace, call id nor request stand
 * alone.
 */
export const CALL_BASE = `sipHash64(method, tool, multiIf(
  trace_id != toFixedString('', 16), concat('t', trace_id),
  call_id != '', concat('c', call_id),
  session != '' AND request_id != '', concat('s', session, '\\0', request_id),
  concat('e', id)))`

/** SQL: the value of the best row; conditions weigh from the first on, the earliest of equals wins. */
function best(column: string, ...conditions: readonly string[]): string {
  const weighed = [`${column} != ''`, ...conditions]
  const rank = weighed.map((condition, at) => `(${condition}) * ${2 ** (weighed.length - 1 - at)}`)
  return `argMax(${column}, toInt64(${rank.join(' + ')}) * ${2 ** 55} - toUnixTimestamp64Micro(time))`
}

/**
 * SQL: calls, one row each, of the events that `where` lets through. Within one base, request ids tell calls apart where
 * every row has one; else the n-th row of each vantage and emitter belong together. dense_rank gives a row that was
 * stored twice the same n. Numbers stand for the keys: sorting them is three times faster than sorting the texts.
 */
export function foldedCalls(where: string): string {
  const from = `FROM nightjar.events WHERE kind = 'call' AND ${where}`
  return `SELECT
  min(id) AS f_id, any(method) AS f_method, any(tool) AS f_tool, any(trace_id) AS f_trace,
  min(time) AS f_time, max(time) AS f_last, max(duration_us) AS f_duration,
  arrayElement(${RANKED}, min(indexOf(${RANKED}, outcome))) AS f_outcome,
  ${best('principal', "principal_trust = 'verified'", "principal_trust = 'reported'")} AS f_principal,
  ${best('server', "vantage = 'gateway'", "vantage = 'client'")} AS f_server,
  ${best('client', "vantage = 'client'", "vantage = 'gateway'")} AS f_client,
  ${best('host', "vantage = 'client'", "vantage = 'gateway'")} AS f_host,
  max(conversation) AS f_conversation, max(session) AS f_session,
  max(args_bytes) AS f_args, max(result_bytes) AS f_result,
  arraySort(groupUniqArray(CAST(vantage, 'String'))) AS f_vantages,
  arrayMap(one -> lower(hex(one)), groupUniqArray(20)(id)) AS f_ids
FROM (
  SELECT *, dense_rank() OVER (PARTITION BY seen ORDER BY time, id) AS nth
  FROM (
    SELECT *, sipHash64(call_key, vantage, emitter) AS seen
    FROM (
      SELECT *, sipHash64(base, if(base IN (SELECT ${CALL_BASE} ${from} AND request_id = ''), '', request_id)) AS call_key
      FROM (SELECT *, ${CALL_BASE} AS base ${from}))))
GROUP BY call_key, nth`
}
