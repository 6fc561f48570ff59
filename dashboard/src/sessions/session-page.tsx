import type { CallView, SessionView } from '@nightjar/core'
import { Link, useParams, useSearchParams } from 'react-router'
import { useCalls, useSession } from '../api/queries.ts'
import { OutcomeText } from '../parts/badges.tsx'
import { type Column, DataTable, More } from '../parts/data-table.tsx'
import { EventDetails } from '../parts/event-details.tsx'
import { Foreign } from '../parts/foreign.tsx'
import { Empty, Loaded } from '../parts/notice.tsx'
import { Facts, Page, Panel } from '../parts/page.tsx'
import { SidePanel } from '../parts/side-panel.tsx'
import { Time } from '../parts/time.tsx'
import { legible } from '../show/foreign.ts'
import { bytes, duration, exact, plural } from '../show/number.ts'
import { clock } from '../show/time.ts'
import { usePreferences } from '../theme/preferences.ts'
import { Timeline } from './timeline.tsx'

/** One session: its calls in lanes, and each call's evidence. */
export function SessionPage() {
  const { id = '' } = useParams()
  const [search, setSearch] = useSearchParams()
  const session = useSession(id)
  const list = useCalls(id)
  const calls = [...list.items].sort((a, b) => a.time.localeCompare(b.time))
  const openId = search.get('call') ?? ''
  const open = calls.find((call) => call.id === openId)
  const show = (callId: string) => setSearch(callId ? { call: callId } : {}, { replace: true })
  const who = session.data?.principal || 'nobody named'
  return (
    <Page
      title={session.data ? `Session of ${legible(who)}` : 'Session'}
      lead={<Link to="/sessions">All sessions</Link>}
    >
      <Loaded
        isPending={session.isPending}
        error={session.error}
        retry={() => void session.refetch()}
      >
        {session.data && <Summary session={session.data} />}
      </Loaded>
      <Loaded isPending={list.isPending} error={list.error} retry={list.refetch}>
        {calls.length === 0 ? (
          <Empty title="No call of this session is kept any more" />
        ) : (
          <>
            <Panel title="Timeline">
              <Timeline calls={calls} openId={openId} onOpen={(call) => show(call.id)} />
            </Panel>
            <CallTable calls={calls} openId={openId} onOpen={show} />
            <More shown={calls.length} total={list.total} more={list.more} />
          </>
        )}
      </Loaded>
      {open && <CallPanel call={open} onClose={() => show('')} />}
    </Page>
  )
}

function Summary({ session }: { session: SessionView }) {
  return (
    <Panel title="Summary">
      <Facts
        facts={[
          ['Client', session.client && <Foreign text={session.client} />],
          ['Host', session.host && <Foreign text={session.host} />],
          ['Servers', <Foreign key="servers" text={session.servers.join(', ')} />],
          ['From', <Time key="from" iso={session.firstTime} />],
          ['To', <Time key="to" iso={session.lastTime} />],
          ['Length', duration(Date.parse(session.lastTime) - Date.parse(session.firstTime))],
          [
            'Calls',
            `${exact(session.calls)} (${plural(session.errors, 'error')}, ${exact(session.denied)} denied)`,
          ],
          ['Sent', bytes(session.argsBytes)],
          ['Received', bytes(session.resultBytes)],
          ['Tools', <Foreign key="tools" text={session.tools.join(', ')} />],
        ]}
      />
    </Panel>
  )
}

interface CallTableProps {
  readonly calls: readonly CallView[]
  readonly openId: string
  readonly onOpen: (id: string) => void
}

function CallTable({ calls, openId, onOpen }: CallTableProps) {
  const { zone } = usePreferences()
  const columns: Column<CallView>[] = [
    {
      key: 'time',
      header: 'Time',
      width: '110px',
      cell: (call) => <span className="nj-time">{clock(call.time, zone)}</span>,
    },
    {
      key: 'tool',
      header: 'Call',
      width: '22%',
      cell: (call) => (
        <div className="nj-clip">
          <button type="button" className="nj-link nj-title" onClick={() => onOpen(call.id)}>
            <Foreign text={call.tool || call.method} />
          </button>
        </div>
      ),
    },
    {
      key: 'server',
      header: 'Server',
      width: '16%',
      wide: true,
      cell: (call) => (
        <div className="nj-clip">
          <Foreign text={call.server} />
        </div>
      ),
    },
    {
      key: 'target',
      header: 'Target',
      wide: true,
      cell: (call) => (
        <div className="nj-clip nj-muted">
          <Foreign text={targetOf(call)} empty="" />
        </div>
      ),
    },
    {
      key: 'outcome',
      header: 'Outcome',
      width: '112px',
      cell: (call) => <OutcomeText outcome={call.outcome} />,
    },
    {
      key: 'seen',
      header: 'Seen from',
      width: '130px',
      wide: true,
      cell: (call) => <span className="nj-muted">{call.vantages.join(', ')}</span>,
    },
    {
      key: 'duration',
      header: 'Took',
      align: 'right',
      width: '80px',
      wide: true,
      cell: (call) => duration(call.durationUs / 1000),
    },
  ]
  return (
    <DataTable
      label="Calls, oldest first"
      rows={calls}
      columns={columns}
      rowKey={({ id }) => id}
      activeKey={openId}
      onOpen={({ id }) => onOpen(id)}
    />
  )
}

function targetOf({ events }: CallView): string {
  for (const event of events) {
    const target = event.target ?? event.resource ?? event.destination
    if (target) return target
  }
  return ''
}

function CallPanel({ call, onClose }: { call: CallView; onClose: () => void }) {
  return (
    <SidePanel title={<Foreign text={call.tool || call.method} />} onClose={onClose}>
      <p className="nj-muted">
        {call.vantages.length === 1
          ? `Seen from one vantage: the ${call.vantages[0]}.`
          : `One call, seen from ${plural(call.vantages.length, 'vantage')}: ${call.vantages.join(', ')}.`}
      </p>
      {call.events.map((event) => (
        <section key={event.id} aria-label={`As the ${event.vantage} saw it`}>
          <h3>As the {event.vantage} saw it</h3>
          <EventDetails event={event} />
        </section>
      ))}
    </SidePanel>
  )
}
