import type { Alert } from '@nightjar/core'

export type HistoryLine = Alert['history'][number]

/** The actor of what Nightjar does by itself. */
export const SELF = 'nightjar'
const MAX_LINES = 200

/** An alert with one more line. When full, the first line stays and the oldest of the others goes. */
export function withLine(alert: Alert, line: HistoryLine): Alert {
  const lines = [...alert.history, line]
  const first = lines[0]
  if (lines.length <= MAX_LINES || first === undefined) return { ...alert, history: lines }
  return { ...alert, history: [first, ...lines.slice(lines.length - MAX_LINES + 1)] }
}

/** A line that Nightjar itself writes. */
export function ownLine(now: number, action: string, detail: string): HistoryLine {
  return { time: new Date(now).toISOString(), actor: SELF, action, detail }
}
