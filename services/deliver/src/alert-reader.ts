import type { Alert, Clock } from '@nightjar/core'
import type { Stream } from '@nightjar/stream'

const KEPT_MS = 5000

/** Gives an alert in a version at least as new as the one given; undefined where it is not kept any more. */
export type AlertReader = (id: string, version: number) => Promise<Alert | undefined>

/** Reads single alerts from the alerts topic: the whole of it, which is kept for 5 s at most. */
export function createAlertReader(stream: Stream, clock: Clock): AlertReader {
  let latest: ReadonlyMap<string, Alert> = new Map()
  let readAt = -Infinity
  return async (id, version) => {
    const isFresh = clock.now() - readAt < KEPT_MS
    const known = isFresh ? latest.get(id) : undefined
    if (known !== undefined && known.version >= version) return known
    latest = await stream.readLatest('nightjar.alerts.v1')
    readAt = clock.now()
    setTimeout(() => {
      latest = new Map()
      readAt = -Infinity
    }, KEPT_MS).unref()
    return latest.get(id)
  }
}
