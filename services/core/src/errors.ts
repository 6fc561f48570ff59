/** Options of a {@link NightjarError}: `hint` tells the user what to do next. */
export interface NightjarErrorOptions {
  readonly hint?: string
  readonly retryable?: boolean
  readonly cause?: unknown
  readonly details?: Readonly<Record<string, unknown>>
}

/**
 * The one error class that crosses a room's door. `code` is stable API (`ROOM_WHAT`, never reused),
 * `message` says what happened, `hint` what to do next. It never carries content or secrets.
 */
export class NightjarError extends Error {
  readonly code: string
  readonly hint: string
  readonly retryable: boolean
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, options: NightjarErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'NightjarError'
    this.code = code
    this.hint = options.hint ?? ''
    this.retryable = options.retryable ?? false
    this.details = options.details ?? {}
  }
}

/** The text of anything thrown, without its stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
