import { DURABLE, retention, type SchemaOptions, UNEXAMINED } from './table-parts.ts'

const LC = 'LowCardinality(String)'
const TIME = "DateTime64(3, 'UTC')"
const DOC = 'doc String CODEC(ZSTD(1))'

interface StateTable {
  readonly name: string
  readonly columns: readonly string[]
  readonly orderBy: string
  /** Column that tells newer rows from older ones of the same key. */
  readonly version?: string
  readonly ttl?: string
}

function tables({ retentionDays }: SchemaOptions): StateTable[] {
  return [
    {
      name: 'findings',
      columns: [
        `tenant ${LC}`,
        'id String',
        'fingerprint String',
        `rule_id ${LC}`,
        `severity ${LC}`,
        `family ${LC}`,
        `time ${TIME}`,
        `archived_at ${TIME} DEFAULT now64(3)`,
        DOC,
      ],
      orderBy: '(tenant, time, id)',
      ttl: retention('findings', retentionDays),
    },
    {
      name: 'alerts',
      columns: [
        `tenant ${LC}`,
        'id String',
        'fingerprint String',
        `family ${LC}`,
        `severity ${LC}`,
        'severity_rank UInt8',
        `state ${LC}`,
        'suppressed Bool',
        'owner String',
        'risk Float64',
        'count UInt64',
        `first_seen ${TIME}`,
        `last_seen ${TIME}`,
        `created_at ${TIME}`,
        `updated_at ${TIME}`,
        'principal String',
        'server String',
        'title String',
        'version UInt64',
        DOC,
      ],
      orderBy: '(tenant, id)',
      version: 'version',
    },
    {
      name: 'servers',
      columns: [
        `tenant ${LC}`,
        'id String',
        'name String',
        `state ${LC}`,
        'has_drift Bool',
        `transport ${LC}`,
        `first_seen ${TIME}`,
        `last_seen ${TIME}`,
        'version UInt64',
        DOC,
      ],
      orderBy: '(tenant, id)',
      version: 'version',
    },
    {
      name: 'manifests',
      columns: [
        `tenant ${LC}`,
        'server_id String',
        'hash String',
        `state ${LC}`,
        `first_seen ${TIME}`,
        `last_seen ${TIME}`,
        'version UInt64',
        DOC,
      ],
      orderBy: '(tenant, server_id, hash)',
      version: 'version',
    },
    {
      name: 'suppressions',
      columns: [
        `tenant ${LC}`,
        'id String',
        `created_at ${TIME}`,
        `expires_at ${TIME}`,
        'ended Bool',
        'version UInt64',
        DOC,
      ],
      orderBy: '(tenant, id)',
      version: 'version',
    },
    {
      name: 'destinations',
      columns: [
        `tenant ${LC}`,
        'id String',
        'name String',
        `type ${LC}`,
        'removed Bool',
        'version UInt64',
        DOC,
      ],
      orderBy: '(tenant, id)',
      version: 'version',
    },
    {
      name: 'deliveries',
      columns: [
        `tenant ${LC}`,
        'id String',
        'destination_id String',
        'alert_id String',
        `state ${LC}`,
        'test Bool',
        `created_at ${TIME}`,
        `updated_at ${TIME}`,
        'version UInt64',
        DOC,
      ],
      orderBy: '(tenant, id)',
      version: 'version',
      ttl: retention('deliveries', retentionDays),
    },
  ]
}

function createTable({ name, columns, orderBy, version, ttl }: StateTable): string {
  return `CREATE TABLE IF NOT EXISTS nightjar.${name} (
  ${columns.join(',\n  ')}
) ENGINE = ReplacingMergeTree(${version ?? ''})
ORDER BY ${orderBy}
${ttl === undefined ? '' : `TTL ${ttl}\n`}SETTINGS ${DURABLE}, ${UNEXAMINED}`
}

/** Statements that make the typed state tables; `doc` is the JSON of the row as the contracts define it. */
export function stateStatements(options: SchemaOptions): string[] {
  return tables(options).map(createTable)
}
