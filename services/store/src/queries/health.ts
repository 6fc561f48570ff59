import { type Clock, formatMicros, type HealthView } from '@nightjar/core'
import type { Ask } from './ask.ts'
import { conditions } from './conditions.ts'
import { addTimeRange } from './range.ts'

/** How many events are kept, and the newest by its own time and by receipt; RFC 3339, null in an empty store. */
export interface LastEvent {
  readonly events: number
  readonly lastEventTime: string | null
  readonly lastReceivedTime: string | null
}

/** See {@link LastEvent}. */
export async function readLastEvent(ask: Ask, tenant: string): Promise<LastEvent> {
  const where = conditions(tenant)
  const [row] = await ask<{ events: number; newest: number; received: number }>(
    `SELECT count() AS events, toUnixTimestamp64Micro(max(time)) AS newest,
       toUnixTimestamp64Micro(max(received_time)) AS received
     FROM nightjar.events WHERE ${where.sql()}`,
    where.params(),
  )
  if (row === undefined || row.events === 0)
    return { events: 0, lastEventTime: null, lastReceivedTime: null }
  return {
    events: row.events,
    lastEventTime: formatMicros(row.newest),
    lastReceivedTime: formatMicros(row.received),
  }
}

const MAX_SOURCES = 500

/** Who sent events in the last 24 hours, the one heard last first, at most 500. */
export async function readSources(
  ask: Ask,
  clock: Clock,
  tenant: string,
): Promise<HealthView['sources']> {
  const where = conditions(tenant)
  addTimeRange(where, 'hour', { from: 'now-24h' }, clock.now())
  const rows = await ask<{
    emitter: string
    host: string
    seen: number
    n: number
    missing: number
    marks: string[]
  }>(
    `SELECT emitter, host, toUnixTimestamp64Micro(max(last_seen)) AS seen, sum(events) AS n,
       sum(lost) AS missing, arraySort(groupUniqArrayArray(quality)) AS marks
     FROM nightjar.events_by_source WHERE ${where.sql()}
     GROUP BY emitter, host ORDER BY seen DESC LIMIT ${MAX_SOURCES}`,
    where.params(),
  )
  return rows.map(({ emitter, host, seen, n, missing, marks }) => ({
    emitter,
    host,
    lastSeen: formatMicros(seen),
    events24h: n,
    lost24h: missing,
    quality: marks,
  }))
}

/** Rows and bytes on disk of the event table, all tenants. */
export async function readTableSize(ask: Ask): Promise<{ rows: number; bytes: number }> {
  const [row] = await ask<{ kept: number; size: number }>(
    `SELECT sum(rows) AS kept, sum(bytes_on_disk) AS size FROM system.parts
     WHERE active AND database = 'nightjar' AND table = 'events'`,
    {},
  )
  return { rows: row?.kept ?? 0, bytes: row?.size ?? 0 }
}
