import { useSyncExternalStore } from 'react'
import { age, stamp, zoneName } from '../show/time.ts'
import { usePreferences } from '../theme/preferences.ts'

const TICK_MS = 10_000
const listeners = new Set<() => void>()
let now = Date.now()
let timer: number | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= window.setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, TICK_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    window.clearInterval(timer)
    timer = undefined
  }
}

function both(iso: string): string {
  const local = `${stamp(iso, 'browser', true)} ${zoneName('browser', new Date(iso))}`
  return `${stamp(iso, 'utc', true)} UTC\n${local}`
}

/** A point in time in the chosen zone, which is named; both zones on hover. */
export function Time({ iso, millis = false }: { iso: string; millis?: boolean }) {
  const { zone } = usePreferences()
  return (
    <time dateTime={iso} title={both(iso)} className="nj-time">
      {stamp(iso, zone, millis)} <span className="nj-zone">{zoneName(zone, new Date(iso))}</span>
    </time>
  )
}

/** How long ago; the time in both zones on hover. */
export function Age({ iso }: { iso: string | null }) {
  const { zone } = usePreferences()
  const at = useSyncExternalStore(subscribe, () => now)
  if (iso === null) return <span className="nj-muted">never</span>
  return (
    <time dateTime={iso} title={both(iso)} className="nj-time">
      {age(iso, Math.max(at, Date.parse(iso)), zone)}
    </time>
  )
}
