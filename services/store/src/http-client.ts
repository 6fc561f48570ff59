import { Readable } from 'node:stream'
import { type ClickHouseClient, ClickHouseError, createClient } from '@clickhouse/client'
import { type Logger, messageOf, NightjarError, silentLogger } from '@nightjar/core'
import type { NativeInsert, Params, ReadOptions, StoreClient } from './client.ts'
import type { EndpointSource } from './endpoint.ts'

const READ_SECONDS = 30
const RETRY_FOR_MS = 60_000
const FIRST_RETRY_MS = 50
const LAST_RETRY_MS = 2_000

/** ClickHouse errors that pass: too many queries, memory, read-only or overloaded table, network between its nodes. */
const PASSING = new Set([202, 203, 209, 210, 241, 242, 252, 279, 319, 999])
const TIMED_OUT = new Set([159, 209])

const READ_SETTINGS = {
  output_format_json_quote_64bit_integers: 0,
  date_time_output_format: 'iso',
  output_format_native_write_json_as_string: 1,
} as const

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function toStoreError(error: unknown): NightjarError {
  if (error instanceof NightjarError) return error
  if (error instanceof ClickHouseError) {
    const code = Number(error.code)
    // The engine's text may quote literals of the statement; its first words and number are enough to find the cause.
    const message = `The store refused the statement (${error.type ?? 'ERROR'}, ${code}).`
    const details = { code, type: error.type ?? '', text: error.message.slice(0, 300) }
    if (TIMED_OUT.has(code))
      return new NightjarError('STORE_TIMEOUT', 'The query took too long.', {
        retryable: true,
        hint: 'Ask for a shorter time range or filter by server or tool.',
        details,
        cause: error,
      })
    return new NightjarError('STORE_QUERY', message, {
      retryable: PASSING.has(code),
      details,
      cause: error,
    })
  }
  return new NightjarError('STORE_UNAVAILABLE', `The store does not answer: ${messageOf(error)}`, {
    retryable: true,
    hint: 'Try again in a few seconds.',
    cause: error,
  })
}

/** A {@link StoreClient} over `@clickhouse/client`, following the endpoint when the engine is started again. */
export class HttpStoreClient implements StoreClient {
  readonly #source: EndpointSource
  readonly #logger: Logger
  #client: ClickHouseClient | undefined
  #url = ''
  #closed = false

  constructor(source: EndpointSource, logger: Logger = silentLogger) {
    this.#source = source
    this.#logger = logger
  }

  async #current(): Promise<ClickHouseClient> {
    if (this.#closed) throw new NightjarError('STORE_CLOSED', 'The store is closed.')
    const { url, user, key } = await this.#source.endpoint()
    if (this.#client === undefined || this.#url !== url) {
      void this.#client?.close()
      this.#url = url
      this.#client = createClient({
        url,
        username: user,
        password: key.reveal(),
        request_timeout: 300_000,
        max_open_connections: 24,
        compression: { request: false, response: false },
        keep_alive: { enabled: true, idle_socket_ttl: 10_000 },
        log: { level: 127 },
      })
    }
    return this.#client
  }

  async rows<T>(sql: string, params?: Params, options: ReadOptions = {}): Promise<T[]> {
    return await this.#attempt(async (client) => {
      const result = await client.query({
        query: sql,
        format: 'JSONEachRow',
        ...readArguments(params, options),
      })
      return await result.json<T>()
    })
  }

  async native(sql: string, params?: Params, options: ReadOptions = {}): Promise<Uint8Array> {
    return await this.#attempt(async (client) => {
      const { stream } = await client.exec({
        query: `${sql}\nFORMAT Native`,
        ...readArguments(params, options),
      })
      const chunks: Buffer[] = []
      for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
      return Buffer.concat(chunks)
    })
  }

  async command(sql: string, params?: Params): Promise<void> {
    await this.#attempt(async (client) => {
      await client.command({ query: sql, ...(params && { query_params: { ...params } }) })
    })
  }

  async insertRows(
    table: string,
    rows: readonly Readonly<Record<string, unknown>>[],
    token?: string,
  ): Promise<void> {
    if (rows.length === 0) return
    await this.#retrying(async (client) => {
      await client.insert({
        table,
        values: rows,
        format: 'JSONEachRow',
        clickhouse_settings: {
          date_time_input_format: 'best_effort',
          ...(token !== undefined && { insert_deduplication_token: token }),
        },
      })
    })
  }

  async insertNative({ table, columns, block, token }: NativeInsert): Promise<void> {
    const names = columns.map((column) => `\`${column}\``).join(', ')
    await this.#retrying(async (client) => {
      const { stream } = await client.exec({
        query: `INSERT INTO ${table} (${names}) FORMAT Native`,
        values: Readable.from([block], { objectMode: false }),
        clickhouse_settings: { insert_deduplication_token: token },
      })
      stream.resume()
    })
  }

  async ping(): Promise<void> {
    await this.rows('SELECT 1')
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#client?.close()
  }

  async #attempt<T>(work: (client: ClickHouseClient) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#current())
    } catch (error) {
      throw toStoreError(error)
    }
  }

  /** Inserts carry a token or replace themselves by version, so that repeating one is safe. */
  async #retrying(work: (client: ClickHouseClient) => Promise<void>): Promise<void> {
    const deadline = Date.now() + RETRY_FOR_MS
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(LAST_RETRY_MS, wait * 2)) {
      try {
        return await this.#attempt(work)
      } catch (error) {
        const failure = toStoreError(error)
        if (!failure.retryable || this.#closed || Date.now() > deadline) throw failure
        this.#logger.warn({ code: failure.code, error: failure.message }, 'An insert is repeated.')
        await sleep(wait)
      }
    }
  }
}

function readArguments(params: Params | undefined, { maxSeconds, signal }: ReadOptions) {
  return {
    ...(params && { query_params: { ...params } }),
    ...(signal && { abort_signal: signal }),
    use_multipart_params_auto: true,
    clickhouse_settings: { ...READ_SETTINGS, max_execution_time: maxSeconds ?? READ_SECONDS },
  }
}
