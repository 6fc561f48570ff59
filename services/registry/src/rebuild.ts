import type { ManifestVersion, Server } from '@nightjar/core'
import type { OwnedRecord } from '@nightjar/stream'
import type { Entry } from './state.ts'

function hostsOf(versions: readonly ManifestVersion[]): Map<string, string> {
  // The newest version a host was seen with is what it serves.
  const oldestFirst = [...versions].sort((a, b) => a.lastSeen.localeCompare(b.lastSeen))
  return new Map(
    oldestFirst.flatMap(({ hash, hosts }) =>
      (hosts.length > 0 ? hosts : ['']).map((host) => [host, hash] as const),
    ),
  )
}

/** The registry's entries from the newest row of each server and manifest. Retired servers are left out. */
export function entriesOf(records: Iterable<OwnedRecord>): readonly Entry[] {
  const servers: Server[] = []
  const manifests = new Map<string, ManifestVersion[]>()
  for (const record of records) {
    if (record.type === 'server' && record.row.state !== 'retired') servers.push(record.row)
    if (record.type !== 'manifest') continue
    const rows = manifests.get(record.row.serverId) ?? []
    rows.push(record.row)
    manifests.set(record.row.serverId, rows)
  }
  return servers
    .sort((a, b) => a.lastSeen.localeCompare(b.lastSeen))
    .map((server) => {
      const rows = manifests.get(server.id) ?? []
      return {
        server,
        versions: new Map(rows.map((row) => [row.hash, row])),
        hostHash: hostsOf(rows),
        views: new Set<string>(),
      }
    })
}
