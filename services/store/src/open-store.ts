import { silentLogger } from '@nightjar/core'
import type { DurableLog } from '@nightjar/stream'
import type { StoreClient } from './client.ts'
import { type ConnectOptions, connect, type EngineInfo } from './connect.ts'
import { openStoreLog } from './log/store-log.ts'
import { migrate } from './migrate.ts'
import { reconcileRollups } from './reconcile.ts'

/** How the store is opened. */
export interface OpenStoreOptions extends ConnectOptions {
  /** Days events, rollups, findings and deliveries are kept; 90 by default. */
  readonly retentionDays?: number
  /** Event ids kept in memory to know an event that is sent again; four million by default. */
  readonly knownIds?: number
}

/** The open store: the client for queries, the log for the stream of one process. */
export interface Store {
  readonly client: StoreClient
  readonly log: DurableLog
  engine(): EngineInfo
  /** Waits for what was appended, then ends the engine and frees the folder. May be called twice. */
  close(): Promise<void>
}

const RETENTION_DAYS = 90

/**
 * Connects, brings the schema to this version and opens the log. Throws `STORE_LOCKED` when another process has the
 * folder, `STORE_SCHEMA_NEWER` when a newer version wrote it, `STORE_UNAVAILABLE` when the server does not answer.
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { retentionDays = RETENTION_DAYS, knownIds, metrics, logger = silentLogger } = options
  const connection = await connect(options)
  const { client } = connection
  try {
    await migrate(client, { retentionDays, logger })
    if (connection.tookOver) await reconcileRollups(client, logger)
    const { log, close } = await openStoreLog({
      client,
      logger,
      ...(metrics && { metrics }),
      ...(knownIds !== undefined && { knownIds }),
    })
    let closing: Promise<void> | undefined
    const end = async (): Promise<void> => {
      await close()
      await connection.close()
    }
    return {
      client,
      log,
      engine: connection.engine,
      close: () => {
        closing ??= end()
        return closing
      },
    }
  } catch (error) {
    await connection.close()
    throw error
  }
}
