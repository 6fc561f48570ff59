import { useEffect, useRef } from 'react'
import { usePreferences } from '../theme/preferences.ts'

/** Keys and what they do; an answer of `false` leaves the key to the browser. */
export type KeyMap = Readonly<Record<string, (event: KeyboardEvent) => unknown>>

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest('textarea, select, [role="textbox"], [role="combobox"]') !== null ||
      (target instanceof HTMLInputElement && target.type !== 'checkbox' && target.type !== 'radio'))
  )
}

const LEADER = 'g'
const LEADER_MS = 1_000
const combos = new WeakMap<KeyboardEvent, string>()
let ledAt = Number.NEGATIVE_INFINITY

/** The key of an event, after a recent `g` as `g x`; the same for everyone who asks about the event. */
function comboOf(event: KeyboardEvent): string {
  const known = combos.get(event)
  if (known) return known
  const led = event.timeStamp - ledAt < LEADER_MS
  ledAt = !led && event.key === LEADER ? event.timeStamp : Number.NEGATIVE_INFINITY
  const combo = led ? `${LEADER} ${event.key}` : event.key
  combos.set(event, combo)
  return combo
}

/** Single-key shortcuts, and `g x` for a key after `g`; not while typing, with a modifier held, in a modal dialog, or when switched off. */
export function useKeys(map: KeyMap): void {
  const { shortcuts } = usePreferences()
  const latest = useRef(map)
  latest.current = map
  useEffect(() => {
    if (!shortcuts) return
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (isTyping(event.target)) return
      if (document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]')) return
      const act = latest.current[comboOf(event)]
      if (!act) return
      if (act(event) !== false) event.preventDefault()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [shortcuts])
}
