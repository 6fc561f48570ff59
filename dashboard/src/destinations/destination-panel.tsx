import { Button } from '@mantine/core'
import { useState } from 'react'
import { useChangeDestination, useRemoveDestination, useTestDestination } from '../api/commands.ts'
import type { DestinationView } from '../api/queries.ts'
import { Foreign } from '../parts/foreign.tsx'
import { ProblemNotice } from '../parts/notice.tsx'
import { Facts } from '../parts/page.tsx'
import { ReasonDialog } from '../parts/reason-dialog.tsx'
import { SidePanel } from '../parts/side-panel.tsx'
import { Time } from '../parts/time.tsx'
import { tell, tellProblem } from '../parts/toasts.tsx'
import { duration } from '../show/number.ts'
import { Ledger } from './ledger.tsx'

interface PanelProps {
  readonly destination: DestinationView
  readonly onClose: () => void
}

/** One destination: its settings, a test, its ledger. */
export function DestinationPanel({ destination, onClose }: PanelProps) {
  const [removing, setRemoving] = useState(false)
  const change = useChangeDestination()
  const remove = useRemoveDestination()
  const { id, enabled } = destination
  const onOff = () =>
    change.mutate(
      { id, enabled: !enabled },
      { onSuccess: () => tell(enabled ? 'Switched off.' : 'Switched on.'), onError: tellProblem },
    )
  return (
    <SidePanel title={<Foreign text={destination.name} />} onClose={onClose}>
      <section aria-label="Settings">
        <Facts
          facts={[
            ['URL', <Foreign key="url" text={destination.url} />],
            ['From severity', destination.minSeverity],
            ['Status', destination.status],
            ['Why', destination.statusDetail && <Foreign text={destination.statusDetail} />],
            ['Added', <Time key="added" iso={destination.createdAt} />],
          ]}
        />
        <div className="nj-actions">
          <Button variant="default" onClick={onOff} loading={change.isPending}>
            {enabled ? 'Switch off' : 'Switch on'}
          </Button>
          <Button variant="default" onClick={() => setRemoving(true)}>
            Remove…
          </Button>
        </div>
      </section>
      <SendTest id={id} />
      <section aria-label="Deliveries">
        <h3>Deliveries</h3>
        <Ledger destinationId={id} />
      </section>
      {removing && (
        <ReasonDialog
          title="Remove destination"
          lead={<p>Nothing more is sent there. The ledger of what was sent stays.</p>}
          confirm="Remove"
          danger
          onClose={() => setRemoving(false)}
          onConfirm={(reason) =>
            remove.mutateAsync({ id, reason }).then(
              () => {
                tell('Destination removed.')
                onClose()
              },
              (error: unknown) => {
                tellProblem(error)
                throw error
              },
            )
          }
        />
      )}
    </SidePanel>
  )
}

function SendTest({ id }: { id: string }) {
  const test = useTestDestination()
  const result = test.data
  return (
    <section aria-label="Test">
      <h3>Test</h3>
      <Button onClick={() => test.mutate(id)} loading={test.isPending}>
        Send test event
      </Button>
      {test.error ? <ProblemNotice error={test.error} /> : null}
      {result && (
        <p className="nj-summary" role="status">
          <span className="nj-state" data-state={result.state}>
            {result.state ?? 'On its way; the ledger will tell'}
          </span>
          {result.responseStatus ? `: answered ${result.responseStatus}` : ''}
          {result.latencyMs ? ` in ${duration(result.latencyMs)}` : ''}
          {result.error && (
            <>
              . <Foreign text={result.error} />
            </>
          )}
        </p>
      )}
    </section>
  )
}
