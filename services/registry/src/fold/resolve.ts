import type { Server } from '@nightjar/core'
import { keyKindOf, serverIdOf, stronger } from '../identity.ts'
import { type Entry, keysOf, labelsOf, type RegistryView } from '../state.ts'

/** What names a server in one piece of evidence. */
export interface Named {
  readonly tenant: string
  readonly label: string
  readonly key: string
}

/** Which server evidence is about, and which other one turned out to be the same. */
export interface Resolved {
  readonly entry: Entry
  /** True when the entry is new or goes by a new key or label. */
  readonly changed: boolean
  readonly merged?: Entry
}

const MAX_ALIASES = 20

function created({ tenant, label, key }: Named, time: string): Entry {
  const server: Server = {
    id: serverIdOf(tenant, key, label),
    tenant,
    name: label || key,
    key,
    keyKind: keyKindOf(key),
    aliases: [],
    state: 'pending',
    version: '',
    transport: '',
    protocolVersion: '',
    hosts: [],
    clients: [],
    tools: [],
    manifestHash: '',
    approvedHash: '',
    firstSeen: time,
    lastSeen: time,
    revision: 0,
  }
  return { server, versions: new Map(), hostHash: new Map(), views: new Set() }
}

function withAliases(server: Server, fresh: readonly string[]): Server {
  const known = new Set([server.name, server.key, '', ...(server.aliases ?? [])])
  const gained = fresh.filter((alias) => !known.has(alias))
  if (gained.length === 0) return server
  // Full: the first stay, for they were there when the server was judged.
  const aliases = [...(server.aliases ?? []), ...gained].slice(0, MAX_ALIASES)
  return aliases.length === (server.aliases ?? []).length ? server : { ...server, aliases }
}

/** The server under the strongest key it is known by, its former key kept as an alias. */
function withKey(server: Server, key: string): Server {
  const kind = keyKindOf(key)
  if (key === '' || key === server.key) return server
  // An equal rung is the same package in another version: the newest is shown.
  if (stronger(server.keyKind, kind)) return withAliases(server, [key])
  const upgraded: Server = { ...server, key, keyKind: kind }
  return kind === server.keyKind ? upgraded : withAliases(upgraded, [server.key])
}

const earlier = (a: string, b: string) => (a < b ? a : b)
const later = (a: string, b: string) => (a > b ? a : b)

function mergedProof(a: Server['called'], b: Server['called']): Server['called'] {
  if (a === undefined || b === undefined) return a ?? b
  return {
    firstSeen: earlier(a.firstSeen, b.firstSeen),
    lastSeen: later(a.lastSeen, b.lastSeen),
    count: a.count + b.count,
  }
}

/** What was known of a server by its label alone goes to the one that turned out to be it. A judgement stays its own. */
function absorbed(into: Entry, from: Entry): Entry {
  const [a, b] = [into.server, from.server]
  const proofs = {
    declared: mergedProof(a.declared, b.declared),
    running: mergedProof(a.running, b.running),
    called: mergedProof(a.called, b.called),
  }
  const kept = Object.fromEntries(Object.entries(proofs).filter(([, proof]) => proof !== undefined))
  const server: Server = {
    ...a,
    ...kept,
    ...(a.state === 'pending' && {
      state: b.state,
      ...(b.judgement && { judgement: b.judgement }),
    }),
    hosts: [...new Set([...a.hosts, ...b.hosts])].slice(0, 50),
    clients: [...new Set([...a.clients, ...b.clients])].slice(0, 50),
    firstSeen: earlier(a.firstSeen, b.firstSeen),
    lastSeen: later(a.lastSeen, b.lastSeen),
  }
  return { ...into, server: withAliases(server, [...labelsOf(b), ...keysOf(b)]) }
}

function byLadder(view: RegistryView, { tenant, label, key }: Named): Resolved | undefined {
  const same = view.byKey(tenant, key)
  const named = view.byLabel(tenant, label)
  if (key === '') {
    const [best] = named
    return best && { entry: best, changed: false }
  }
  const nameless = label === '' ? undefined : named.find(({ server }) => server.key === '')
  if (same !== undefined) {
    const merged = nameless?.server.id === same.server.id ? undefined : nameless
    return {
      entry: merged ? absorbed(same, merged) : same,
      changed: merged !== undefined,
      ...(merged && { merged }),
    }
  }
  // The same name with a stronger key: until now it was known less well.
  const weaker =
    label === ''
      ? undefined
      : (nameless ?? named.find(({ server }) => stronger(keyKindOf(key), server.keyKind)))
  return weaker && { entry: weaker, changed: true }
}

/** The server that evidence is about, new when it is not known. A label alone never decides where a key is known. */
export function resolve(view: RegistryView, named: Named, time: string): Resolved {
  const found = byLadder(view, named)
  if (found === undefined) return { entry: created(named, time), changed: true }
  const server = withAliases(withKey(found.entry.server, named.key), [named.label])
  return {
    ...found,
    entry: { ...found.entry, server },
    changed: found.changed || server !== found.entry.server,
  }
}
