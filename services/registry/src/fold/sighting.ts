import type { Server, Sighting } from '@nightjar/core'
import type { Effects, Entry, RegistryView } from '../state.ts'
import { type JudgeOptions, judgeManifest } from './drift.ts'
import { type Resolved, resolve } from './resolve.ts'

const MAX_NAMES = 50

/** A list with one more value, the oldest left out beyond 50. */
export function withName(names: readonly string[], name: string): string[] {
  if (name === '' || names.includes(name)) return names as string[]
  return [...names, name].slice(-MAX_NAMES)
}

/** One more piece of evidence of a kind. */
export function proof(before: Server['called'], time: string, count = 1): Server['called'] {
  if (before === undefined) return { firstSeen: time, lastSeen: time, count }
  return {
    firstSeen: time < before.firstSeen ? time : before.firstSeen,
    lastSeen: time > before.lastSeen ? time : before.lastSeen,
    count: before.count + count,
  }
}

/** The time of evidence, never later than now: a date in the future would stay the newest for ever. */
export function timeOf(time: string, now: number): string {
  const ms = Date.parse(time)
  return new Date(Number.isNaN(ms) ? now : Math.min(ms, now)).toISOString()
}

function facts(server: Server, sighting: Sighting, time: string): Server {
  const { kind } = sighting
  const declared = kind === 'declared' ? proof(server.declared, time) : server.declared
  const running =
    kind === 'running' || kind === 'listening' || kind === 'manifest'
      ? proof(server.running, time)
      : server.running
  return {
    ...server,
    ...(declared && { declared }),
    ...(running && { running }),
    // A manifest names the server by its own word; a config by whatever its owner likes.
    version: sighting.serverVersion || server.version,
    transport: sighting.transport || server.transport,
    hosts: withName(server.hosts, sighting.host),
    clients: withName(server.clients, sighting.client),
    firstSeen: time < server.firstSeen ? time : server.firstSeen,
    lastSeen: time > server.lastSeen ? time : server.lastSeen,
  }
}

/** True when something is new that a reader waits for: more than a count and a last-seen time. */
function isNews(before: Server, after: Server): boolean {
  return (
    before.hosts !== after.hosts ||
    before.clients !== after.clients ||
    before.version !== after.version ||
    before.transport !== after.transport ||
    (before.declared === undefined) !== (after.declared === undefined) ||
    (before.running === undefined) !== (after.running === undefined) ||
    (before.called === undefined) !== (after.called === undefined)
  )
}

/** The entries to write: the one evidence is about, and the one that was merged into it, as retired. */
export function written(
  { merged, changed }: Resolved,
  before: Entry,
  after: Entry,
  urgent = false,
): Effects['entries'] {
  const news = changed || urgent || isNews(before.server, after.server)
  const retired = merged && {
    entry: { ...merged, server: { ...merged.server, state: 'retired' as const } },
    urgent: true,
  }
  return [...(retired ? [retired] : []), { entry: after, urgent: news }]
}

/** Folds a sighting into its server. */
export function foldSighting(
  view: RegistryView,
  sighting: Sighting,
  now: number,
  options: JudgeOptions,
): Pick<Effects, 'entries' | 'manifests' | 'findings'> {
  const time = timeOf(sighting.time, now)
  const { tenant, server: label, serverKey: key, host, client } = sighting
  const resolved = resolve(view, { tenant, label, key }, time)
  const entry = { ...resolved.entry, server: facts(resolved.entry.server, sighting, time) }
  const { manifest, manifestHash: hash } = sighting
  if (sighting.kind !== 'manifest' || manifest === undefined || hash === undefined)
    return { entries: written(resolved, resolved.entry, entry), manifests: [], findings: [] }
  const judged = judgeManifest(entry, { manifest, hash, host, client, time }, options)
  return {
    entries: written(resolved, resolved.entry, judged.entry, judged.urgent),
    manifests: judged.manifests,
    findings: judged.findings,
  }
}
