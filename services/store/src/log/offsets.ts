import { type Logger, messageOf } from '@nightjar/core'
import type { StoreClient } from '../client.ts'

const WRITE_EVERY_MS = 500
const LAST_WAIT_MS = 5_000

interface OffsetRow {
  readonly group_name: string
  readonly topic: string
  readonly position: number
}

function name(group: string, topic: string): string {
  return `${group} ${topic}`
}

/**
 * How far each group has come, in `nightjar.stream_offsets`. A commit is kept at once and written a little later,
 * together with others: what a crash loses of it is handled again, as the stream's contract says.
 */
export class Offsets {
  readonly #client: StoreClient
  readonly #logger: Logger
  readonly #known = new Map<string, number>()
  readonly #changed = new Map<string, OffsetRow>()
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #wait = WRITE_EVERY_MS

  constructor(client: StoreClient, logger: Logger) {
    this.#client = client
    this.#logger = logger
  }

  /** Reads what was written. Gives the furthest position of each topic. */
  async start(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#client.rows<OffsetRow>(
      `SELECT group_name, topic, max(position) AS position
       FROM nightjar.stream_offsets GROUP BY group_name, topic`,
    )
    const furthest = new Map<string, number>()
    for (const { group_name, topic, position } of rows) {
      this.#known.set(name(group_name, topic), position)
      furthest.set(topic, Math.max(position, furthest.get(topic) ?? 0))
    }
    return furthest
  }

  committed(group: string, topic: string): number {
    return this.#known.get(name(group, topic)) ?? 0
  }

  commit(group: string, topic: string, position: number): void {
    if (position <= this.committed(group, topic)) return
    this.#known.set(name(group, topic), position)
    this.#changed.set(name(group, topic), { group_name: group, topic, position })
    this.#timer ??= setTimeout(() => void this.flush(), this.#wait)
  }

  /** Writes what is not written yet. A failure is tried again later; it never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#writing
    if (this.#changed.size === 0) return
    const rows = [...this.#changed.values()]
    this.#changed.clear()
    this.#writing = this.#write(rows)
    await this.#writing
  }

  async #write(rows: readonly OffsetRow[]): Promise<void> {
    try {
      const at = new Date().toISOString()
      await this.#client.insertRows(
        'nightjar.stream_offsets',
        rows.map((row) => ({ ...row, at })),
      )
      this.#wait = WRITE_EVERY_MS
    } catch (error) {
      this.#logger.warn({ error: messageOf(error) }, 'Offsets could not be written yet.')
      for (const row of rows) {
        const key = name(row.group_name, row.topic)
        if (!this.#changed.has(key)) this.#changed.set(key, row)
      }
      this.#wait = Math.min(LAST_WAIT_MS, this.#wait * 2)
      this.#timer ??= setTimeout(() => void this.flush(), this.#wait)
      this.#timer.unref()
    }
  }

  /** Writes the last commits, once. */
  async close(): Promise<void> {
    await this.flush()
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
