import type {
  Finding,
  Manifest,
  ManifestChange,
  ManifestVersion,
  Server,
  Severity,
} from '@nightjar/core'
import { diffManifests, diffUnseen, overlay, PARTS } from '../diff/manifest.ts'
import { atLeast, lower, worse, worst } from '../diff/severity.ts'
import { visible } from '../diff/text.ts'
import { findingIdOf, fingerprintOf } from '../identity.ts'
import { baselineHashOf, baselineOf, type Entry, manifestOf } from '../state.ts'

/** A manifest that a server was seen with. */
export interface SeenManifest {
  readonly manifest: Manifest
  readonly hash: string
  readonly host: string
  readonly client: string
  readonly time: string
}

/** The rule that drift findings name. */
export interface DriftRule {
  readonly id: string
  readonly title: string
}
export const FAMILY = 'manifest-drift'
const TAGS = ['owasp-mcp.mcp03', 'owasp-asi.asi04', 'atlas.aml-t0109', 'atlas.aml-t0110.000']

const MAX_HOSTS = 50
const MAX_HOST_HASHES = 500
const MAX_VIEWS = 50

/** What a manifest changed. */
export interface Judged {
  readonly entry: Entry
  readonly manifests: readonly { readonly row: ManifestVersion; readonly urgent: boolean }[]
  readonly findings: readonly Finding[]
  readonly urgent: boolean
}

function bounded<K, V>(map: ReadonlyMap<K, V>, key: K, value: V, limit: number): Map<K, V> {
  const next = new Map(map)
  next.delete(key)
  next.set(key, value)
  const [oldest] = next.keys()
  if (next.size > limit && oldest !== undefined) next.delete(oldest)
  return next
}

function seenAgain(version: ManifestVersion, seen: SeenManifest): ManifestVersion {
  const known = seen.host === '' || version.hosts.includes(seen.host)
  return {
    ...version,
    lastSeen: [seen.time, version.lastSeen].sort().at(-1) ?? seen.time,
    hosts: known ? version.hosts : [...version.hosts, seen.host].slice(-MAX_HOSTS),
    revision: version.revision + 1,
  }
}

function newVersion(
  server: Server,
  seen: SeenManifest,
  state: ManifestVersion['state'],
  changes: readonly ManifestChange[],
): ManifestVersion {
  return {
    serverId: server.id,
    tenant: server.tenant,
    hash: seen.hash,
    state,
    firstSeen: seen.time,
    lastSeen: seen.time,
    hosts: seen.host === '' ? [] : [seen.host],
    manifest: JSON.stringify(seen.manifest),
    changes: [...changes],
    revision: 1,
  }
}

/** Versions with one more; of too many, the one that nothing refers to and was not seen for longest leaves. */
function withVersion(
  entry: Entry,
  row: ManifestVersion,
  limit: number,
): Map<string, ManifestVersion> {
  const versions = new Map(entry.versions)
  versions.set(row.hash, row)
  if (versions.size <= limit) return versions
  const [spare] = [...versions.values()]
    .filter(
      ({ hash, state }) => hash !== row.hash && (state === 'superseded' || state === 'pending'),
    )
    .filter(({ hash }) => hash !== entry.server.drift?.toHash)
    .sort((a, b) => a.lastSeen.localeCompare(b.lastSeen))
  versions.delete((spare ?? row).hash)
  return versions
}

function facts(server: Server, { manifest, hash }: SeenManifest): Server {
  const tools = manifest.tools?.map(({ name }) => name).slice(0, 500) ?? server.tools
  return {
    ...server,
    manifestHash: hash,
    tools,
    version: manifest.serverInfo?.version ?? server.version,
    protocolVersion: manifest.protocolVersion ?? server.protocolVersion,
  }
}

function withoutDrift({ drift: _drift, ...server }: Server): Server {
  return server
}

/** Drift is over when no host serves the other manifest any more. */
function settled(entry: Entry): Entry {
  const { drift } = entry.server
  if (drift === undefined || [...entry.hostHash.values()].includes(drift.toHash)) return entry
  return { ...entry, server: withoutDrift(entry.server) }
}

function says(changes: readonly ManifestChange[]): string {
  const top = changes.slice(0, 3).map(({ path, reason }) => `${path}: ${reason}`)
  const more = changes.length > 3 ? `, and ${changes.length - 3} more` : ''
  return `${top.join('; ')}${more}`
}

function findingOf(
  server: Server,
  seen: SeenManifest,
  drift: NonNullable<Server['drift']>,
  rule: DriftRule,
  again: { readonly judgedAt: string } | undefined,
): Finding {
  const { tenant, id, name } = server
  const { fromHash, toHash, severity, changes } = drift
  // A rejected manifest raises once a day while it is served, and anew after each rejection.
  const repeat = again ? [again.judgedAt, seen.time.slice(0, 10)] : []
  const what = again ? 'serves a manifest that was rejected' : 'changed what it offers'
  const entity: Record<string, string> = { server: name, serverId: id }
  if (server.key !== '') entity.serverKey = server.key
  if (seen.host !== '') entity.host = seen.host
  if (seen.client !== '') entity.client = seen.client
  return {
    id: findingIdOf([tenant, FAMILY, id, fromHash, toHash, ...repeat]),
    tenant,
    ruleId: rule.id,
    ruleTitle: rule.title,
    severity,
    family: FAMILY,
    fingerprint: fingerprintOf(tenant, FAMILY, id),
    time: seen.time,
    firstTime: seen.time,
    summary: `Server ${visible(name)} ${what}${
      server.approvedHash === '' ? ' (not yet approved)' : ''
    }: ${says(changes)}`.slice(0, 1000),
    entity,
    eventIds: [],
    eventCount: 0,
    tags: TAGS,
    data: { serverId: id, fromHash, toHash, changes },
  }
}

/** Severity of a difference: its worst change, one level lower while nobody has approved anything. */
function weigh(changes: readonly ManifestChange[], approved: boolean): Severity {
  const severity = worst(changes.map((change) => change.severity))
  return approved ? severity : lower(severity)
}

export interface JudgeOptions {
  readonly rule: DriftRule
  readonly maxVersions: number
}

function drifted(
  entry: Entry,
  seen: SeenManifest,
  row: ManifestVersion,
  options: JudgeOptions,
): Judged {
  const rejected = row.state === 'rejected'
  const approved = entry.server.approvedHash !== ''
  const weighed = weigh(row.changes, approved)
  const drift = {
    fromHash: baselineHashOf(entry),
    toHash: seen.hash,
    time: entry.server.drift?.toHash === seen.hash ? entry.server.drift.time : seen.time,
    severity: rejected ? worse(weighed, 'high') : weighed,
    changes: row.changes,
  }
  const server: Server = { ...facts(entry.server, seen), drift }
  const again = rejected ? { judgedAt: row.judgement?.time ?? '' } : undefined
  return {
    entry: { ...entry, server, versions: withVersion(entry, row, options.maxVersions) },
    manifests: [{ row, urgent: row.revision === 1 || entry.server.drift?.toHash !== seen.hash }],
    // What is no more than information waits in the registry for somebody to look; it alarms nobody.
    findings:
      atLeast(drift.severity, 'low') && (rejected || entry.server.drift?.toHash !== seen.hash)
        ? [findingOf(server, seen, drift, options.rule, again)]
        : [],
    urgent: entry.server.drift?.toHash !== seen.hash,
  }
}

function accepted(entry: Entry, seen: SeenManifest, row: ManifestVersion, limit: number): Judged {
  const after = settled({
    ...entry,
    server: facts(entry.server, seen),
    versions: withVersion(entry, row, limit),
  })
  return {
    entry: after,
    manifests: [{ row, urgent: row.revision === 1 }],
    findings: [],
    urgent: row.revision === 1 || after.server.drift?.toHash !== entry.server.drift?.toHash,
  }
}

function known(
  entry: Entry,
  seen: SeenManifest,
  row: ManifestVersion,
  options: JudgeOptions,
): Judged {
  const again = seenAgain(row, seen)
  if (row.state === 'approved' || row.state === 'pinned')
    return accepted(entry, seen, again, options.maxVersions)
  if (row.state !== 'superseded') return drifted(entry, seen, again, options)
  // A return to what an approval replaced is a change like any other.
  const changes = diffManifests(baselineOf(entry) ?? {}, seen.manifest)
  if (changes.length === 0) return accepted(entry, seen, again, options.maxVersions)
  const { judgement: _judgement, ...rest } = again
  return drifted(entry, seen, { ...rest, state: 'pending', changes: [...changes] }, options)
}

/** True when the manifest shows no more than `other` does and says nothing else. */
function isViewOf(manifest: Manifest, other: Manifest): boolean {
  return (
    PARTS.every((part) => manifest[part] === undefined || other[part] !== undefined) &&
    diffManifests(other, manifest).length === 0
  )
}

function fresh(
  entry: Entry,
  seen: SeenManifest,
  baseline: Manifest,
  options: JudgeOptions,
): Judged {
  const { server } = entry
  if (isViewOf(seen.manifest, baseline)) {
    const views = new Set([...entry.views, seen.hash].slice(-MAX_VIEWS))
    const after = settled({ ...entry, views })
    return {
      entry: after,
      manifests: [],
      findings: [],
      urgent: after.server.drift !== server.drift,
    }
  }
  const pending = server.drift && manifestOf(entry.versions.get(server.drift.toHash))
  if (pending && isViewOf(seen.manifest, overlay(baseline, pending))) {
    // Part of the difference that waits for a judgement already.
    const toHash = server.drift?.toHash ?? seen.hash
    const hostHash = bounded(entry.hostHash, seen.host, toHash, MAX_HOST_HASHES)
    return { entry: { ...entry, hostHash }, manifests: [], findings: [], urgent: false }
  }
  const changes = [
    ...diffManifests(baseline, seen.manifest),
    ...diffUnseen(baseline, seen.manifest),
  ].slice(0, 200)
  if (changes.every(({ reason }) => reason.endsWith('(seen for the first time)'))) {
    // Nothing that was known is different: the picture is getting fuller.
    return accepted(entry, seen, newVersion(server, seen, 'pinned', []), options.maxVersions)
  }
  return drifted(entry, seen, newVersion(server, seen, 'pending', changes), options)
}

/**
 * Judges the manifest a server was seen with. The first is pinned; one that differs from what was approved (else from
 * what is pinned) is drift with its changes, unless it only shows less, or more of what was not seen before.
 */
export function judgeManifest(before: Entry, seen: SeenManifest, options: JudgeOptions): Judged {
  const hostHash = bounded(before.hostHash, seen.host, seen.hash, MAX_HOST_HASHES)
  const entry: Entry = { ...before, hostHash }
  const row = entry.versions.get(seen.hash)
  if (row !== undefined) return known(entry, seen, row, options)
  const baseline = baselineOf(entry)
  if (baseline === undefined)
    return accepted(entry, seen, newVersion(entry.server, seen, 'pinned', []), options.maxVersions)
  if (entry.views.has(seen.hash)) {
    const after = settled(entry)
    return {
      entry: after,
      manifests: [],
      findings: [],
      urgent: after.server.drift !== entry.server.drift,
    }
  }
  return fresh(entry, seen, baseline, options)
}
