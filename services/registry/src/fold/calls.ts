import { type EventBatch, formatMicros, type Server } from '@nightjar/core'
import type { Effects, RegistryView } from '../state.ts'
import { resolve } from './resolve.ts'
import { proof, timeOf, withName, written } from './sighting.ts'

/** What a batch says of one server, host and client. */
export interface CallSummary {
  readonly tenant: string
  readonly label: string
  readonly key: string
  readonly host: string
  readonly client: string
  readonly version: string
  readonly transport: string
  readonly protocolVersion: string
  readonly calls: number
  /** Microseconds since the Unix epoch. */
  readonly firstUs: number
  readonly lastUs: number
}

interface Group {
  readonly row: number
  calls: number
  firstUs: number
  lastUs: number
}

/** Most groups of one batch that are told apart; beyond, hosts and clients of further ones are not looked at. */
const MAX_GROUPS = 4096

/** One summary for each distinct tenant, server, key, host and client of a batch. Reads columns; one look per row. */
export function summarise({ rows, columns }: EventBatch): readonly CallSummary[] {
  const { tenant, server, serverKey, host, client, kind, time } = columns
  const call = kind.values.indexOf('call')
  const groups = new Map<string, Group>()
  for (let row = 0; row < rows; row++) {
    if (server.codes[row] === 0 && serverKey.codes[row] === 0) continue
    const parties = groups.size < MAX_GROUPS ? `${host.codes[row]}.${client.codes[row]}` : ''
    const name = `${tenant.codes[row]}.${server.codes[row]}.${serverKey.codes[row]}.${parties}`
    const at = time.data[row] as number
    let group = groups.get(name)
    if (group === undefined) {
      group = { row, calls: 0, firstUs: at, lastUs: at }
      groups.set(name, group)
    }
    if (kind.codes[row] === call) group.calls++
    if (at < group.firstUs) group.firstUs = at
    if (at > group.lastUs) group.lastUs = at
  }
  const text = (column: { codes: Uint32Array; values: readonly string[] }, row: number) =>
    column.values[column.codes[row] as number] ?? ''
  return [...groups.values()].map(({ row, calls, firstUs, lastUs }) => ({
    tenant: text(tenant, row),
    label: text(server, row),
    key: text(serverKey, row),
    host: text(host, row),
    client: text(client, row),
    version: text(columns.serverVersion, row),
    transport: text(columns.transport, row),
    protocolVersion: text(columns.protocolVersion, row),
    ...{ calls, firstUs, lastUs },
  }))
}

function facts(server: Server, calls: CallSummary, first: string, last: string): Server {
  const called =
    calls.calls === 0 ? server.called : proof(proof(server.called, first, 0), last, calls.calls)
  return {
    ...server,
    ...(called && { called }),
    version: calls.version || server.version,
    transport: calls.transport || server.transport,
    protocolVersion: calls.protocolVersion || server.protocolVersion,
    hosts: withName(server.hosts, calls.host),
    clients: withName(server.clients, calls.client),
    firstSeen: first < server.firstSeen ? first : server.firstSeen,
    lastSeen: last > server.lastSeen ? last : server.lastSeen,
  }
}

/** Folds what a batch says of one server into it. */
export function foldCalls(
  view: RegistryView,
  calls: CallSummary,
  now: number,
): Pick<Effects, 'entries'> {
  const first = timeOf(formatMicros(calls.firstUs), now)
  const last = timeOf(formatMicros(calls.lastUs), now)
  const { tenant, label, key } = calls
  const resolved = resolve(view, { tenant, label, key }, first)
  const entry = { ...resolved.entry, server: facts(resolved.entry.server, calls, first, last) }
  return { entries: written(resolved, resolved.entry, entry) }
}
