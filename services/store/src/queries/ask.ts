import { NightjarError } from '@nightjar/core'
import type { Params, StoreClient } from '../client.ts'

/** Bounds of one question, written into its SETTINGS. */
export interface QueryLimits {
  readonly seconds: number
  readonly memoryBytes: number
  readonly threads: number
  readonly rows: number
}

/** Bounds of a question a person asks. */
export const DEFAULT_LIMITS: QueryLimits = {
  seconds: 15,
  memoryBytes: 1_500_000_000,
  threads: 2,
  rows: 100_000,
}

/** Runs one parameterised SELECT within limits and gives its rows. */
export type Ask = <T>(sql: string, params: Params) => Promise<T[]>

/** ClickHouse's numbers for: too slow, too much memory, too many rows in the result. */
const TOO_WIDE = new Set([159, 241, 396])

function tooWide(error: unknown): boolean {
  if (!(error instanceof NightjarError)) return false
  return error.code === 'STORE_TIMEOUT' || TOO_WIDE.has(Number(error.details.code))
}

/** Binds a connection and limits to an {@link Ask}; what breaks a limit is STORE_QUERY_TOO_WIDE. */
export function createAsk(client: Pick<StoreClient, 'rows'>, limits = DEFAULT_LIMITS): Ask {
  const settings = [
    `max_memory_usage = ${limits.memoryBytes}`,
    `max_threads = ${limits.threads}`,
    `max_result_rows = ${limits.rows}`,
  ].join(', ')
  return async <T>(sql: string, params: Params) => {
    try {
      return await client.rows<T>(`${sql} SETTINGS ${settings}`, params, {
        maxSeconds: limits.seconds,
      })
    } catch (error) {
      if (!tooWide(error)) throw error
      throw new NightjarError('STORE_QUERY_TOO_WIDE', 'the question reads more than one may', {
        hint: 'Ask for a shorter time (from, to), or filter more.',
        cause: error,
      })
    }
  }
}
