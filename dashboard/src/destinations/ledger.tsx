import { Button } from '@mantine/core'
import type { Delivery } from '@nightjar/core'
import { Link } from 'react-router'
import { useRedeliver } from '../api/commands.ts'
import { useDeliveries } from '../api/queries.ts'
import { type Column, DataTable, More } from '../parts/data-table.tsx'
import { Foreign, Ident } from '../parts/foreign.tsx'
import { Loaded } from '../parts/notice.tsx'
import { Age, Time } from '../parts/time.tsx'
import { tell, tellProblem } from '../parts/toasts.tsx'
import { duration } from '../show/number.ts'

const GLYPH: Record<Delivery['state'], string> = {
  pending: '◌',
  delivered: '✓',
  retrying: '↻',
  held: '⏸',
  rejected: '✕',
  superseded: '→',
}

/** What became of each alert version at one destination. */
export function Ledger({ destinationId }: { destinationId: string }) {
  const list = useDeliveries(destinationId)
  const redeliver = useRedeliver()
  const again = (id: string) =>
    redeliver.mutate(id, { onSuccess: () => tell('Queued for delivery.'), onError: tellProblem })
  const columns: Column<Delivery>[] = [
    {
      key: 'state',
      header: 'State',
      width: '108px',
      cell: ({ state }) => (
        <span className="nj-state" data-state={state}>
          <span aria-hidden="true">{GLYPH[state]}</span> {state}
        </span>
      ),
    },
    { key: 'age', header: 'Age', width: '56px', cell: ({ createdAt }) => <Age iso={createdAt} /> },
    {
      key: 'alert',
      header: 'Alert',
      cell: (row) =>
        row.test ? (
          <span className="nj-chip">test</span>
        ) : (
          <Link to={`/alerts?state=all&alert=${encodeURIComponent(row.alertId)}`}>
            <Ident id={row.alertId} length={14} />
          </Link>
        ),
    },
    {
      key: 'answer',
      header: 'Answer',
      width: '30%',
      cell: (row) => (
        <div className="nj-clip" title={row.error}>
          {row.responseStatus > 0 && <strong>{row.responseStatus} </strong>}
          {row.latencyMs > 0 && <span className="nj-muted">{duration(row.latencyMs)} </span>}
          {row.error && <Foreign text={row.error} />}
          {row.nextAttemptAt && (
            <span className="nj-muted">
              {' '}
              next <Time iso={row.nextAttemptAt} />
            </span>
          )}
        </div>
      ),
    },
    {
      key: 'attempts',
      header: 'Tries',
      align: 'right',
      width: '52px',
      cell: ({ attempts }) => attempts,
    },
    {
      key: 'again',
      header: 'Action',
      align: 'right',
      width: '84px',
      cell: (row) =>
        row.state !== 'pending' &&
        !row.test && (
          <Button variant="default" size="compact-xs" onClick={() => again(row.id)}>
            Redeliver
          </Button>
        ),
    },
  ]
  return (
    <Loaded isPending={list.isPending} error={list.error} retry={list.refetch}>
      {list.items.length === 0 ? (
        <p className="nj-muted">Nothing was sent yet. Send a test event.</p>
      ) : (
        <>
          <DataTable
            label="Deliveries, newest first"
            rows={list.items}
            columns={columns}
            rowKey={({ id }) => id}
          />
          <More shown={list.items.length} total={list.total} more={list.more} />
        </>
      )}
    </Loaded>
  )
}
