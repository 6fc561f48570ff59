/** A failure as ClickHouse reports it: its error number and `Code: N. DB::Exception: …`. */
export class EngineError extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message.startsWith('Code:') ? message : `Code: ${code}. DB::Exception: ${message}`)
    this.name = 'EngineError'
    this.code = code
  }
}

const HTTP_STATUS: ReadonlyMap<number, number> = new Map([
  [60, 404], // UNKNOWN_TABLE
  [81, 404], // UNKNOWN_DATABASE
  [62, 400], // SYNTAX_ERROR
  [456, 400], // UNKNOWN_QUERY_PARAMETER
  [47, 404], // UNKNOWN_IDENTIFIER
  [159, 408], // TIMEOUT_EXCEEDED
  [202, 503], // TOO_MANY_SIMULTANEOUS_QUERIES
  [307, 413], // TOO_MANY_BYTES
  [516, 403], // AUTHENTICATION_FAILED
])

/** HTTP status of a ClickHouse error number. */
export function statusOf(code: number): number {
  return HTTP_STATUS.get(code) ?? 500
}

/** Anything the engine threw, with ClickHouse's error number (1002 where there is none). */
export function engineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new EngineError(Number(/Code: (\d+)\./.exec(message)?.[1] ?? 1002), message)
}
