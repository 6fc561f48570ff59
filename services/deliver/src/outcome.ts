/** What became of one attempt, and so what follows. */
export type Outcome =
  | { readonly type: 'delivered'; readonly status: number }
  /** `suspect`: the message itself may be the cause, so it must not be tried for ever in front of others. */
  | {
      readonly type: 'retry'
      readonly status: number
      readonly error: string
      readonly retryAfterMs?: number
      readonly suspect?: boolean
    }
  /** The settings are at fault: nothing is sent until a person changed them. */
  | { readonly type: 'hold'; readonly status: number; readonly error: string }
  /** The receiver will never take this message; the next one may go. */
  | { readonly type: 'reject'; readonly status: number; readonly error: string }
  /** The receiver is gone for good (410). */
  | { readonly type: 'disable'; readonly status: number; readonly error: string }

/** An HTTP answer as far as it decides. */
export interface Answer {
  readonly status: number
  readonly retryAfterMs?: number
  /** Start of the answer's text, made plain. */
  readonly said: string
}

const REJECTED = new Set([400, 409, 413, 422])
const RETRIED = new Set([408, 425, 429])
/** A gateway's or an overloaded receiver's answers, which say nothing of the message. */
const UNAVAILABLE = new Set([502, 503, 504])

/** What an HTTP status means for a delivery. */
export function outcomeOf({ status, retryAfterMs, said }: Answer): Outcome {
  const error = `The receiver answered ${status}${said === '' ? '.' : `: ${said}`}`
  const retry = {
    type: 'retry' as const,
    status,
    error,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
  if (status >= 200 && status < 300) return { type: 'delivered', status }
  if (status >= 300 && status < 400)
    return { ...retry, error: `The receiver answered ${status}; redirects are not followed.` }
  if (status === 410) return { type: 'disable', status, error }
  if (RETRIED.has(status)) return retry
  if (REJECTED.has(status)) return { type: 'reject', status, error }
  if (status >= 400 && status < 500) return { type: 'hold', status, error }
  return UNAVAILABLE.has(status) ? retry : { ...retry, suspect: true }
}
