import { Button, Group, Modal, Textarea } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'

interface ReasonDialogProps {
  readonly title: string
  readonly lead?: ReactNode
  readonly confirm: string
  readonly danger?: boolean
  readonly label?: string
  readonly onClose: () => void
  /** Called with the reason; the dialog closes when it resolves. */
  readonly onConfirm: (reason: string) => Promise<unknown>
}

/** Asks for a reason before something that others will read about. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { title, lead, confirm, danger = false, label = 'Reason', onClose, onConfirm } = props
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (reason.trim() === '' || busy) return
    setBusy(true)
    onConfirm(reason.trim()).then(onClose, () => setBusy(false))
  }
  return (
    <Modal opened onClose={onClose} title={title} centered transitionProps={{ duration: 0 }}>
      <form onSubmit={submit}>
        {lead && <div className="nj-dialog-lead">{lead}</div>}
        <Textarea
          label={label}
          description="Kept in the history, with your name."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={1000}
          autosize
          minRows={2}
          required
          data-autofocus
        />
        <Group justify="flex-end" mt={16} gap={8}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={busy}
            disabled={reason.trim() === ''}
            {...(danger ? { color: 'red' } : {})}
          >
            {confirm}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
