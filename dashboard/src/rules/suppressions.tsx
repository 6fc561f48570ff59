import { Button } from '@mantine/core'
import type { Suppression } from '@nightjar/core'
import { useState } from 'react'
import { useEndSuppression } from '../api/commands.ts'
import { useSuppressions } from '../api/queries.ts'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { Foreign } from '../parts/foreign.tsx'
import { ProblemNotice } from '../parts/notice.tsx'
import { Panel } from '../parts/page.tsx'
import { ReasonDialog } from '../parts/reason-dialog.tsx'
import { Time } from '../parts/time.tsx'
import { tell, tellProblem } from '../parts/toasts.tsx'
import { count } from '../show/number.ts'

function stateOf({ endedAt, expiresAt }: Suppression): string {
  if (endedAt) return 'ended'
  return Date.parse(expiresAt) < Date.now() ? 'expired' : 'in force'
}

/** What is hidden, by whom, why, until when, and how much it hid. */
export function Suppressions() {
  const list = useSuppressions()
  const [ending, setEnding] = useState<Suppression>()
  const end = useEndSuppression()
  const columns: Column<Suppression>[] = [
    { key: 'state', header: 'State', width: '84px', cell: stateOf },
    {
      key: 'match',
      header: 'Hides',
      cell: ({ match }) => (
        <div className="nj-clip">
          {Object.entries(match).map(([name, value], index) => (
            <span key={name}>
              {index > 0 && ' and '}
              <span className="nj-muted">{name}</span> <Foreign text={value ?? ''} />
            </span>
          ))}
        </div>
      ),
    },
    {
      key: 'reason',
      header: 'Reason',
      width: '24%',
      wide: true,
      cell: ({ reason }) => (
        <div className="nj-clip">
          <Foreign text={reason} />
        </div>
      ),
    },
    {
      key: 'author',
      header: 'By',
      width: '10%',
      wide: true,
      cell: ({ author }) => <Foreign text={author} />,
    },
    {
      key: 'until',
      header: 'Until',
      width: '180px',
      wide: true,
      cell: ({ endedAt, expiresAt }) => <Time iso={endedAt ?? expiresAt} />,
    },
    {
      key: 'hidden',
      header: 'Hidden',
      align: 'right',
      width: '72px',
      cell: ({ hidden }) => count(hidden),
    },
    {
      key: 'end',
      header: 'Action',
      align: 'right',
      width: '76px',
      cell: (row) =>
        stateOf(row) === 'in force' && (
          <Button variant="default" size="compact-xs" onClick={() => setEnding(row)}>
            End
          </Button>
        ),
    },
  ]
  return (
    <Panel title="Suppressions" flush>
      {list.error ? <ProblemNotice error={list.error} /> : null}
      {list.items.length === 0 ? (
        <p className="nj-muted nj-pad">
          Nothing is suppressed. Suppress from an alert (<kbd>s</kbd>), with a reason and an end.
        </p>
      ) : (
        <DataTable
          label="Suppressions"
          rows={list.items}
          columns={columns}
          rowKey={({ id }) => id}
        />
      )}
      {ending && (
        <ReasonDialog
          title="End suppression"
          lead={<p>What it hid so far stays recorded; what comes from now on is shown again.</p>}
          confirm="End"
          onClose={() => setEnding(undefined)}
          onConfirm={(reason) =>
            end.mutateAsync({ id: ending.id, reason }).then(
              () => tell('Suppression ended.'),
              (error: unknown) => {
                tellProblem(error)
                throw error
              },
            )
          }
        />
      )}
    </Panel>
  )
}
