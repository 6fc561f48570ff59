import { mkdirSync } from 'node:fs'
import { type Logger, type Metrics, type NightjarError, Secret, silentLogger } from '@nightjar/core'
import type { StoreClient } from './client.ts'
import type { EndpointSource } from './endpoint.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { HttpStoreClient } from './http-client.ts'
import { Supervisor } from './supervisor.ts'

/** Where the store is: a folder for the embedded engine, or the URL of a ClickHouse server. */
export interface ConnectOptions {
  /** Data folder of the embedded engine. */
  readonly data?: string
  /** HTTP URL of a ClickHouse server; then `data` is not used. */
  readonly url?: string
  readonly user?: string
  readonly password?: Secret
  /** What the lock file tells people of where this process answers. */
  readonly serviceUrl?: string
  readonly logger?: Logger
  readonly metrics?: Metrics
  /** The embedded engine cannot be kept running. */
  readonly onFatal?: (error: NightjarError) => void
}

/** What runs behind a connection. */
export interface EngineInfo {
  readonly kind: 'embedded' | 'server'
  /** Version of the engine, `''` while it is down. */
  readonly version: string
  /** Process id of the embedded engine. */
  readonly pid?: number
  /** How often the embedded engine was started again. */
  readonly restarts: number
}

/** An open store without a schema: the client and what is behind it. */
export interface Connection {
  readonly client: StoreClient
  /** The folder was left by a process that did not close it. */
  readonly tookOver: boolean
  engine(): EngineInfo
  /** Lets running statements finish, then ends the engine and frees the folder. */
  close(): Promise<void>
}

/** Connects to a ClickHouse server, or starts the engine on a folder. Throws `STORE_LOCKED` when that is in use. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  return options.url === undefined ? await embed(options) : await reach(options, options.url)
}

async function reach(options: ConnectOptions, url: string): Promise<Connection> {
  const endpoint = {
    url,
    user: options.user ?? 'default',
    key: options.password ?? new Secret(''),
  }
  const source: EndpointSource = { endpoint: async () => endpoint }
  const client = new HttpStoreClient(source, options.logger)
  const version = await serverVersion(client)
  return {
    client,
    tookOver: false,
    engine: () => ({ kind: 'server', version, restarts: 0 }),
    close: () => client.close(),
  }
}

async function serverVersion(client: StoreClient): Promise<string> {
  const [row] = await client.rows<{ version: string }>('SELECT version() AS version')
  return row?.version ?? ''
}

async function embed(options: ConnectOptions): Promise<Connection> {
  const data = options.data ?? './data'
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const lock = lockFolder(data, options.serviceUrl ?? '')
  const supervisor = new Supervisor({
    data,
    logger: options.logger ?? silentLogger,
    ...(options.metrics && { metrics: options.metrics }),
    ...(options.onFatal && { onFatal: options.onFatal }),
  })
  const client = new HttpStoreClient(supervisor, options.logger)
  try {
    await supervisor.start()
  } catch (error) {
    lock.release()
    throw error
  }
  return {
    client,
    tookOver: lock.tookOver,
    engine: () => ({
      kind: 'embedded',
      version: supervisor.version,
      restarts: supervisor.restarts,
      ...(supervisor.pid !== undefined && { pid: supervisor.pid }),
    }),
    close: () => end(client, supervisor, lock),
  }
}

async function end(client: StoreClient, supervisor: Supervisor, lock: FolderLock): Promise<void> {
  await client.close()
  await supervisor.close()
  lock.release()
}
