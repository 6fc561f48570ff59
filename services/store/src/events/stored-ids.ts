import { type EventBatch, hexAt } from '@nightjar/core'
import type { StoreClient } from '../client.ts'
import { sortBucket } from '../schema/events.ts'

/** Rows asked about in one statement. */
const CHUNK = 8192

/** Rows of a batch that memory cannot judge. */
export interface Doubtful {
  readonly batch: EventBatch
  readonly rows: readonly number[]
}

const AT = "fromUnixTimestamp64Micro(t, 'UTC')"

/** The whole sort key is known for every row, so the engine looks up granules and scans nothing. */
const LOOK_UP = `SELECT DISTINCT tenant AS of_tenant, lower(hex(id)) AS hex_id
FROM nightjar.events
WHERE (tenant, ${sortBucket('time')}, server, tool, time, id) IN (
  SELECT tenant, ${sortBucket(AT)}, server, tool, ${AT}, toFixedString(unhex(h), 16)
  FROM format(JSONEachRow, 'tenant String, server String, tool String, t Int64, h String', {rows:String})
)`

function line({ columns }: EventBatch, row: number): string {
  const { tenant, server, tool, time, id } = columns
  return JSON.stringify({
    tenant: tenant.values[tenant.codes[row] as number],
    server: server.values[server.codes[row] as number],
    tool: tool.values[tool.codes[row] as number],
    t: time.data[row],
    h: hexAt(id.data, id.width, row).padStart(id.width * 2, '0'),
  })
}

/** Name of an event across tenants. */
export function storedName(tenant: string, id: string): string {
  return `${tenant} ${id}`
}

/** Which of these rows are in the store, as {@link storedName}s. */
export async function findStored(
  client: StoreClient,
  doubtful: readonly Doubtful[],
): Promise<ReadonlySet<string>> {
  const lines = doubtful.flatMap(({ batch, rows }) => rows.map((row) => line(batch, row)))
  const found = new Set<string>()
  for (let at = 0; at < lines.length; at += CHUNK) {
    const rows = lines.slice(at, at + CHUNK).join('\n')
    for (const { of_tenant, hex_id } of await client.rows<{ of_tenant: string; hex_id: string }>(
      LOOK_UP,
      {
        rows,
      },
    ))
      found.add(storedName(of_tenant, hex_id))
  }
  return found
}
