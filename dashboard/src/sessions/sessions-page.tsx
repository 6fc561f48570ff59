import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import type { SessionView } from '@nightjar/core'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { useSessions } from '../api/queries.ts'
import { GetStarted } from '../overview/get-started.tsx'
import { type Column, DataTable, More } from '../parts/data-table.tsx'
import { Foreign } from '../parts/foreign.tsx'
import { Empty, Loaded } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { Age } from '../parts/time.tsx'
import { bytes, count, duration, exact } from '../show/number.ts'

const pathTo = ({ id }: SessionView) => `/sessions/${encodeURIComponent(id)}`

const COLUMNS: readonly Column<SessionView>[] = [
  {
    key: 'principal',
    header: 'Principal',
    cell: (row) => (
      <div className="nj-clip">
        <Link to={pathTo(row)} className="nj-title">
          <Foreign text={row.principal} empty="(nobody named)" />
        </Link>
        <div className="nj-narrow nj-muted nj-clip">
          <Foreign text={row.client} /> · <Foreign text={row.servers.join(', ')} /> ·{' '}
          <Age iso={row.lastTime} />
        </div>
      </div>
    ),
  },
  {
    key: 'client',
    header: 'Client',
    width: '13%',
    wide: true,
    cell: (row) => (
      <div className="nj-clip">
        <Foreign text={row.client} />
      </div>
    ),
  },
  {
    key: 'host',
    header: 'Host',
    width: '11%',
    wide: true,
    cell: (row) => (
      <div className="nj-clip">
        <Foreign text={row.host} />
      </div>
    ),
  },
  {
    key: 'servers',
    header: 'Servers',
    width: '20%',
    wide: true,
    cell: (row) => (
      <div className="nj-clip" title={row.servers.join(', ')}>
        <Foreign text={row.servers.join(', ')} />
      </div>
    ),
  },
  {
    key: 'calls',
    header: 'Calls',
    align: 'right',
    width: '64px',
    cell: (row) => <span title={exact(row.calls)}>{count(row.calls)}</span>,
  },
  {
    key: 'errors',
    header: 'Errors',
    align: 'right',
    width: '64px',
    wide: true,
    cell: (row) => <Some n={row.errors} tone="error" />,
  },
  {
    key: 'denied',
    header: 'Denied',
    align: 'right',
    width: '68px',
    cell: (row) => <Some n={row.denied} tone="denied" />,
  },
  {
    key: 'in',
    header: 'Results',
    align: 'right',
    width: '84px',
    wide: true,
    cell: (row) => bytes(row.resultBytes),
  },
  {
    key: 'length',
    header: 'Length',
    align: 'right',
    width: '88px',
    wide: true,
    cell: (row) => duration(Date.parse(row.lastTime) - Date.parse(row.firstTime)),
  },
  {
    key: 'age',
    header: 'Last call',
    align: 'right',
    width: '78px',
    wide: true,
    sorted: 'descending',
    cell: (row) => <Age iso={row.lastTime} />,
  },
]

function Some({ n, tone }: { n: number; tone: 'error' | 'denied' }) {
  return n === 0 ? (
    <span className="nj-muted">0</span>
  ) : (
    <strong className="nj-outcome" data-tone={tone}>
      {count(n)}
    </strong>
  )
}

/** Who worked with which servers, newest first. */
export function SessionsPage() {
  const [search, setSearch] = useSearchParams()
  const q = search.get('q') ?? ''
  const [text, setText] = useState(q)
  const ask = useDebouncedCallback((value: string) => {
    setSearch(value.trim() ? { q: value.trim() } : {}, { replace: true })
  }, 300)
  const list = useSessions(q)
  const navigate = useNavigate()
  return (
    <Page
      title="Sessions"
      lead="Calls of one principal and client that belong together, newest first"
    >
      <search className="nj-filters">
        <TextInput
          aria-label="Search sessions"
          placeholder="Search: principal, client, host, server, tool"
          leftSection={<IconSearch size={14} />}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value)
            ask(event.currentTarget.value)
          }}
          className="nj-search"
        />
      </search>
      <Loaded isPending={list.isPending} error={list.error} retry={list.refetch}>
        {list.items.length === 0 ? (
          q ? (
            <Empty title="No session matches" />
          ) : (
            <Empty title="No session yet">
              <GetStarted />
            </Empty>
          )
        ) : (
          <>
            <DataTable
              label="Sessions, newest first"
              rows={list.items}
              columns={COLUMNS}
              rowKey={({ id }) => id}
              onOpen={(row) => void navigate(pathTo(row))}
            />
            <More shown={list.items.length} total={list.total} more={list.more} />
          </>
        )}
      </Loaded>
    </Page>
  )
}
