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

/** SQL: what the vantages of one call have in common. Rows with neither trace, call id nor request stand alone. */
export const CALL_BASE = `multiIf(
  trace_id != toFixedString('', 16), concat('t', trace_id),
  call_id != '', concat('c', call_id),
  session != '' AND request_id != '', concat('s', session, '\\0', request_id),
  concat('e', id))`

const best = (column: string, ...order: readonly string[]) =>
  `argMax(${column}, (${[`${column} != ''`, ...order, 'id'].join(', ')}))`

/**
 * SQL: calls, one row each, of the events that `where` lets through. Within one base, method and tool, request ids and
 * call ids tell calls apart where every row has one; else the n-th row of each vantage and emitter belong together.
 * dense_rank gives a row that was stored twice the same n.
 */
export function foldedCalls(where: string): string {
  return `SELECT
  min(id) AS f_id, base, any(method) AS f_method, any(tool) AS f_tool, any(trace_id) AS f_trace,
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
  SELECT *, dense_rank() OVER (
    PARTITION BY base, method, tool, request, model_call, vantage, emitter ORDER BY time, id) AS nth
  FROM (
    SELECT *,
      if(min(request_id != '') OVER (PARTITION BY base, method, tool), request_id, '') AS request,
      if(min(call_id != '') OVER (PARTITION BY base, method, tool), call_id, '') AS model_call
    FROM (SELECT *, ${CALL_BASE} AS base FROM nightjar.events WHERE kind = 'call' AND ${where})))
GROUP BY base, method, tool, request, model_call, nth`
}
