import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditEventInput } from '@nightjar/core'

/** A folder of its own, taken away at the end. */
export function freshFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'nightjar-store-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Calls with ids that follow from their numbers, a millisecond apart. */
export function callEvents(
  from: number,
  count: number,
  fields: AuditEventInput = {},
): AuditEventInput[] {
  const start = Date.UTC(2026, 5, 1, 12)
  return Array.from({ length: count }, (_, i) => {
    const time = new Date(start + from + i).toISOString()
    return {
      id: createHash('sha256')
        .update(`event ${from + i}`)
        .digest('hex')
        .slice(0, 32),
      time,
      receivedTime: time,
      tenant: 'default',
      kind: 'call',
      method: 'tools/call',
      tool: `tool-${(from + i) % 5}`,
      server: `server-${(from + i) % 3}`,
      principal: 'ada',
      vantage: 'client',
      emitter: 'test',
      outcome: 'success',
      argsBytes: 10,
      resultBytes: 100,
      durationUs: 1000,
      ...fields,
    }
  })
}
