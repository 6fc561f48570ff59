import { Button, Group, Kbd, Modal, Radio, Stack, Textarea } from '@mantine/core'
import type { Alert, CloseReason } from '@nightjar/core'
import { type FormEvent, type KeyboardEvent, useState } from 'react'
import { plural } from '../show/number.ts'
import { CLOSE_REASON } from '../show/words.ts'

const REASONS = Object.keys(CLOSE_REASON) as CloseReason[]

interface CloseDialogProps {
  readonly alerts: readonly Alert[]
  readonly onClose: () => void
  readonly onConfirm: (closeReason: CloseReason, comment: string) => Promise<unknown>
}

/** Asks why alerts are closed; a digit picks the reason, Enter closes. */
export function CloseDialog({ alerts, onClose, onConfirm }: CloseDialogProps) {
  const [reason, setReason] = useState<CloseReason>()
  const [comment, setComment] = useState('')
  const [busy, setBusy] = useState(false)
  const ready = reason !== undefined && (reason !== 'other' || comment.trim() !== '')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!reason || !ready || busy) return
    setBusy(true)
    onConfirm(reason, comment.trim()).then(onClose, () => setBusy(false))
  }
  const pick = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLTextAreaElement) return
    const picked = REASONS[Number(event.key) - 1]
    if (picked) setReason(picked)
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) submit(event)
  }
  const drift = alerts.some(({ family }) => family.includes('drift'))
  return (
    <Modal
      opened
      onClose={onClose}
      title={alerts.length === 1 ? 'Close alert' : `Close ${plural(alerts.length, 'alert')}`}
      centered
      transitionProps={{ duration: 0 }}
    >
      <form onSubmit={submit} onKeyDown={pick}>
        <Radio.Group
          label="Why?"
          value={reason ?? ''}
          onChange={(value) => setReason(value as CloseReason)}
          required
        >
          <Stack gap={8} mt={8}>
            {REASONS.map((each, index) => (
              <Radio
                key={each}
                size="xs"
                value={each}
                {...(index === 0 ? { 'data-autofocus': true } : {})}
                label={
                  <>
                    <Kbd size="xs" aria-hidden="true">
                      {index + 1}
                    </Kbd>{' '}
                    {CLOSE_REASON[each]}
                  </>
                }
              />
            ))}
          </Stack>
        </Radio.Group>
        {drift && reason === 'expected_change' && (
          <p className="nj-dialog-lead">
            To take the new manifest as the baseline, approve it on the server’s page as well.
          </p>
        )}
        <Textarea
          label="Comment"
          description={reason === 'other' ? 'Needed for “Other”.' : 'Optional.'}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
          maxLength={4000}
          autosize
          minRows={2}
          mt={12}
        />
        <Group justify="flex-end" mt={16} gap={8}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} disabled={!ready}>
            Close {alerts.length === 1 ? 'alert' : plural(alerts.length, 'alert')}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
