import type { Logger } from '@nightjar/core'
import { pino } from 'pino'

/** A logger that writes JSON lines to standard error, so that standard output stays free for results. */
export function createLogger(level: string, component = 'nightjar'): Logger {
  return pino(
    { level, base: { component }, timestamp: () => `,"time":"${new Date().toISOString()}"` },
    pino.destination({ fd: 2, sync: true }),
  )
}
