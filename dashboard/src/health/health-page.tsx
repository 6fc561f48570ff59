import type { HealthView } from '@nightjar/core'
import type { ReactNode } from 'react'
import { useHealth } from '../api/queries.ts'
import { GetStarted } from '../overview/get-started.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { Foreign } from '../parts/foreign.tsx'
import { Empty, Loaded } from '../parts/notice.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { Age, Time } from '../parts/time.tsx'
import { bytes, count, duration, exact } from '../show/number.ts'

const STATUS = {
  ok: { glyph: '✓', text: 'Everything works', tone: 'quiet' },
  degraded: { glyph: '▲', text: 'Something needs attention', tone: 'high' },
  down: { glyph: '◆', text: 'Something does not work', tone: 'critical' },
} as const

type Source = HealthView['sources'][number]

const SOURCES: readonly Column<Source>[] = [
  {
    key: 'emitter',
    header: 'Emitter',
    width: '22%',
    cell: (row) => <Foreign text={row.emitter} />,
  },
  {
    key: 'host',
    header: 'Host',
    width: '20%',
    wide: true,
    cell: (row) => <Foreign text={row.host} />,
  },
  { key: 'seen', header: 'Last seen', width: '90px', cell: (row) => <Age iso={row.lastSeen} /> },
  {
    key: 'events',
    header: 'Events, 24 h',
    align: 'right',
    width: '104px',
    cell: (row) => <span title={exact(row.events24h)}>{count(row.events24h)}</span>,
  },
  {
    key: 'lost',
    header: 'Lost, 24 h',
    align: 'right',
    width: '90px',
    cell: (row) =>
      row.lost24h > 0 ? (
        <strong className="nj-outcome" data-tone="error">
          {count(row.lost24h)}
        </strong>
      ) : (
        '0'
      ),
  },
  {
    key: 'quality',
    header: 'Missing from the capture',
    wide: true,
    cell: (row) => <span className="nj-muted">{row.quality.join(', ') || '–'}</span>,
  },
]

/** Whether what is shown elsewhere can be trusted: ingest, detection, delivery, store, sources. */
export function HealthPage() {
  const { data, isPending, error, refetch } = useHealth()
  return (
    <Page title="Health">
      <Loaded isPending={isPending} error={error} retry={() => void refetch()}>
        {data && <Content health={data} />}
      </Loaded>
    </Page>
  )
}

function Content({ health }: { health: HealthView }) {
  const { ingest, detect, deliver, store, sources } = health
  const status = STATUS[health.status]
  return (
    <>
      <p className="nj-headline" data-tone={status.tone}>
        <span aria-hidden="true">{status.glyph}</span>
        <span>
          {status.text}. Version {health.version}, running since <Time iso={health.startedAt} />.
        </span>
      </p>
      <div className="nj-tiles">
        <Tile
          title="Ingest lag"
          value={ingest.lagMs === null ? '–' : duration(ingest.lagMs)}
          note={
            <>
              last event <Age iso={ingest.lastEventTime} />, received{' '}
              <Age iso={ingest.lastReceivedTime} />
            </>
          }
        />
        <Tile
          title="Events kept"
          value={count(ingest.events)}
          note={`${exact(ingest.duplicates)} duplicates met`}
        />
        <Tile
          title="Rejected"
          value={count(ingest.rejected)}
          note={`${exact(ingest.skipped)} skipped: not MCP`}
        />
        <Tile
          title="Asked to retry"
          value={count(ingest.retryLater)}
          note="overload, answered 429 or 503; nothing dropped"
        />
        <Tile
          title="Detection lag"
          value={count(detect.lagEvents)}
          note={`events behind; ${detect.rules} rules, ${exact(detect.windowsEvicted)} windows evicted`}
        />
        <Tile
          title="Deliveries waiting"
          value={count(deliver.pending)}
          warn={deliver.held > 0}
          note={`${exact(deliver.held)} held`}
        />
        <Tile
          title="Store"
          value={bytes(store.bytes)}
          warn={store.restarts > 0}
          note={`${count(store.rows)} rows, ${store.engine}, ${exact(store.restarts)} restarts`}
        />
      </div>
      <Panel title="Sources" flush={sources.length > 0}>
        {sources.length === 0 ? (
          <Empty title="Nothing has sent anything yet">
            <GetStarted />
          </Empty>
        ) : (
          <DataTable
            label="Sources"
            rows={sources}
            columns={SOURCES}
            rowKey={({ emitter, host }) => `${emitter} ${host}`}
          />
        )}
      </Panel>
    </>
  )
}

interface TileProps {
  readonly title: string
  readonly value: string
  readonly note: ReactNode
  readonly warn?: boolean
}

function Tile({ title, value, note, warn = false }: TileProps) {
  return (
    <section className="nj-tile" data-warn={warn || undefined}>
      <h2>{title}</h2>
      <strong className="nj-figure">
        {warn && <span aria-hidden="true">▲ </span>}
        {value}
      </strong>
      <p className="nj-muted">{note}</p>
    </section>
  )
}
