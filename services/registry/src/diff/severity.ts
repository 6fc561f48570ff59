import { SEVERITIES, type Severity } from '@nightjar/core'

/** The higher of two severities. */
export function worse(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b) ? a : b
}

/** The worst of many, `informational` of none. */
export function worst(severities: Iterable<Severity>): Severity {
  let result: Severity = 'informational'
  for (const severity of severities) result = worse(result, severity)
  return result
}

/** One level lower; `informational` stays. */
export function lower(severity: Severity): Severity {
  return SEVERITIES[Math.max(0, SEVERITIES.indexOf(severity) - 1)] ?? 'informational'
}

/** True when `a` is at least `b`. */
export function atLeast(a: Severity, b: Severity): boolean {
  return SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b)
}
