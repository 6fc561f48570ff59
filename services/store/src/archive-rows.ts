import { type Alert, entityValue, type Finding, SEVERITIES } from '@nightjar/core'
import type { OwnedRecord } from '@nightjar/stream'

/** A row of a typed table. */
export interface ArchiveRow {
  readonly table: string
  readonly row: Readonly<Record<string, unknown>>
}

/** The row of a finding. */
export function findingRow(finding: Finding): ArchiveRow {
  return {
    table: 'nightjar.findings',
    row: {
      tenant: finding.tenant,
      id: finding.id,
      fingerprint: finding.fingerprint,
      rule_id: finding.ruleId,
      severity: finding.severity,
      family: finding.family,
      time: finding.time,
      doc: JSON.stringify(finding),
    },
  }
}

/** The row of an alert, in one of its versions. */
export function alertRow(alert: Alert): ArchiveRow {
  return {
    table: 'nightjar.alerts',
    row: {
      tenant: alert.tenant,
      id: alert.id,
      fingerprint: alert.fingerprint,
      family: alert.family,
      severity: alert.severity,
      severity_rank: SEVERITIES.indexOf(alert.severity),
      state: alert.state,
      suppressed: alert.suppressed,
      owner: alert.owner,
      risk: alert.risk.score,
      count: alert.count,
      first_seen: alert.firstSeen,
      last_seen: alert.lastSeen,
      created_at: alert.createdAt,
      updated_at: alert.updatedAt,
      principal: entityValue(alert.entity, 'principal'),
      server: entityValue(alert.entity, 'server'),
      title: alert.title,
      version: alert.version,
      doc: JSON.stringify(alert),
    },
  }
}

/** The row of what registry, alert and deliver own. */
export function recordRow(record: OwnedRecord): ArchiveRow {
  const doc = JSON.stringify(record.row)
  switch (record.type) {
    case 'server': {
      const { tenant, id, name, state, drift, transport, firstSeen, lastSeen, revision } =
        record.row
      return {
        table: 'nightjar.servers',
        row: {
          tenant,
          id,
          name,
          state,
          has_drift: drift !== undefined,
          transport,
          first_seen: firstSeen,
          last_seen: lastSeen,
          version: revision,
          doc,
        },
      }
    }
    case 'manifest': {
      const { tenant, serverId, hash, state, firstSeen, lastSeen, revision } = record.row
      return {
        table: 'nightjar.manifests',
        row: {
          tenant,
          server_id: serverId,
          hash,
          state,
          first_seen: firstSeen,
          last_seen: lastSeen,
          version: revision,
          doc,
        },
      }
    }
    case 'suppression': {
      const { tenant, id, createdAt, expiresAt, endedAt, version } = record.row
      return {
        table: 'nightjar.suppressions',
        row: {
          tenant,
          id,
          created_at: createdAt,
          expires_at: expiresAt,
          ended: endedAt !== undefined,
          version,
          doc,
        },
      }
    }
    case 'destination': {
      const { tenant, id, name, type, removedAt, version } = record.row
      return {
        table: 'nightjar.destinations',
        row: { tenant, id, name, type, removed: removedAt !== undefined, version, doc },
      }
    }
    case 'delivery': {
      const { tenant, id, destinationId, alertId, state, test, createdAt, updatedAt, version } =
        record.row
      return {
        table: 'nightjar.deliveries',
        row: {
          tenant,
          id,
          destination_id: destinationId,
          alert_id: alertId,
          state,
          test,
          created_at: createdAt,
          updated_at: updatedAt,
          version,
          doc,
        },
      }
    }
  }
}
