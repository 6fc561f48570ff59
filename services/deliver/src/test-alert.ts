import type { Alert, Destination, Finding } from '@nightjar/core'

/** The alert that a test sends: nothing happened, and every field that a receiver may map is filled. */
export function testAlert(destination: Destination, now: number): Alert {
  const time = new Date(now).toISOString()
  const id = `alt_test_${destination.id}`
  const finding: Finding = {
    id: `${id}_finding`,
    tenant: destination.tenant,
    ruleId: 'nightjar-test',
    ruleTitle: 'Nightjar test event',
    severity: 'informational',
    family: 'test',
    fingerprint: id,
    time,
    firstTime: time,
    summary: `A test of the destination "${destination.name}". Nothing happened.`,
    entity: { principal: 'nightjar', server: 'nightjar', tool: 'test' },
    eventIds: [],
    eventCount: 0,
    tags: [],
  }
  return {
    id,
    tenant: destination.tenant,
    fingerprint: id,
    family: 'test',
    title: finding.ruleTitle,
    summary: finding.summary,
    severity: 'informational',
    state: 'open',
    regressed: false,
    suppressed: false,
    owner: '',
    count: 1,
    firstSeen: time,
    lastSeen: time,
    createdAt: time,
    updatedAt: time,
    ruleIds: [finding.ruleId],
    tags: [],
    entity: finding.entity,
    risk: { score: 0, severity: 0, criticality: 1, confidence: 1 },
    finding,
    findingIds: [finding.id],
    eventIds: [],
    history: [],
    version: 1,
  }
}
