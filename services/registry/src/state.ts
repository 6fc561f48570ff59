import type {
  Finding,
  Manifest,
  ManifestVersion,
  Reply,
  Server,
  ServerJudgement,
  StateRecord,
} from '@nightjar/core'
import { manifestSchema } from '@nightjar/core'
import { overlay } from './diff/manifest.ts'
import { identityOf, keyKindOf, stronger } from './identity.ts'

/** Bounds of the tables. */
export interface RegistryLimits {
  /** Servers kept in memory; beyond, the unjudged one not seen for longest leaves. */
  readonly servers: number
  /** Manifest versions kept of a server; beyond, the superseded or pending one not seen for longest leaves. */
  readonly versions: number
  /** Characters of manifests kept in all; beyond, servers leave as above. */
  readonly manifestChars: number
}
export const DEFAULT_LIMITS: RegistryLimits = {
  servers: 20_000,
  versions: 20,
  manifestChars: 256 * 1024 * 1024,
}

/** A server with its manifests. Replaced, never changed. */
export interface Entry {
  readonly server: Server
  readonly versions: ReadonlyMap<string, ManifestVersion>
  /** Which manifest each host served last. */
  readonly hostHash: ReadonlyMap<string, string>
  /** Hashes that were seen to show part of the baseline and nothing else. */
  readonly views: ReadonlySet<string>
}

/** What a step decided. `urgent` rows are published at once, the others say only that something was seen again. */
export interface Effects {
  readonly entries: readonly { readonly entry: Entry; readonly urgent: boolean }[]
  readonly manifests: readonly { readonly row: ManifestVersion; readonly urgent: boolean }[]
  readonly findings: readonly Finding[]
  readonly replies: readonly Reply[]
  readonly policies: readonly StateRecord[]
}

export const NO_EFFECTS: Effects = {
  ...{ entries: [], manifests: [], findings: [], replies: [], policies: [] },
}

/** What decisions read. */
export interface RegistryView {
  readonly limits: RegistryLimits
  get(id: string): Entry | undefined
  /** The server of a tenant that goes by this key, whatever its version. */
  byKey(tenant: string, key: string): Entry | undefined
  /** Servers of a tenant that go by this label, strongest key first, then seen last. */
  byLabel(tenant: string, label: string): readonly Entry[]
}

const isKey = (alias: string) =>
  /^(command|package|pkg|digest|sha256|sha512|url|https?):/.test(alias)

/** All labels a server goes by. */
export function labelsOf(server: Server): readonly string[] {
  return [server.name, ...(server.aliases ?? []).filter((alias) => !isKey(alias))]
}

/** All keys a server goes by. */
export function keysOf(server: Server): readonly string[] {
  return [server.key, ...(server.aliases ?? []).filter(isKey)].filter((key) => key !== '')
}

/** The manifest of a version row, undefined when its text is none. */
export function manifestOf(version: ManifestVersion | undefined): Manifest | undefined {
  if (version === undefined) return undefined
  try {
    const read = manifestSchema.safeParse(JSON.parse(version.manifest))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}

const baselines = new WeakMap<Entry['versions'], Map<string, Manifest | undefined>>()

/**
 * What a server is judged against: its approved manifest, else the pinned one, with the parts of other pinned versions
 * where it has none. Undefined before the first manifest.
 */
export function baselineOf({ server, versions }: Entry): Manifest | undefined {
  const known = baselines.get(versions) ?? new Map<string, Manifest | undefined>()
  baselines.set(versions, known)
  if (known.has(server.approvedHash)) return known.get(server.approvedHash)
  const pinned = [...versions.values()]
    .filter(({ state }) => state === 'pinned')
    .sort((a, b) => a.firstSeen.localeCompare(b.firstSeen))
  const approved = versions.get(server.approvedHash)
  const layers = [...pinned.reverse(), ...(approved ? [approved] : [])].map(manifestOf)
  let baseline: Manifest | undefined
  for (const layer of layers) if (layer !== undefined) baseline = overlay(baseline ?? {}, layer)
  known.set(server.approvedHash, baseline)
  return baseline
}

/** Hash of what a server is judged against, `''` before the first manifest. */
export function baselineHashOf({ server, versions }: Entry): string {
  if (server.approvedHash !== '') return server.approvedHash
  const pinned = [...versions.values()].filter(({ state }) => state === 'pinned')
  return pinned.sort((a, b) => a.firstSeen.localeCompare(b.firstSeen))[0]?.hash ?? ''
}

/** How a label is judged when several servers go by it: the most careful judgement holds. */
const CAREFUL: readonly Server['state'][] = [
  ...(['quarantined', 'rejected', 'pending', 'approved', 'retired'] as const),
]

/** What is judged of a label, from all servers that go by it; undefined when there is none left. */
export function judgementOf(
  label: string,
  servers: readonly Server[],
): ServerJudgement | undefined {
  const state = CAREFUL.find((one) => servers.some((server) => server.state === one))
  return state === undefined ? undefined : { name: label, state }
}

function charsOf({ versions }: Entry): number {
  let chars = 0
  for (const { manifest } of versions.values()) chars += manifest.length
  return chars
}

/** The registry's tables with their indexes. Bounded by {@link RegistryLimits}. */
export class RegistryState implements RegistryView {
  readonly limits: RegistryLimits
  readonly #entries = new Map<string, Entry>()
  readonly #byKey = new Map<string, string>()
  readonly #byLabel = new Map<string, Set<string>>()
  #evicted = 0
  #chars = 0

  constructor(limits: RegistryLimits = DEFAULT_LIMITS) {
    this.limits = limits
  }

  get size(): number {
    return this.#entries.size
  }

  /** Servers that had to leave memory so far. */
  get evicted(): number {
    return this.#evicted
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id)
  }

  byKey(tenant: string, key: string): Entry | undefined {
    if (key === '') return undefined
    return this.get(this.#byKey.get(`${tenant}\0${identityOf(key)}`) ?? '')
  }

  byLabel(tenant: string, label: string): readonly Entry[] {
    const ids = this.#byLabel.get(`${tenant}\0${label}`) ?? []
    return [...ids]
      .flatMap((id) => this.get(id) ?? [])
      .sort((a, b) => {
        const [x, y] = [keyKindOf(a.server.key), keyKindOf(b.server.key)]
        if (stronger(x, y)) return -1
        return stronger(y, x) ? 1 : b.server.lastSeen.localeCompare(a.server.lastSeen)
      })
  }

  /** Takes in what a step decided; gives the labels whose judgement may have changed, as `tenant` and `label`. */
  adopt({ entries }: Pick<Effects, 'entries'>): readonly { tenant: string; label: string }[] {
    const touched: { tenant: string; label: string }[] = []
    for (const { entry } of entries) {
      const before = this.#entries.get(entry.server.id)
      if (before !== undefined) this.#remove(before)
      // A server that was merged into another lives on in the store only.
      if (entry.server.state !== 'retired') this.#insert(entry)
      if (
        before?.server.state === entry.server.state &&
        before.server.aliases === entry.server.aliases
      )
        continue
      for (const label of new Set([
        ...labelsOf(entry.server),
        ...(before ? labelsOf(before.server) : []),
      ]))
        touched.push({ tenant: entry.server.tenant, label })
    }
    while (this.#full() && this.#evict());
    return touched
  }

  #full(): boolean {
    return this.#entries.size > this.limits.servers || this.#chars > this.limits.manifestChars
  }

  #insert(entry: Entry): void {
    const { server } = entry
    this.#chars += charsOf(entry)
    this.#entries.set(server.id, entry)
    for (const key of keysOf(server))
      this.#byKey.set(`${server.tenant}\0${identityOf(key)}`, server.id)
    for (const label of labelsOf(server)) {
      const at = `${server.tenant}\0${label}`
      const ids = this.#byLabel.get(at) ?? new Set()
      this.#byLabel.set(at, ids.add(server.id))
    }
  }

  #remove(entry: Entry): void {
    const { server } = entry
    this.#entries.delete(server.id)
    this.#chars -= charsOf(entry)
    for (const key of keysOf(server)) {
      const at = `${server.tenant}\0${identityOf(key)}`
      if (this.#byKey.get(at) === server.id) this.#byKey.delete(at)
    }
    for (const label of labelsOf(server)) {
      const at = `${server.tenant}\0${label}`
      const ids = this.#byLabel.get(at)
      ids?.delete(server.id)
      if (ids?.size === 0) this.#byLabel.delete(at)
    }
  }

  #evict(): boolean {
    let oldest: Entry | undefined
    for (const entry of this.#entries.values()) {
      const { server } = entry
      if (server.state !== 'pending' || server.approvedHash !== '') continue
      if (oldest === undefined || server.lastSeen < oldest.server.lastSeen) oldest = entry
    }
    if (oldest === undefined) return false
    this.#remove(oldest)
    this.#evicted++
    return true
  }
}
