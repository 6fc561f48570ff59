import type { Alert, Finding, Server } from '@nightjar/core'
import { openStore, type Store, startArchiver } from '@nightjar/store'
import { createMemoryStream } from '@nightjar/stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freshFolder } from './fresh-store.ts'

const time = '2026-06-01T00:00:00.000Z'
const finding: Finding = {
  id: 'f1',
  tenant: 'default',
  ruleId: 'r',
  ruleTitle: 'Rule',
  severity: 'high',
  family: 'exfiltration-burst',
  fingerprint: 'fp',
  time,
  firstTime: time,
  summary: "it's \\ a \n\n 'summary'",
  entity: { principal: 'ada', server: 'files' },
  eventIds: [],
  eventCount: 0,
  tags: [],
}
const alert = (version: number, state: Alert['state']): Alert => ({
  id: 'a1',
  tenant: 'default',
  fingerprint: 'fp',
  family: 'exfiltration-burst',
  title: 'Title',
  summary: 'Summary',
  severity: 'high',
  state,
  regressed: false,
  suppressed: false,
  owner: '',
  count: version,
  firstSeen: time,
  lastSeen: time,
  createdAt: time,
  updatedAt: time,
  ruleIds: [],
  tags: [],
  entity: { principal: 'ada', server: 'files' },
  risk: { score: 50.5, severity: 1, criticality: 1, confidence: 1 },
  finding,
  findingIds: [],
  eventIds: [],
  history: [],
  version,
})
const server: Server = {
  id: 's1',
  tenant: 'default',
  name: 'files',
  key: 'files',
  keyKind: 'label',
  state: 'pending',
  version: '',
  transport: 'stdio',
  protocolVersion: '',
  hosts: [],
  clients: [],
  tools: [],
  manifestHash: '',
  approvedHash: '',
  firstSeen: time,
  lastSeen: time,
  revision: 3,
}

describe('the archiver', () => {
  const folder = freshFolder()
  let store: Store
  beforeEach(async () => {
    store = await openStore({ data: folder.path, retentionDays: 3650 })
  })
  afterEach(async () => {
    await store.close()
    folder.remove()
  })

  it('keeps the newest version of each row, however often and late a record comes', async () => {
    const stream = createMemoryStream({ log: store.log })
    const archiver = startArchiver(store, stream)
    await archiver.start()
    await stream.publish('nightjar.findings.v1', [{ key: 'k', value: finding }])
    for (const [version, state] of [
      [1, 'open'],
      [3, 'closed'],
      [2, 'acknowledged'],
      [3, 'closed'],
    ] as const)
      await stream.publish('nightjar.alerts.v1', [{ key: 'a1', value: alert(version, state) }])
    await stream.publish('nightjar.records.v1', [
      { key: 'server:s1', value: { type: 'server', row: server } },
    ])
    await expect
      .poll(
        async () =>
          await store.client.rows(
            `SELECT state, severity_rank, risk, principal, JSONExtractInt(doc, 'version') AS version,
              (SELECT JSONExtractString(doc, 'summary') FROM nightjar.findings FINAL) AS summary,
              (SELECT version FROM nightjar.servers FINAL) AS revision
             FROM nightjar.alerts FINAL`,
          ),
        { timeout: 10_000 },
      )
      .toEqual([
        {
          state: 'closed',
          severity_rank: 3,
          risk: 50.5,
          principal: 'ada',
          version: 3,
          summary: finding.summary,
          revision: 3,
        },
      ])
    await archiver.stop()
    await stream.close()
  })
})
