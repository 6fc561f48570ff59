import { CloseButton } from '@mantine/core'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { problemFrom } from '../api/client.ts'

interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'done' | 'failed'
}

const STAY_MS = 8_000
const MOST = 4
const listeners = new Set<() => void>()
let toasts: readonly Toast[] = []
let last = 0

function put(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

/** Says what was done. */
export function tell(text: string, tone: Toast['tone'] = 'done'): void {
  last += 1
  put([...toasts, { id: last, text, tone }].slice(-MOST))
}

/** Says why something was not done, with the remedy the API gave. */
export function tellProblem(error: unknown): void {
  const { title, detail, hint } = problemFrom(error)
  tell([detail || title, hint].filter(Boolean).join(' '), 'failed')
}

/** The messages, polite, staying at least 8 s and while pointed at. */
export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => toasts,
  )
  return (
    <div className="nj-toasts" role="status" aria-live="polite">
      {shown.map((toast) => (
        <Item key={toast.id} toast={toast} />
      ))}
    </div>
  )
}

function Item({ toast }: { toast: Toast }) {
  const [held, setHeld] = useState(false)
  const drop = () => put(toasts.filter((each) => each.id !== toast.id))
  // biome-ignore lint/correctness/useExhaustiveDependencies: the toast's own life, counted anew when it is let go
  useEffect(() => {
    if (held) return
    const timer = window.setTimeout(drop, STAY_MS)
    return () => window.clearTimeout(timer)
  }, [held])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing only delays its end
    <div
      className="nj-toast"
      data-tone={toast.tone}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
    >
      <span aria-hidden="true">{toast.tone === 'done' ? '✓' : '▲'}</span>
      <span>{toast.text}</span>
      <CloseButton size="sm" aria-label="Dismiss" onClick={drop} />
    </div>
  )
}
