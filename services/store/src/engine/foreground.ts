import { type NightjarError, Secret } from '@nightjar/core'
import { lockFolder } from '../folder-lock.ts'
import { Supervisor } from '../supervisor.ts'

/** A ClickHouse HTTP endpoint on chDB, for tests and for trying the cluster without containers. */
export interface ForegroundEngine {
  readonly url: string
  readonly version: string
  close(): Promise<void>
}

/**
 * Serves a data folder as ClickHouse would, on 127.0.0.1 and the given port (0 takes a free one): user `default`
 * without a password unless `password` is given. Throws `STORE_LOCKED` when the folder is in use.
 */
export async function runEngineForeground(options: {
  readonly port: number
  readonly data: string
  readonly password?: Secret
  readonly onFatal?: (error: NightjarError) => void
}): Promise<ForegroundEngine> {
  const { port, data, password = new Secret(''), onFatal } = options
  const lock = lockFolder(data, port === 0 ? '' : `http://127.0.0.1:${port}`)
  const key = password.reveal()
  const supervisor = new Supervisor({
    data,
    port,
    user: key === '' ? '' : 'default',
    key,
    ...(onFatal && { onFatal }),
  })
  try {
    await supervisor.start()
  } catch (error) {
    lock.release()
    throw error
  }
  const { url } = await supervisor.endpoint()
  return {
    url,
    version: supervisor.version,
    async close() {
      await supervisor.close()
      lock.release()
    },
  }
}
