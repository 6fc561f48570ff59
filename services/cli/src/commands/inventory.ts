import type { ManifestVersion, Page, Server } from '@nightjar/core'
import type { Command } from 'commander'
import { createClient } from '../client.ts'
import { cut, type Io, printable, table } from '../io.ts'

const proofs = (server: Server) =>
  [server.declared && 'declared', server.running && 'running', server.called && 'called']
    .filter(Boolean)
    .join(' ')

function driftText(server: Server): string {
  if (server.drift === undefined) return 'No drift is pending.'
  const changes = server.drift.changes.map(
    (change) =>
      `  ${change.severity.padEnd(13)} ${change.kind} ${printable(change.path)}: ${printable(change.reason)}`,
  )
  return [`Drift of ${server.drift.time}, ${server.drift.severity}:`, ...changes].join('\n')
}

/** `nightjar inventory list|show|approve|reject|quarantine|enforce`. */
export function registerInventory(program: Command, io: Io): void {
  const inventory = program.command('inventory').description('MCP servers that Nightjar knows')

  inventory
    .command('list', { isDefault: true })
    .description('every server with its proofs and state')
    .option('--json', 'as JSON')
    .action(async (flags: { json?: boolean }) => {
      const servers = await createClient(io).list<Server>('/servers', 1000)
      if (flags.json) return io.out(JSON.stringify(servers, null, 2))
      const rows = servers.map((server) => [
        server.id,
        cut(server.name, 40),
        server.state,
        server.drift ? server.drift.severity : '',
        proofs(server),
        server.version,
        server.lastSeen.slice(0, 19),
      ])
      io.out(
        rows.length === 0
          ? 'No server has been seen.'
          : table(['ID', 'NAME', 'STATE', 'DRIFT', 'PROOFS', 'VERSION', 'LAST SEEN (UTC)'], rows),
      )
    })

  inventory
    .command('show <id>')
    .description('one server, its manifests and its pending drift')
    .option('--json', 'as JSON')
    .action(async (id: string, flags: { json?: boolean }) => {
      const client = createClient(io)
      const server = await client.get<Server>(`/servers/${encodeURIComponent(id)}`)
      const manifests = await client.get<Page<ManifestVersion>>(
        `/servers/${encodeURIComponent(id)}/manifests`,
      )
      if (flags.json) return io.out(JSON.stringify({ server, manifests: manifests.items }, null, 2))
      io.out(
        `${server.id}  ${printable(server.name)} ${server.version}  ${server.state}  ${proofs(server)}`,
      )
      io.out(
        table(
          ['MANIFEST', 'STATE', 'FIRST SEEN (UTC)', 'LAST SEEN (UTC)'],
          manifests.items.map((manifest) => [
            manifest.hash,
            manifest.state,
            manifest.firstSeen.slice(0, 19),
            manifest.lastSeen.slice(0, 19),
          ]),
        ),
      )
      io.out(driftText(server))
    })

  const judge = (name: 'approve' | 'reject' | 'quarantine', about: string) => {
    const command = inventory
      .command(`${name} <id>`)
      .description(about)
      .requiredOption('-m, --reason <text>', 'why; kept on record')
    if (name !== 'quarantine')
      command.option('--manifest <hash>', 'judge this manifest instead of the server')
    command.action(async (id: string, flags: { reason: string; manifest?: string }) => {
      const what = flags.manifest ? `/manifests/${encodeURIComponent(flags.manifest)}` : ''
      const server = await createClient(io).send<Server>(
        'POST',
        `/servers/${encodeURIComponent(id)}${what}/${name}`,
        { reason: flags.reason },
      )
      io.out(`${server.id} ${printable(server.name)} is ${server.state}.`)
    })
  }
  judge('approve', 'approve a server and its current manifest')
  judge('reject', 'reject a server or a manifest')
  judge('quarantine', 'quarantine a server: every call to it raises an alert')

  inventory
    .command('enforce <on|off>')
    .description('alert on calls to servers that are not approved')
    .requiredOption('-m, --reason <text>', 'why; kept on record')
    .action(async (value: string, flags: { reason: string }) => {
      const policy = await createClient(io).send<{ enforceAllowList: boolean }>('PUT', '/policy', {
        enforceAllowList: value === 'on',
        reason: flags.reason,
      })
      io.out(`The allow-list is ${policy.enforceAllowList ? 'enforced' : 'not enforced'}.`)
    })
}
