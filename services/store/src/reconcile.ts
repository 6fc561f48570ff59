import type { Logger } from '@nightjar/core'
import type { StoreClient } from './client.ts'
import {
  CALLS_BY_MINUTE_KEY,
  CALLS_BY_MINUTE_SELECT,
  EVENTS_BY_SOURCE_KEY,
  EVENTS_BY_SOURCE_SELECT,
  PRINCIPALS_BY_HOUR_KEY,
  PRINCIPALS_BY_HOUR_SELECT,
} from './schema/events.ts'

/** Newest rows looked at: more than one insert holds, and only the last one can have been cut short. */
const NEWEST_ROWS = 131_072
/** Minutes or hours recomputed at most; the newest ones. */
const MAX_BUCKETS = 2_000

interface Rollup {
  readonly table: string
  readonly bucket: string
  readonly bucketOf: string
  readonly select: string
  readonly key: string
  readonly sums: readonly string[]
  /** Columns that are not sums; an added row carries them from the events. */
  readonly others: readonly string[]
}

const ROLLUPS: readonly Rollup[] = [
  {
    table: 'nightjar.calls_by_minute',
    bucket: 'minute',
    bucketOf: "toStartOfMinute(toDateTime(time, 'UTC'))",
    select: CALLS_BY_MINUTE_SELECT,
    key: CALLS_BY_MINUTE_KEY,
    sums: ['calls', 'args_bytes', 'result_bytes', 'duration_us', 'lost'],
    others: ['received'],
  },
  {
    table: 'nightjar.events_by_source',
    bucket: 'hour',
    bucketOf: "toStartOfHour(toDateTime(time, 'UTC'))",
    select: EVENTS_BY_SOURCE_SELECT,
    key: EVENTS_BY_SOURCE_KEY,
    sums: ['events', 'lost'],
    others: ['last_seen', 'quality'],
  },
]

/**
 * Makes the rollups agree with the events again after a process was killed between an insert and the rollups it feeds:
 * recomputes what the newest rows touched and adds the difference (sums of UInt64 wrap, so that it may be negative).
 * Must run before anything is appended.
 */
export async function reconcileRollups(client: StoreClient, logger: Logger): Promise<void> {
  const [newest] = await client.rows<{ seq: number }>('SELECT max(seq) AS seq FROM nightjar.events')
  const after = Math.max(0, (newest?.seq ?? 0) - NEWEST_ROWS)
  for (const rollup of ROLLUPS) {
    const rows = await client.rows<{ bucket: number }>(
      `SELECT DISTINCT toUnixTimestamp(${rollup.bucketOf}) AS bucket FROM nightjar.events
       WHERE seq > {after:UInt64} ORDER BY bucket DESC LIMIT ${MAX_BUCKETS}`,
      { after },
      { maxSeconds: 120 },
    )
    const buckets = rows.map(({ bucket }) => bucket)
    if (buckets.length > 0) await client.command(differenceOf(rollup), { buckets })
  }
  await addPrincipals(client, after)
  logger.info({ after }, 'The rollups were checked against the events.')
}

/** A set takes what it has once more without a change: the hours' principals are simply added again. */
async function addPrincipals(client: StoreClient, after: number): Promise<void> {
  await client.command(
    `INSERT INTO nightjar.principals_by_hour
${PRINCIPALS_BY_HOUR_SELECT} AND seq > {after:UInt64} GROUP BY ${PRINCIPALS_BY_HOUR_KEY}`,
    { after },
  )
}

function differenceOf({ table, bucket, bucketOf, select, key, sums, others }: Rollup): string {
  const list = [key, ...sums, ...others].join(', ')
  const negative = sums.map((name) => `toUInt64(-toInt64(${name})) AS ${name}`)
  const added = sums.map((name) => `sum(${name}) AS d_${name}`)
  const kept = others.map((name) =>
    name === 'quality' ? `groupUniqArrayArray(${name}) AS d_${name}` : `max(${name}) AS d_${name}`,
  )
  return `INSERT INTO ${table} (${list})
SELECT ${[key, ...[...sums, ...others].map((name) => `d_${name}`)].join(', ')} FROM (
  SELECT ${[key, ...added, ...kept].join(', ')} FROM (
    SELECT ${list} FROM (${select} AND has({buckets:Array(UInt32)}, toUnixTimestamp(${bucketOf})) GROUP BY ${key})
    UNION ALL
    SELECT ${[key, ...negative, ...others].join(', ')} FROM ${table}
    WHERE has({buckets:Array(UInt32)}, toUnixTimestamp(${bucket}))
  ) GROUP BY ${key}
) WHERE ${sums.map((name) => `d_${name} != 0`).join(' OR ')}`
}
