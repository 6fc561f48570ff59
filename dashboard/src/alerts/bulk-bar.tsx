import { Button } from '@mantine/core'
import type { Alert } from '@nightjar/core'
import { plural } from '../show/number.ts'

interface BulkBarProps {
  readonly alerts: readonly Alert[]
  readonly onAcknowledge: () => void
  readonly onClose: () => void
  readonly onClear: () => void
}

/** What can be done with the ticked rows; it says how many each action would reach. */
export function BulkBar({ alerts, onAcknowledge, onClose, onClear }: BulkBarProps) {
  const open = alerts.filter(({ state }) => state === 'open').length
  const live = alerts.filter(({ state }) => state !== 'closed').length
  return (
    <section className="nj-bulk" aria-label="Selected alerts">
      <strong>{plural(alerts.length, 'alert')} selected</strong>
      <Button onClick={onAcknowledge} disabled={open === 0}>
        Acknowledge {open}
      </Button>
      <Button variant="default" onClick={onClose} disabled={live === 0}>
        Close {live}…
      </Button>
      <Button variant="subtle" onClick={onClear}>
        Clear
      </Button>
    </section>
  )
}
