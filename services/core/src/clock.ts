/** The time, as an argument: milliseconds since the Unix epoch. */
export interface Clock {
  now(): number
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() }

/** Microseconds since the Unix epoch as RFC 3339 UTC, `''` for 0 (unset). Microseconds are kept only where they are not 0. */
export function formatMicros(us: number): string {
  if (us === 0) return ''
  const ms = Math.floor(us / 1000)
  const rest = us - ms * 1000
  const iso = new Date(ms).toISOString()
  return rest === 0 ? iso : `${iso.slice(0, -1)}${String(rest).padStart(3, '0')}Z`
}

/** Microseconds since the Unix epoch of an RFC 3339 time, 0 if it is not one. */
export function parseMicros(text: string): number {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) return 0
  const fraction = /\.\d{3}(\d{1,3})/.exec(text)?.[1] ?? ''
  return ms * 1000 + Number(fraction.padEnd(3, '0'))
}
