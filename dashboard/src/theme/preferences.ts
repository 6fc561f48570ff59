import { useSyncExternalStore } from 'react'

export type Zone = 'utc' | 'browser'
export type Density = 'compact' | 'default' | 'cosy'

/** What one person chose, kept in this browser. */
export interface Preferences {
  readonly zone: Zone
  readonly density: Density
  /** Single-key shortcuts can be switched off (WCAG 2.1.4). */
  readonly shortcuts: boolean
}

const KEY = 'nightjar.preferences'
const DEFAULTS: Preferences = { zone: 'utc', density: 'default', shortcuts: true }
const listeners = new Set<() => void>()
let current = load()

function load(): Preferences {
  try {
    const stored = JSON.parse(window.localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>
    return {
      zone: stored.zone === 'browser' ? 'browser' : 'utc',
      density:
        stored.density === 'compact' || stored.density === 'cosy' ? stored.density : 'default',
      shortcuts: stored.shortcuts !== false,
    }
  } catch {
    return DEFAULTS
  }
}

/** Puts the density where the style sheets read it. */
export function applyPreferences(): void {
  document.documentElement.dataset.density = current.density
}

/** Changes some preferences, here and for the next visit. */
export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change }
  try {
    window.localStorage.setItem(KEY, JSON.stringify(current))
  } catch {
    // Storage may be blocked; the choice then holds until the page is closed.
  }
  applyPreferences()
  for (const listener of listeners) listener()
}

/** The preferences, kept current. */
export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
}
