import { SegmentedControl, TextInput } from '@mantine/core'
import type { Server } from '@nightjar/core'
import { IconSearch } from '@tabler/icons-react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { useServers } from '../api/queries.ts'
import { ServerStateText } from '../parts/badges.tsx'
import { type Column, DataTable, More } from '../parts/data-table.tsx'
import { Foreign } from '../parts/foreign.tsx'
import { Empty, Loaded } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { Snippet } from '../parts/snippet.tsx'
import { Age } from '../parts/time.tsx'
import { SERVER_STATE } from '../show/words.ts'
import { Proof, proofWarning } from './proofs.tsx'

const pathTo = ({ id }: Server) => `/servers/${encodeURIComponent(id)}`
const STATES = ['all', 'pending', 'approved', 'rejected', 'quarantined'] as const

const columns = (all: readonly Server[]): readonly Column<Server>[] => [
  {
    key: 'name',
    header: 'Server',
    cell: (server) => (
      <div className="nj-named">
        <Link to={pathTo(server)} className="nj-title nj-clip">
          <Foreign text={server.name} empty="(no name)" />
        </Link>
        {server.drift && <span className="nj-chip nj-chip-warn">~ changed</span>}
        {proofWarning(server, all) && (
          <span className="nj-chip nj-chip-warn">▲ {proofWarning(server, all)}</span>
        )}
      </div>
    ),
  },
  {
    key: 'identity',
    header: 'Known by',
    width: '22%',
    wide: true,
    cell: (server) => (
      <div className="nj-clip" title={server.key}>
        {!server.key.startsWith(server.keyKind) && (
          <span className="nj-muted">{server.keyKind} </span>
        )}
        {server.keyKind !== 'label' && (
          <code className="nj-id">
            <Foreign text={server.key} />
          </code>
        )}
      </div>
    ),
  },
  {
    key: 'state',
    header: 'State',
    width: '124px',
    cell: (server) => <ServerStateText state={server.state} />,
  },
  {
    key: 'declared',
    header: 'Declared',
    width: '92px',
    wide: true,
    cell: (server) => <Proof server={server} kind="declared" />,
  },
  {
    key: 'running',
    header: 'Running',
    width: '88px',
    wide: true,
    cell: (server) => <Proof server={server} kind="running" />,
  },
  {
    key: 'called',
    header: 'Called',
    width: '84px',
    wide: true,
    cell: (server) => <Proof server={server} kind="called" />,
  },
  {
    key: 'tools',
    header: 'Tools',
    align: 'right',
    width: '64px',
    wide: true,
    cell: (server) => server.tools.length,
  },
  {
    key: 'hosts',
    header: 'Hosts',
    align: 'right',
    width: '64px',
    wide: true,
    cell: (server) => server.hosts.length,
  },
  {
    key: 'seen',
    header: 'Last seen',
    align: 'right',
    width: '84px',
    cell: (server) => <Age iso={server.lastSeen} />,
  },
]

/** Every server with its three proofs, and what was judged of it. */
export function ServersPage() {
  const [search, setSearch] = useSearchParams()
  const state = search.get('state') ?? 'all'
  const q = search.get('q') ?? ''
  const list = useServers(state === 'all' ? {} : { state })
  const navigate = useNavigate()
  const words = q.toLowerCase()
  const rows = list.items.filter((server) =>
    [server.name, server.key, ...server.hosts, ...server.tools].some((text) =>
      text.toLowerCase().includes(words),
    ),
  )
  const set = (name: string, value: string) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old)
        if (value === '' || value === 'all') next.delete(name)
        else next.set(name, value)
        return next
      },
      { replace: true },
    )
  return (
    <Page title="Servers" lead="Declared, running, called: three independent proofs of each">
      <search className="nj-filters">
        <SegmentedControl
          size="xs"
          aria-label="State"
          value={state}
          onChange={(value) => set('state', value)}
          data={STATES.map((value) => ({
            value,
            label: value === 'all' ? 'All' : SERVER_STATE[value].word,
          }))}
          transitionDuration={0}
        />
        <TextInput
          aria-label="Find servers"
          placeholder="Find: name, key, host, tool"
          leftSection={<IconSearch size={14} />}
          value={q}
          onChange={(event) => set('q', event.currentTarget.value)}
          className="nj-search"
        />
      </search>
      <Loaded isPending={list.isPending} error={list.error} retry={list.refetch}>
        {rows.length === 0 ? (
          <NoServers filtered={q !== '' || state !== 'all'} />
        ) : (
          <>
            <DataTable
              label="Servers"
              rows={rows}
              columns={columns(list.items)}
              rowKey={({ id }) => id}
              onOpen={(server) => void navigate(pathTo(server))}
            />
            <More shown={rows.length} total={q ? rows.length : list.total} more={list.more} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function NoServers({ filtered }: { filtered: boolean }) {
  if (filtered) return <Empty title="No server matches" />
  return (
    <Empty title="No server is known yet">
      <p>A server is listed once it is called through telemetry, or found by a tap.</p>
      <div className="nj-snippets">
        <Snippet
          label="Put tap before a server’s command"
          code="npx nightjar tap -- npx -y @modelcontextprotocol/server-filesystem ."
        />
        <Snippet label="Or see real servers at work" code="npx nightjar demo" />
      </div>
    </Empty>
  )
}
