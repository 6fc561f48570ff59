import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { type ReactNode, useEffect, useId, useRef } from 'react'

interface SidePanelProps {
  readonly title: ReactNode
  readonly onClose: () => void
  readonly actions?: ReactNode
  readonly footer?: ReactNode
  readonly children: ReactNode
}

/**
 * A labelled dialog at the right that leaves the page beside it in use. It takes the focus when it opens; `Esc` closes
 * it and the focus goes back to where it was.
 */
export function SidePanel({ title, onClose, actions, footer, children }: SidePanelProps) {
  const id = useId()
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    const before = document.activeElement
    panel.current?.focus({ preventScroll: true })
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const modal = document.querySelector('[role="dialog"][aria-modal="true"]')
      if (event.key === 'Escape' && !event.defaultPrevented && !modal) onClose()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [onClose])
  return (
    <aside ref={panel} className="nj-side" role="dialog" aria-labelledby={id} tabIndex={-1}>
      <header>
        <h2 id={id}>{title}</h2>
        <div className="nj-inline">
          {actions}
          <ActionIcon onClick={onClose} aria-label="Close panel" size={28}>
            <IconX size={18} />
          </ActionIcon>
        </div>
      </header>
      <div className="nj-side-body">{children}</div>
      {footer && <footer>{footer}</footer>}
    </aside>
  )
}
