import { type Clock, formatMicros, type Overview, SEVERITIES } from '@nightjar/core'
import type { Ask } from './ask.ts'
import { type Conditions, conditions } from './conditions.ts'

/** Minutes of a point of the overview's series. */
export const STEP_MINUTES = 15

const DAY_MS = 86_400_000
const STEP_MS = STEP_MINUTES * 60_000
const TOP = 10

/** SQL: calls by minute, server, tool and method; where several vantages saw them, the one that saw most counts. */
function onceByMinute(where: Conditions): string {
  return `SELECT at, server, tool, max(c) AS calls, max(e) AS errors, max(d) AS denied FROM (
  SELECT minute AS at, server, tool, method, vantage, sum(calls) AS c,
    sumIf(calls, outcome IN ('error', 'tool_error')) AS e, sumIf(calls, outcome = 'denied') AS d
  FROM nightjar.calls_by_minute WHERE ${where.sql()}
  GROUP BY at, server, tool, method, vantage)
GROUP BY at, server, tool, method`
}

function between(tenant: string, fromMs: number, toMs: number): Conditions {
  const where = conditions(tenant)
  where.add(
    'minute >= toDateTime({0}) AND minute < toDateTime({1})',
    ['UInt32', Math.floor(fromMs / 1000)],
    ['UInt32', Math.ceil(toMs / 1000)],
  )
  return where
}

interface Counts {
  calls: number
  errors: number
  denied: number
}

async function series(ask: Ask, day: Conditions, nowMs: number): Promise<Overview['series']> {
  const rows = await ask<Counts & { step: number }>(
    `SELECT toUnixTimestamp(toStartOfInterval(at, INTERVAL ${STEP_MINUTES} MINUTE)) AS step,
       sum(o.calls) AS calls, sum(o.errors) AS errors, sum(o.denied) AS denied
     FROM (${onceByMinute(day)}) AS o GROUP BY step`,
    day.params(),
  )
  const byStep = new Map(rows.map((row) => [row.step * 1000, row]))
  const last = Math.floor(nowMs / STEP_MS) * STEP_MS
  return Array.from({ length: DAY_MS / STEP_MS }, (_, index) => {
    const step = last - DAY_MS + (index + 1) * STEP_MS
    const row = byStep.get(step)
    return {
      time: formatMicros(step * 1000),
      calls: row?.calls ?? 0,
      errors: row?.errors ?? 0,
      denied: row?.denied ?? 0,
    }
  })
}

async function totals(ask: Ask, where: Conditions): Promise<Counts> {
  const [row] = await ask<Counts>(
    `SELECT sum(o.calls) AS calls, sum(o.errors) AS errors, sum(o.denied) AS denied
     FROM (${onceByMinute(where)}) AS o`,
    where.params(),
  )
  return row ?? { calls: 0, errors: 0, denied: 0 }
}

type Busiest = Pick<Overview, 'topServers' | 'topTools'>

/** The servers and the tools that were called most, of one pass. */
async function busiest(ask: Ask, day: Conditions): Promise<Busiest> {
  const rows = await ask<Overview['topTools'][number] & { is_server: number }>(
    `SELECT server, tool, grouping(tool) AS is_server, sum(o.calls) AS calls, sum(o.errors) AS errors
     FROM (${onceByMinute(day)}) AS o
     GROUP BY GROUPING SETS ((server), (server, tool))
     ORDER BY is_server, calls DESC, server, tool LIMIT ${TOP} BY is_server`,
    day.params(),
  )
  return {
    topServers: rows
      .filter(({ is_server }) => is_server === 1)
      .map(({ server, calls, errors }) => ({ server, calls, errors })),
    topTools: rows
      .filter(({ is_server }) => is_server === 0)
      .map(({ server, tool, calls, errors }) => ({ server, tool, calls, errors })),
  }
}

async function openAlerts(ask: Ask, tenant: string): Promise<Overview['openAlerts']> {
  const where = conditions(tenant)
  where.add("state = 'open' AND NOT suppressed")
  const rows = await ask<{ level: string; n: number }>(
    `SELECT severity AS level, count() AS n FROM nightjar.alerts FINAL WHERE ${where.sql()} GROUP BY level`,
    where.params(),
  )
  const byLevel = new Map(rows.map(({ level, n }) => [level, n]))
  return Object.fromEntries(
    SEVERITIES.map((level) => [level, byLevel.get(level) ?? 0]),
  ) as Overview['openAlerts']
}

async function servers(ask: Ask, tenant: string): Promise<Overview['servers']> {
  const where = conditions(tenant)
  const [row] = await ask<Overview['servers']>(
    `SELECT count() AS total, countIf(state = 'pending') AS pending, countIf(has_drift) AS drift
     FROM nightjar.servers FINAL WHERE ${where.sql()}`,
    where.params(),
  )
  return row ?? { total: 0, pending: 0, drift: 0 }
}

/** Who called in the last 24 hours, the whole first hour included. */
async function principals(ask: Ask, tenant: string, nowMs: number): Promise<number> {
  const where = conditions(tenant)
  where.add(
    "hour >= toStartOfHour(toDateTime({0}, 'UTC')) AND hour <= toDateTime({1})",
    ['UInt32', Math.floor((nowMs - DAY_MS) / 1000)],
    ['UInt32', Math.ceil(nowMs / 1000)],
  )
  const [row] = await ask<{ n: number }>(
    `SELECT uniqExactMerge(principals) AS n FROM nightjar.principals_by_hour WHERE ${where.sql()}`,
    where.params(),
  )
  return row?.n ?? 0
}

/** The overview of the last 24 hours, read from the minute rollup. A call seen from several vantages counts once. */
export async function readOverview(ask: Ask, clock: Clock, tenant: string): Promise<Overview> {
  const nowMs = clock.now()
  const soon = nowMs + 60_000
  const day = between(tenant, nowMs - DAY_MS, soon)
  const dayBefore = between(tenant, nowMs - 2 * DAY_MS, nowMs - DAY_MS)
  const [alerts, inventory, last, previous, people, points, most] = await Promise.all([
    openAlerts(ask, tenant),
    servers(ask, tenant),
    totals(ask, day),
    totals(ask, dayBefore),
    principals(ask, tenant, nowMs),
    series(ask, day, nowMs),
    busiest(ask, day),
  ])
  return {
    openAlerts: alerts,
    servers: inventory,
    calls: {
      last24h: last.calls,
      previous24h: previous.calls,
      errors24h: last.errors,
      denied24h: last.denied,
    },
    principals24h: people,
    series: points,
    ...most,
  }
}
