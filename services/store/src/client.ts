/** A value bound to a `{name:Type}` placeholder. It never becomes part of the SQL text. */
export type ParamValue = string | number | boolean | null | Date | readonly (string | number)[]

/** Values of a statement's placeholders by name. */
export type Params = Readonly<Record<string, ParamValue>>

/** Limits of one read. */
export interface ReadOptions {
  /** Seconds after which the engine gives up; 30 by default. */
  readonly maxSeconds?: number
  /** Ends the wait for the answer (the engine may finish the work). */
  readonly signal?: AbortSignal
}

/** A Native block on its way into a table. */
export interface NativeInsert {
  /** `database.table` */
  readonly table: string
  /** The columns the block holds, in its order. */
  readonly columns: readonly string[]
  readonly block: Uint8Array
  readonly rows: number
  /** Repeating an insert with the same token stores its rows once. */
  readonly token: string
}

/**
 * How everyone speaks to the store: SQL of ClickHouse's dialect over HTTP, whether the engine is embedded or a server.
 * Every method rejects with a NightjarError: `STORE_UNAVAILABLE` (retryable) while the engine is down,
 * `STORE_TIMEOUT` (retryable) past `maxSeconds`, `STORE_QUERY` (with `details.code`, ClickHouse's error number) else.
 */
export interface StoreClient {
  /**
   * Rows of a SELECT as objects. 64-bit integers are numbers, DateTime64 is RFC 3339 text (`2026-01-02T03:04:05.000006Z`),
   * Bool is a boolean; read FixedString as `lower(hex(column))`. The SQL has no FORMAT clause.
   */
  rows<T>(sql: string, params?: Params, options?: ReadOptions): Promise<T[]>
  /** Result of a SELECT in ClickHouse's Native format. The SQL has no FORMAT clause. */
  native(sql: string, params?: Params, options?: ReadOptions): Promise<Uint8Array>
  /** Runs a statement that returns nothing. */
  command(sql: string, params?: Params): Promise<void>
  /** Inserts objects whose keys are column names. Times are RFC 3339 text. Resolves when they are durable. */
  insertRows(
    table: string,
    rows: readonly Readonly<Record<string, unknown>>[],
    token?: string,
  ): Promise<void>
  /** Inserts a Native block. Resolves when it is durable. */
  insertNative(insert: NativeInsert): Promise<void>
  /** Answers when the engine does. */
  ping(): Promise<void>
  /** Ends open connections. */
  close(): Promise<void>
}
