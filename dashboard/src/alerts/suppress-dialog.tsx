import { Button, Group, Modal, Radio, Stack, Textarea } from '@mantine/core'
import type { Alert, Suppression } from '@nightjar/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { Foreign } from '../parts/foreign.tsx'
import { entityOf } from '../show/words.ts'

const DAY_MS = 86_400_000
const DAYS = [1, 7, 30, 90] as const

interface Scope {
  readonly key: string
  readonly label: ReactNode
  readonly match: Suppression['match']
}

function scopesOf(alert: Alert): Scope[] {
  const ruleId = alert.finding.ruleId
  const rule = alert.finding.ruleTitle
  const server = entityOf(alert, 'server')
  const principal = entityOf(alert, 'principal')
  const scopes: Scope[] = [
    {
      key: 'fingerprint',
      label: 'This alert only: the same claim about the same subject',
      match: { fingerprint: alert.fingerprint },
    },
  ]
  const add = (key: string, what: ReactNode, match: Suppression['match']) =>
    scopes.push({
      key,
      label: (
        <>
          “<Foreign text={rule} />” {what}
        </>
      ),
      match,
    })
  if (server)
    add(
      'server',
      <>
        on <Foreign text={server} />
      </>,
      { ruleId, server },
    )
  if (principal)
    add(
      'principal',
      <>
        by <Foreign text={principal} />
      </>,
      { ruleId, principal },
    )
  add('rule', 'everywhere', { ruleId })
  return scopes
}

interface SuppressDialogProps {
  readonly alert: Alert
  readonly onClose: () => void
  readonly onConfirm: (
    body: Pick<Suppression, 'match' | 'reason' | 'expiresAt'>,
  ) => Promise<unknown>
}

/** Hides what matches until a day that must be named, for a reason that must be given. */
export function SuppressDialog({ alert, onClose, onConfirm }: SuppressDialogProps) {
  const scopes = scopesOf(alert)
  const [scope, setScope] = useState('fingerprint')
  const [days, setDays] = useState<number>(30)
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const match = scopes.find(({ key }) => key === scope)?.match
    if (!match || reason.trim() === '' || busy) return
    setBusy(true)
    const expiresAt = new Date(Date.now() + days * DAY_MS).toISOString()
    onConfirm({ match, reason: reason.trim(), expiresAt }).then(onClose, () => setBusy(false))
  }
  return (
    <Modal opened onClose={onClose} title="Suppress" centered transitionProps={{ duration: 0 }}>
      <form onSubmit={submit}>
        <p className="nj-dialog-lead">
          What matches leaves the queue and is not delivered. It is still recorded, and nothing is
          deleted.
        </p>
        <Radio.Group label="What" value={scope} onChange={setScope}>
          <Stack gap={8} mt={8}>
            {scopes.map(({ key, label }) => (
              <Radio key={key} size="xs" value={key} label={label} />
            ))}
          </Stack>
        </Radio.Group>
        <Radio.Group
          label="For"
          value={String(days)}
          onChange={(value) => setDays(Number(value))}
          mt={12}
        >
          <Group gap={16} mt={8}>
            {DAYS.map((day) => (
              <Radio
                key={day}
                size="xs"
                value={String(day)}
                label={day === 1 ? '1 day' : `${day} days`}
              />
            ))}
          </Group>
        </Radio.Group>
        <Textarea
          label="Reason"
          description="Kept with the suppression, with your name."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          required
          maxLength={1000}
          autosize
          minRows={2}
          mt={12}
          data-autofocus
        />
        <Group justify="flex-end" mt={16} gap={8}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} disabled={reason.trim() === ''}>
            Suppress
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
