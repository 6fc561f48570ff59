const FIRST_MS = 5000
const FACTOR = 3
/** The longest wait between two attempts. */
export const LONGEST_WAIT_MS = 86_400_000
const JITTER = 0.25

export interface BackoffOptions {
  /** Failures in a row, 1 after the first. */
  readonly failures: number
  /** 0 to 1. */
  readonly random: number
  /** What the receiver asked for. */
  readonly retryAfterMs?: number
  /** Factor on all waits, for tests. */
  readonly scale: number
}

/**
 * Milliseconds to the next attempt: 5 s, 15 s, 45 s … 24 h, a quarter up or down by chance, and never earlier than
 * the receiver asked for (24 h at most).
 */
export function retryDelayMs({ failures, random, retryAfterMs, scale }: BackoffOptions): number {
  const step = Math.min(LONGEST_WAIT_MS, FIRST_MS * FACTOR ** Math.min(20, failures - 1))
  const jittered = step * (1 - JITTER + 2 * JITTER * random)
  const asked = Math.min(LONGEST_WAIT_MS, retryAfterMs ?? 0)
  return Math.round(Math.min(LONGEST_WAIT_MS, Math.max(jittered, asked)) * scale)
}

/** Milliseconds that a `Retry-After` header asks for (seconds or an HTTP date); undefined if it says nothing. */
export function retryAfterMsOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  // Only HTTP dates begin with a day's name; Date.parse alone takes `-5` for a year.
  const at = /^[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
