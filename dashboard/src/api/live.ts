import type { Alert } from '@nightjar/core'
import { useEffect, useSyncExternalStore } from 'react'
import type { AlertDetail } from './queries.ts'
import { queryClient } from './query-client.ts'

export type LiveStatus = 'connecting' | 'live' | 'reconnecting' | 'off'
type AlertListener = (alert: Alert) => void

/** A hidden tab lets go of its stream after this long, and reads everything again on return. */
const HIDDEN_MS = 30_000
/** How soon the overview is read again after an alert, and after counts, which change all the time. */
const ALERT_MS = 1_000
const COUNTS_MS = 10_000

let status: LiveStatus = 'connecting'
const statusListeners = new Set<() => void>()
const alertListeners = new Set<AlertListener>()

function setStatus(value: LiveStatus): void {
  if (status === value) return
  status = value
  for (const listener of statusListeners) listener()
}

function onAlert(event: MessageEvent<string>): void {
  const alert = alertOf(event.data)
  if (!alert) return
  queryClient.setQueryData<AlertDetail>(['/alert', alert.id], (old) =>
    old ? { ...old, alert } : old,
  )
  for (const listener of alertListeners) listener(alert)
}

function alertOf(data: string): Alert | undefined {
  try {
    const value = JSON.parse(data) as Alert | { alert: Alert }
    const alert = 'alert' in value ? value.alert : value
    return typeof alert.id === 'string' && typeof alert.title === 'string' ? alert : undefined
  } catch {
    return undefined
  }
}

function connect(): () => void {
  let countsTimer: number | undefined
  let retryTimer: number | undefined
  let source: EventSource | undefined
  const overviewIn = (ms: number) => () => {
    if (countsTimer !== undefined && ms === COUNTS_MS) return
    window.clearTimeout(countsTimer)
    countsTimer = window.setTimeout(() => {
      countsTimer = undefined
      void queryClient.invalidateQueries({ queryKey: ['/overview'] })
    }, ms)
  }
  const open = () => {
    source?.close()
    source = new EventSource('/api/v1/stream')
    source.onopen = () => {
      // What happened while the stream was away is not sent again: read the lists anew.
      if (status === 'reconnecting') void queryClient.invalidateQueries()
      setStatus('live')
    }
    source.onerror = () => {
      setStatus('reconnecting')
      // A refused stream (401, 503) is not tried again by the browser itself.
      if (source?.readyState === EventSource.CLOSED) retryTimer = window.setTimeout(open, 5_000)
    }
    source.addEventListener('alert', onAlert)
    source.addEventListener('alert', overviewIn(ALERT_MS))
    source.addEventListener('counts', overviewIn(COUNTS_MS))
    // More was missed than the API still holds: read everything anew.
    source.addEventListener('reset', () => void queryClient.invalidateQueries())
  }
  open()
  return () => {
    source?.close()
    window.clearTimeout(countsTimer)
    window.clearTimeout(retryTimer)
  }
}

/** Keeps one stream open while the page can be seen. */
export function useLiveStream(): void {
  useEffect(() => {
    let close: (() => void) | undefined = connect()
    let hidden: number | undefined
    const onVisibility = () => {
      window.clearTimeout(hidden)
      if (document.hidden) {
        hidden = window.setTimeout(() => {
          close?.()
          close = undefined
          setStatus('off')
        }, HIDDEN_MS)
      } else if (!close) {
        setStatus('reconnecting')
        close = connect()
      }
    }
    document.addEventListener('visibilitychange', onVisibility)
    return () => {
      document.removeEventListener('visibilitychange', onVisibility)
      window.clearTimeout(hidden)
      close?.()
    }
  }, [])
}

/** How the stream is. */
export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(
    (listener) => {
      statusListeners.add(listener)
      return () => statusListeners.delete(listener)
    },
    () => status,
  )
}

/** Calls back for each alert that is new or has changed. */
export function useLiveAlerts(listener: AlertListener): void {
  useEffect(() => {
    alertListeners.add(listener)
    return () => {
      alertListeners.delete(listener)
    }
  }, [listener])
}
