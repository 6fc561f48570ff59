import { createHash } from 'node:crypto'
import type { Manifest, Sighting } from '@nightjar/core'

export const NOW = Date.parse('2026-11-21T12:00:00.000Z')

/** A hash that tells manifests apart; the registry takes whatever the sighting says. */
export function hashOf(manifest: Manifest): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(manifest)).digest('hex')}`
}

export function tool(name: string, rest: Record<string, unknown> = {}) {
  return {
    name,
    description: `Does ${name}.`,
    inputSchema: {
      type: 'object',
      properties: { path: { type: 'string' }, limit: { type: 'number' } },
      required: ['path'],
    },
    ...rest,
  }
}

export const base: Manifest = {
  serverInfo: { name: 'files', version: '1.0.0' },
  instructions: '',
  tools: [tool('read_file'), tool('write_file')],
}

export function seen(manifest: Manifest, rest: Partial<Sighting> = {}): Sighting {
  return {
    id: 's1',
    tenant: 't',
    time: '2026-11-21T11:00:00.000Z',
    kind: 'manifest',
    server: 'files',
    serverKey: 'package:npm/files@1.0.0',
    serverVersion: '1.0.0',
    host: 'host-a',
    client: 'editor',
    principal: 'ada',
    transport: 'stdio',
    manifest,
    manifestHash: hashOf(manifest),
    ...rest,
  }
}
