import type {
  Command,
  CommandBody,
  ManifestVersion,
  Reply,
  Server,
  StateRecord,
  TenantPolicy,
} from '@nightjar/core'
import { REGISTRY_CODES, type RegistryCode } from '../errors.ts'
import {
  baselineHashOf,
  type Effects,
  type Entry,
  NO_EFFECTS,
  type RegistryView,
} from '../state.ts'

type OursBody = Extract<
  CommandBody,
  {
    type:
      | 'manifest.approve'
      | 'manifest.reject'
      | 'server.approve'
      | 'server.reject'
      | 'server.quarantine'
      | 'policy.set'
  }
>
type ManifestBody = Extract<OursBody, { type: 'manifest.approve' | 'manifest.reject' }>
type Judgement = NonNullable<Server['judgement']>

const OURS: ReadonlySet<CommandBody['type']> = new Set([
  ...(['manifest.approve', 'manifest.reject', 'policy.set'] as const),
  ...(['server.approve', 'server.reject', 'server.quarantine'] as const),
])

/** True for the commands that the registry applies. */
export function isRegistryBody(body: CommandBody): body is OursBody {
  return OURS.has(body.type)
}

interface Refusal {
  readonly code: RegistryCode
  readonly message: string
}

interface Applied {
  readonly server: Server
  readonly rows: readonly ManifestVersion[]
}

const isRefusal = (value: Applied | Refusal): value is Refusal => 'code' in value

function reply(command: Command, result: unknown): Reply {
  return { commandId: command.id, tenant: command.tenant, ok: true, result }
}

function refused(command: Command, { code, message }: Refusal): Effects {
  const { id: commandId, tenant } = command
  return { ...NO_EFFECTS, replies: [{ commandId, tenant, ok: false, code, message }] }
}

function judged(
  row: ManifestVersion,
  state: ManifestVersion['state'],
  judgement?: Judgement,
): ManifestVersion {
  return { ...row, state, ...(judgement && { judgement }), revision: row.revision + 1 }
}

function without({ drift: _drift, ...server }: Server): Server {
  return server
}

/** The version a command means: the one it names, else the one that waits, else the one the server serves. */
function target(entry: Entry, hash: string | undefined): ManifestVersion | Refusal {
  const { server, versions } = entry
  if (versions.size === 0) {
    return {
      code: REGISTRY_CODES.noManifest,
      message: `No manifest of ${server.name} was seen yet; it comes when a client lists its tools through the tap.`,
    }
  }
  const wanted = hash ?? server.drift?.toHash ?? server.manifestHash
  return (
    versions.get(wanted) ?? {
      code: REGISTRY_CODES.unknownManifest,
      message: `${server.name} was not seen with the manifest ${wanted}.`,
    }
  )
}

function approveManifest(entry: Entry, row: ManifestVersion, judgement: Judgement): Applied {
  const { server, versions } = entry
  const rows: ManifestVersion[] = [judged(row, 'approved', judgement)]
  for (const other of versions.values())
    if (other.hash !== row.hash && (other.state === 'approved' || other.state === 'pinned'))
      rows.push(judged(other, 'superseded'))
  const { drift } = server
  const settled = drift === undefined || drift.toHash === row.hash
  const next: Server = {
    ...(settled ? without(server) : { ...server, drift: { ...drift, fromHash: row.hash } }),
    approvedHash: row.hash,
    // Whoever accepts what a new server offers accepts the server; one that was turned away stays so.
    ...(server.state === 'pending' && { state: 'approved' as const, judgement }),
  }
  return { server: next, rows }
}

function rejectManifest(
  entry: Entry,
  body: ManifestBody,
  row: ManifestVersion,
  judgement: Judgement,
): Applied | Refusal {
  const { server } = entry
  if (body.hash === undefined && server.drift === undefined) {
    return {
      code: REGISTRY_CODES.noDrift,
      message: `No change of ${server.name} waits for a judgement; name a hash to reject another manifest.`,
    }
  }
  const wasBaseline = baselineHashOf(entry) === row.hash
  const cleared = server.drift?.toHash === row.hash ? without(server) : server
  const next: Server = {
    ...cleared,
    ...(server.approvedHash === row.hash && { approvedHash: '' }),
    ...(wasBaseline && { state: 'rejected' as const, judgement }),
  }
  return { server: next, rows: [judged(row, 'rejected', judgement)] }
}

function judgeServer(entry: Entry, body: OursBody, judgement: Judgement): Applied {
  const { server, versions } = entry
  if (body.type === 'server.reject')
    return { server: { ...server, state: 'rejected', judgement }, rows: [] }
  if (body.type === 'server.quarantine')
    return { server: { ...server, state: 'quarantined', judgement }, rows: [] }
  const approved: Server = { ...server, state: 'approved', judgement }
  const pinned = versions.get(baselineHashOf(entry))
  if (server.approvedHash !== '' || pinned === undefined) return { server: approved, rows: [] }
  // What it offered until now is approved with it; a change that waits goes on waiting.
  return {
    server: { ...approved, approvedHash: pinned.hash },
    rows: [judged(pinned, 'approved', judgement)],
  }
}

function apply(entry: Entry, body: OursBody, judgement: Judgement): Applied | Refusal {
  if (body.type !== 'manifest.approve' && body.type !== 'manifest.reject')
    return judgeServer(entry, body, judgement)
  const row = target(entry, body.hash)
  if ('code' in row) return row
  return body.type === 'manifest.approve'
    ? approveManifest(entry, row, judgement)
    : rejectManifest(entry, body, row, judgement)
}

function setPolicy(command: Command, enforceAllowList: boolean): Effects {
  const { tenant } = command
  const value: TenantPolicy = { enforceAllowList }
  const record: StateRecord = { key: `policy:${tenant}`, tenant, type: 'policy', value }
  return { ...NO_EFFECTS, policies: [record], replies: [reply(command, value)] }
}

/** Applies a command of ours. Applied twice it ends in the same state. */
export function foldCommand(view: RegistryView, command: Command, now: number): Effects {
  const { body } = command
  if (!isRegistryBody(body)) return NO_EFFECTS
  if (body.type === 'policy.set') return setPolicy(command, body.enforceAllowList)
  const entry = view.get(body.id)
  if (entry === undefined || entry.server.tenant !== command.tenant) {
    return refused(command, {
      code: REGISTRY_CODES.unknownServer,
      message: `There is no server ${body.id}.`,
    })
  }
  const time = new Date(now).toISOString()
  const applied = apply(entry, body, { actor: command.actor, reason: body.reason, time })
  if (isRefusal(applied)) return refused(command, applied)
  const versions = new Map(entry.versions)
  for (const row of applied.rows) versions.set(row.hash, row)
  const server = { ...applied.server, revision: applied.server.revision + 1 }
  // What showed part of the old baseline may say something else beside the new one.
  const after: Entry = { ...entry, server, versions, views: new Set() }
  return {
    ...NO_EFFECTS,
    entries: [{ entry: after, urgent: true }],
    manifests: applied.rows.map((row) => ({ row, urgent: true })),
    replies: [reply(command, server)],
  }
}
