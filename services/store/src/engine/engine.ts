import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { drainPending, Session } from 'chdb'
import { engineError } from './engine-error.ts'
import { Slots } from './slots.ts'

/** What a statement gave. */
export interface EngineResult {
  readonly bytes: Uint8Array
  readonly rowsRead: number
  readonly elapsedSeconds: number
}

const READERS = 3
const MAX_WAITING = 512
/** A thousand ids, or a large literal, must fit into one statement. */
const CONNECTION_ARGS = ['--max_query_size=33554432', '--max_ast_elements=1000000']

interface Slot {
  readonly session: Session
  database: string
}

/**
 * chDB on a folder, with a bounded number of connections: some for reading, and one that is kept for inserts, so that
 * slow queries never hold up ingest. A connection runs one statement at a time.
 */
export class Engine {
  readonly version: string
  readonly #all: readonly Slot[]
  readonly #readers: Slots<Slot>
  readonly #writer: Slots<Slot>

  constructor(dataFolder: string) {
    const path = join(dataFolder, 'store')
    mkdirSync(path, { recursive: true, mode: 0o700 })
    this.#all = Array.from({ length: READERS + 1 }, () => ({
      session: new Session(path, { connectionArgs: CONNECTION_ARGS }),
      database: 'default',
    }))
    this.#writer = new Slots(this.#all.slice(0, 1), MAX_WAITING)
    this.#readers = new Slots(this.#all.slice(1), MAX_WAITING)
    this.version = (this.#all[0]?.session.query('SELECT version()', 'TSV') ?? '').trim()
  }

  /** Runs one statement; `format` is that of the answer where the SQL names none. Throws an EngineError. */
  async run(
    sql: string,
    options: { readonly insert: boolean; readonly format: string; readonly database: string },
  ): Promise<EngineResult> {
    const slots = options.insert ? this.#writer : this.#readers
    return await slots.use(async (slot) => {
      try {
        await enter(slot, options.database)
        const result = await slot.session.queryAsync(sql, { format: options.format })
        return {
          bytes: result.bytes(),
          rowsRead: result.rowsRead,
          elapsedSeconds: result.elapsed,
        }
      } catch (error) {
        throw engineError(error)
      }
    })
  }

  /** Waits for what runs and closes the connections; ending the process without it can crash the engine. */
  async close(): Promise<void> {
    await drainPending()
    for (const { session } of this.#all) session.close()
    await drainPending()
  }
}

async function enter(slot: Slot, database: string): Promise<void> {
  if (slot.database === database) return
  await slot.session.queryAsync(`USE \`${database.replace(/[\\`]/g, (char) => `\\${char}`)}\``)
  slot.database = database
}
