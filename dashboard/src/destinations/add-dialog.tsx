import { Button, Group, Modal, NativeSelect, TextInput } from '@mantine/core'
import type { Severity } from '@nightjar/core'
import { type FormEvent, useState } from 'react'
import { useAddDestination } from '../api/commands.ts'
import { ProblemNotice } from '../parts/notice.tsx'
import { Snippet } from '../parts/snippet.tsx'
import { SEVERITIES, SEVERITY } from '../show/words.ts'

/** A signing secret as Standard Webhooks writes it: 24 random bytes in base64 after `whsec_`. */
function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24))
  return `whsec_${btoa(String.fromCharCode(...bytes))}`
}

/** Adds a webhook; its signing secret is shown once, here, and nowhere again. */
export function AddDestination({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const [url, setUrl] = useState('')
  const [given, setGiven] = useState('')
  const [minSeverity, setMinSeverity] = useState<Severity>('low')
  const [shown, setShown] = useState('')
  const add = useAddDestination()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const secret = given.trim() || newSecret()
    add.mutate(
      { name: name.trim(), type: 'webhook', url: url.trim(), secret, minSeverity },
      { onSuccess: (made) => setShown(made.secret ?? secret) },
    )
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={shown ? 'Webhook added' : 'Add webhook'}
      centered
      transitionProps={{ duration: 0 }}
      closeOnClickOutside={!shown}
    >
      {shown ? (
        <>
          <p className="nj-dialog-lead">
            Give this secret to the receiver, which verifies each delivery with it (Standard
            Webhooks 1.0). It is not shown again.
          </p>
          <Snippet label="Signing secret" code={shown} />
          <Group justify="flex-end" mt={16}>
            <Button onClick={onClose}>I have stored it</Button>
          </Group>
        </>
      ) : (
        <form onSubmit={submit} className="nj-form">
          <TextInput
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={100}
            required
            data-autofocus
          />
          <TextInput
            label="URL"
            type="url"
            placeholder="https://siem.example.org/hooks/nightjar"
            description="Private and loopback addresses are refused unless NIGHTJAR_DELIVER_ALLOW holds them."
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
            required
          />
          <NativeSelect
            label="Send from severity"
            value={minSeverity}
            onChange={(event) => setMinSeverity(event.currentTarget.value as Severity)}
            data={SEVERITIES.map((value) => ({ value, label: SEVERITY[value].word }))}
          />
          <TextInput
            label="Signing secret"
            description="Leave empty to have one made. Begins with whsec_."
            value={given}
            onChange={(event) => setGiven(event.currentTarget.value)}
            autoComplete="off"
          />
          {add.error ? <ProblemNotice error={add.error} /> : null}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={add.isPending}>
              Add webhook
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  )
}
