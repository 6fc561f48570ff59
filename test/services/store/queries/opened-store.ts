import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AuditEventInput,
  COLUMN_NAMES,
  type ColumnName,
  columnSpec,
  sqlName,
} from '@nightjar/core'
import { connect, migrate, type StoreClient } from '@nightjar/store'

/** A store on a fresh folder, with ways to fill it without the writer. */
export interface OpenedStore {
  readonly client: StoreClient
  insert(events: readonly AuditEventInput[]): Promise<void>
  close(): Promise<void>
}

function fromJson(name: ColumnName): string {
  const { kind, width } = columnSpec(name)
  const text = `JSONExtractString(j, '${name}')`
  switch (kind) {
    case 'bytes':
      return `toFixedString(unhex(${text}), ${width})`
    case 'time':
      return `if(${text} = '', toDateTime64(0, 6, 'UTC'), parseDateTime64BestEffort(${text}, 6, 'UTC'))`
    case 'list':
      return `JSONExtract(j, '${name}', 'Array(String)')`
    case 'count':
      return `JSONExtractUInt(j, '${name}')`
    default:
      return text
  }
}

const literal = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

async function insertEvents(client: StoreClient, events: readonly AuditEventInput[]) {
  for (let at = 0; at < events.length; at += 500) {
    const rows = events.slice(at, at + 500).map((event) => literal(JSON.stringify(event)))
    await client.command(
      `INSERT INTO nightjar.events (${COLUMN_NAMES.map(sqlName).join(', ')})
       SELECT ${COLUMN_NAMES.map(fromJson).join(', ')} FROM (SELECT arrayJoin([${rows.join(', ')}]) AS j)`,
    )
  }
}

/** Starts the engine on a folder of its own; close it when done. */
export async function openTestStore(): Promise<OpenedStore> {
  const data = mkdtempSync(join(tmpdir(), 'nightjar-queries-'))
  const connection = await connect({ data })
  await migrate(connection.client, { retentionDays: 36_500 })
  return {
    client: connection.client,
    insert: (events) => insertEvents(connection.client, events),
    async close() {
      await connection.close()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

let counter = 0

/** An event with the required fields; ids count up. */
export function event(fields: AuditEventInput): AuditEventInput {
  counter += 1
  return {
    id: counter.toString(16).padStart(32, '0'),
    time: '2026-03-01T12:00:00.000Z',
    receivedTime: '2026-03-01T12:00:01.000Z',
    tenant: 'default',
    kind: 'call',
    method: 'tools/call',
    vantage: 'gateway',
    emitter: 'nightjar-tap',
    outcome: 'success',
    ...fields,
  }
}
