import { type Logger, messageOf, NightjarError, silentLogger } from '@nightjar/core'
import type { StoreClient } from './client.ts'
import { columnDefinition, STORED_COLUMNS } from './schema/event-columns.ts'
import { MIGRATIONS, type Migration } from './schema/migrations.ts'
import { RETAINED, retention, type SchemaOptions } from './schema/table-parts.ts'

const LOCK_WAIT_MS = 60_000
const LOCK_POLL_MS = 250
/** A migration takes seconds; an older lock was left by a process that is no more. */
const LOCK_STALE_MS = 120_000
const TABLE_EXISTS = 57

const CREATE_LEDGER = `CREATE TABLE IF NOT EXISTS nightjar.schema_migrations (
  version UInt32, name String, applied_at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree ORDER BY version
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`

/** What {@link migrate} depends on. */
export interface MigrateOptions extends SchemaOptions {
  readonly logger?: Logger
  /** The steps; those of this version by default. */
  readonly migrations?: readonly Migration[]
}

/**
 * Brings the schema to this version: numbered steps once each, columns the dictionary has gained, and the retention.
 * Several processes may call it at once. Throws `STORE_SCHEMA_NEWER` on a schema of a later version.
 */
export async function migrate(client: StoreClient, options: MigrateOptions): Promise<void> {
  const { logger = silentLogger, migrations = MIGRATIONS } = options
  await client.command('CREATE DATABASE IF NOT EXISTS nightjar')
  await withLock(client, async () => {
    await client.command(CREATE_LEDGER)
    const applied = await appliedVersion(client)
    const newest = migrations.at(-1)?.version ?? 0
    if (applied > newest) throw newerSchema(applied, newest)
    for (const step of migrations.filter(({ version }) => version > applied)) {
      for (const statement of step.statements(options)) await client.command(statement)
      await client.insertRows('nightjar.schema_migrations', [
        { version: step.version, name: step.name, applied_at: new Date().toISOString() },
      ])
      logger.info({ version: step.version, name: step.name }, 'The schema was brought forward.')
    }
    await addMissingColumns(client)
    await applyRetention(client, options.retentionDays)
  })
}

async function appliedVersion(client: StoreClient): Promise<number> {
  const [row] = await client.rows<{ version: number }>(
    'SELECT max(version) AS version FROM nightjar.schema_migrations',
  )
  return row?.version ?? 0
}

function newerSchema(found: number, known: number): NightjarError {
  return new NightjarError(
    'STORE_SCHEMA_NEWER',
    `The data was written by a newer Nightjar (schema ${found}, this one knows ${known}).`,
    {
      hint: 'Start that version or a later one, or choose another data folder.',
      details: { found, known },
    },
  )
}

async function addMissingColumns(client: StoreClient): Promise<void> {
  const rows = await client.rows<{ name: string }>(
    "SELECT name FROM system.columns WHERE database = 'nightjar' AND table = 'events'",
  )
  const known = new Set(rows.map(({ name }) => name))
  for (const column of STORED_COLUMNS)
    if (!known.has(column.sql))
      await client.command(
        `ALTER TABLE nightjar.events ADD COLUMN IF NOT EXISTS ${columnDefinition(column)}`,
      )
}

async function applyRetention(client: StoreClient, days: number): Promise<void> {
  const rows = await client.rows<{ name: string; engine_full: string }>(
    "SELECT name, engine_full FROM system.tables WHERE database = 'nightjar'",
  )
  for (const { name, engine_full } of rows) {
    if (!(name in RETAINED) || engine_full.includes(`toIntervalDay(${days})`)) continue
    const ttl = retention(name as keyof typeof RETAINED, days)
    await client.command(
      `ALTER TABLE nightjar.${name} MODIFY TTL ${ttl} SETTINGS materialize_ttl_after_modify = 0`,
    )
  }
}

/** Making a table is the one thing ClickHouse does for exactly one of several callers; so a table is the lock. */
async function withLock(client: StoreClient, work: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + LOCK_WAIT_MS
  while (!(await tryLock(client))) {
    if (Date.now() > deadline)
      throw new NightjarError('STORE_MIGRATING', 'Another process is migrating the schema.', {
        retryable: true,
        hint: 'Wait for it to finish. If none is running: DROP TABLE nightjar.migration_lock.',
      })
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS))
  }
  try {
    await work()
  } finally {
    await client.command('DROP TABLE IF EXISTS nightjar.migration_lock').catch(() => undefined)
  }
}

async function tryLock(client: StoreClient): Promise<boolean> {
  try {
    await client.command(
      `CREATE TABLE nightjar.migration_lock (x UInt8) ENGINE = Memory COMMENT '${Date.now()}'`,
    )
    return true
  } catch (error) {
    if (!(error instanceof NightjarError) || error.details.code !== TABLE_EXISTS) throw error
    await dropStaleLock(client)
    return false
  }
}

async function dropStaleLock(client: StoreClient): Promise<void> {
  const [lock] = await client.rows<{ comment: string }>(
    "SELECT comment FROM system.tables WHERE database = 'nightjar' AND name = 'migration_lock'",
  )
  if (lock !== undefined && Date.now() - Number(lock.comment) > LOCK_STALE_MS)
    await client
      .command('DROP TABLE IF EXISTS nightjar.migration_lock')
      .catch((error: unknown) => messageOf(error))
}
