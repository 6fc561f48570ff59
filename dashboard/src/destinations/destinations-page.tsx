import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useSearchParams } from 'react-router'
import { type DestinationView, useDestinations } from '../api/queries.ts'
import { SeverityBadge } from '../parts/badges.tsx'
import { type Column, DataTable, More } from '../parts/data-table.tsx'
import { Foreign } from '../parts/foreign.tsx'
import { Empty, Loaded } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { Age } from '../parts/time.tsx'
import { AddDestination } from './add-dialog.tsx'
import { DestinationPanel } from './destination-panel.tsx'

const STATUS = { ok: '✓ ok', retrying: '↻ retrying', held: '⏸ held', disabled: '– off' } as const

function columns(onOpen: (id: string) => void): Column<DestinationView>[] {
  return [
    {
      key: 'name',
      header: 'Name',
      width: '24%',
      cell: (row) => (
        <div className="nj-clip">
          <button type="button" className="nj-link nj-title" onClick={() => onOpen(row.id)}>
            <Foreign text={row.name} />
          </button>
        </div>
      ),
    },
    { key: 'type', header: 'Type', width: '90px', wide: true, cell: (row) => row.type },
    {
      key: 'url',
      header: 'URL',
      wide: true,
      cell: (row) => (
        <div className="nj-clip">
          <Foreign text={row.url} />
        </div>
      ),
    },
    {
      key: 'min',
      header: 'From',
      width: '90px',
      cell: (row) => <SeverityBadge severity={row.minSeverity} />,
    },
    {
      key: 'status',
      header: 'Status',
      width: '110px',
      cell: (row) => (
        <span className="nj-state" data-state={row.status} title={row.statusDetail}>
          {STATUS[row.status]}
        </span>
      ),
    },
    {
      key: 'changed',
      header: 'Changed',
      align: 'right',
      width: '84px',
      wide: true,
      cell: (row) => <Age iso={row.updatedAt} />,
    },
  ]
}

/** Where alerts go, and what became of each. */
export function DestinationsPage() {
  const list = useDestinations()
  const [adding, { open, close }] = useDisclosure(false)
  const [search, setSearch] = useSearchParams()
  const openId = search.get('destination') ?? ''
  const chosen = list.items.find(({ id }) => id === openId)
  const show = (id: string) => setSearch(id ? { destination: id } : {}, { replace: true })
  return (
    <Page
      title="Destinations"
      lead="Alerts leave as signed OCSF Detection Findings, in order, retried until they arrive"
      actions={<Button onClick={open}>Add webhook</Button>}
    >
      <Loaded isPending={list.isPending} error={list.error} retry={list.refetch}>
        {list.items.length === 0 ? (
          <Empty title="Alerts stay here">
            <p>
              No destination is set. Add your SIEM’s webhook: every alert is sent to it, signed
              after Standard Webhooks, and again until it is taken.
            </p>
            <Button onClick={open}>Add webhook</Button>
          </Empty>
        ) : (
          <>
            <DataTable
              label="Destinations"
              rows={list.items}
              columns={columns(show)}
              rowKey={({ id }) => id}
              activeKey={openId}
              onOpen={({ id }) => show(id)}
            />
            <More shown={list.items.length} total={list.total} more={list.more} />
          </>
        )}
      </Loaded>
      {adding && <AddDestination onClose={close} />}
      {chosen && <DestinationPanel key={chosen.id} destination={chosen} onClose={() => show('')} />}
    </Page>
  )
}
