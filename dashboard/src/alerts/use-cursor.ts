import { useRef, useState } from 'react'

interface Row {
  readonly id: string
}

function reveal(id: string, focus: boolean): void {
  const row = document.querySelector(`[data-row="${CSS.escape(id)}"]`)
  row?.scrollIntoView({ block: 'nearest' })
  if (focus) row?.querySelector<HTMLElement>('a')?.focus({ preventScroll: true })
}

/** The row the keyboard is on; it follows the open alert, and stays near when its row leaves. */
export function useCursor<T extends Row>(rows: readonly T[], openId: string) {
  const [id, setId] = useState('')
  const lastIndex = useRef(0)
  const wanted = openId || id
  const found = rows.findIndex((row) => row.id === wanted)
  if (found >= 0) lastIndex.current = found
  const index =
    found >= 0 ? found : wanted === '' ? -1 : Math.min(lastIndex.current, rows.length - 1)
  const row = rows[index]
  return {
    row,
    /** Moves by one row and gives it; it is focused where no panel has the focus. */
    move: (step: 1 | -1): T | undefined => {
      const next = rows[Math.max(0, Math.min(rows.length - 1, index + step))]
      if (!next) return undefined
      setId(next.id)
      reveal(next.id, openId === '')
      return next
    },
    /** Gives the focus back to the row, once the panel is gone. */
    focus: () => {
      const at = row?.id
      if (!at) return
      setId(at)
      requestAnimationFrame(() => requestAnimationFrame(() => reveal(at, true)))
    },
  }
}
