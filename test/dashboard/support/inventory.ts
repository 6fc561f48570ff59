import type { ManifestVersion, Server } from '@nightjar/core'
import { ago, CHANGES, HOSTILE } from './alerts.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const hash = (letter: string) => letter.repeat(64)

interface Seed {
  readonly name: string
  readonly key: string
  readonly keyKind: Server['keyKind']
  readonly state: Server['state']
  readonly proofs: string
  readonly tools: string[]
  readonly more?: Partial<Server>
}

const SEEDS: Seed[] = [
  {
    name: 'notes',
    key: 'npm:@acme/notes-mcp@2.4.1',
    keyKind: 'package',
    state: 'approved',
    proofs: 'drc',
    tools: ['save_note', 'upload', 'find_note'],
  },
  {
    name: 'filesystem',
    key: 'npm:@modelcontextprotocol/server-filesystem@2026.8.31',
    keyKind: 'package',
    state: 'approved',
    proofs: 'drc',
    tools: ['read_file', 'write_file', 'list_directory'],
  },
  {
    name: 'github',
    key: 'https://api.example.com/mcp/',
    keyKind: 'url',
    state: 'approved',
    proofs: 'dc',
    tools: ['create_issue', 'create_token'],
  },
  {
    name: HOSTILE,
    key: HOSTILE,
    keyKind: 'label',
    state: 'pending',
    proofs: 'c',
    tools: ['<script>window.__owned=2</script>'],
  },
  {
    name: 'postgres-analytics',
    key: 'uvx postgres-mcp --access-mode=restricted',
    keyKind: 'command',
    state: 'pending',
    proofs: 'dc',
    tools: ['query', 'explain'],
  },
  {
    name: 'jira',
    key: `sha256:${hash('4')}`,
    keyKind: 'digest',
    state: 'pending',
    proofs: 'rc',
    tools: ['transition_issue'],
  },
  {
    name: 'old-scraper',
    key: 'python -m scraper',
    keyKind: 'command',
    state: 'quarantined',
    proofs: 'd',
    tools: [],
  },
]

function proof(now: number, index: number) {
  return {
    firstSeen: ago(now, 12 * DAY),
    lastSeen: ago(now, (index + 1) * 17 * 60_000),
    count: 1200 - index * 90,
  }
}

function serverOf(now: number, seed: Seed, index: number): Server {
  const drifted = seed.name === 'notes'
  return {
    id: index === 3 ? 'srv_hostile' : `srv_${seed.name}`,
    tenant: 'default',
    name: seed.name,
    key: seed.key,
    keyKind: seed.keyKind,
    state: seed.state,
    ...(seed.state === 'pending'
      ? {}
      : {
          judgement: {
            actor: 'mika',
            reason: 'Reviewed with the platform team.',
            time: ago(now, 6 * DAY),
          },
        }),
    version: '2.4.1',
    transport: 'stdio',
    protocolVersion: '2025-11-25',
    ...(seed.proofs.includes('d') ? { declared: proof(now, index) } : {}),
    ...(seed.proofs.includes('r') ? { running: proof(now, index) } : {}),
    ...(seed.proofs.includes('c') ? { called: proof(now, index) } : {}),
    hosts: ['ws-041', 'ws-007'].slice(0, 1 + (index % 2)),
    clients: ['claude-code', 'cursor'].slice(0, 1 + (index % 2)),
    tools: seed.tools,
    manifestHash: drifted ? hash('b') : hash('a'),
    approvedHash: seed.state === 'approved' ? hash('a') : '',
    ...(drifted
      ? {
          drift: {
            fromHash: hash('a'),
            toHash: hash('b'),
            time: ago(now, 3 * HOUR),
            severity: 'critical' as const,
            changes: CHANGES,
          },
        }
      : {}),
    firstSeen: ago(now, 12 * DAY),
    lastSeen: ago(now, (index + 1) * 17 * 60_000),
    revision: 4,
    ...seed.more,
  }
}

/** The inventory. */
export function servers(now: number): Server[] {
  return SEEDS.map((seed, index) => serverOf(now, seed, index))
}

/** The manifests a server was seen with, newest first. */
export function manifests(now: number, server: Server): ManifestVersion[] {
  const manifest = JSON.stringify({
    serverInfo: { name: server.name, version: server.version },
    instructions: `Use the tools of ${server.name}.`,
    tools: server.tools.map((name) => ({
      name,
      description: `${name} of ${server.name}. Give a title and the text.`,
      annotations: { readOnlyHint: name !== 'upload' },
      inputSchema: {
        type: 'object',
        properties: { title: { type: 'string' } },
        required: ['title'],
      },
    })),
  })
  const base = {
    serverId: server.id,
    tenant: 'default',
    hosts: server.hosts,
    manifest,
    revision: 1,
  }
  const pinned: ManifestVersion = {
    ...base,
    hash: hash('a'),
    state: server.state === 'approved' ? 'approved' : 'pinned',
    firstSeen: server.firstSeen,
    lastSeen: ago(now, 3 * HOUR),
    changes: [],
  }
  if (!server.drift) return [pinned]
  return [
    {
      ...base,
      hash: hash('b'),
      state: 'pending',
      firstSeen: ago(now, 3 * HOUR),
      lastSeen: ago(now, HOUR),
      changes: CHANGES,
    },
    pinned,
  ]
}
