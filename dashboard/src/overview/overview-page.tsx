import type { Overview } from '@nightjar/core'
import { lazy, Suspense } from 'react'
import { Link } from 'react-router'
import { useOverview } from '../api/queries.ts'
import { SeverityBadge } from '../parts/badges.tsx'
import { Empty, Loaded } from '../parts/notice.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { count, delta, percent } from '../show/number.ts'
import { SEVERITIES, SEVERITY } from '../show/words.ts'
import { GetStarted } from './get-started.tsx'
import { headline } from './headline.ts'
import { RecentAlerts } from './recent-alerts.tsx'
import { TopServers, TopTools } from './top-lists.tsx'

const CallsChart = lazy(async () => ({ default: (await import('./calls-chart.tsx')).CallsChart }))

/** Is now normal, and what needs a person. */
export function OverviewPage() {
  const { data, isPending, error, refetch } = useOverview()
  return (
    <Page title="Overview">
      <Loaded isPending={isPending} error={error} retry={() => void refetch()}>
        {data && <Content overview={data} />}
      </Loaded>
    </Page>
  )
}

function Content({ overview }: { overview: Overview }) {
  const line = headline(overview)
  const nothing = overview.calls.last24h === 0 && overview.series.every(({ calls }) => calls === 0)
  return (
    <>
      <p className="nj-headline" data-tone={line.tone}>
        <span aria-hidden="true">{line.glyph}</span>
        {line.to ? <Link to={line.to}>{line.text}</Link> : <span>{line.text}</span>}
      </p>
      <SeverityCounts overview={overview} />
      <div className="nj-grid">
        <div className="nj-span-2">
          <Panel title="Calls">
            {nothing ? (
              <Empty title="No calls yet">
                <GetStarted />
              </Empty>
            ) : (
              <Suspense fallback={<div className="nj-chart-space" />}>
                <CallsChart series={overview.series} />
              </Suspense>
            )}
          </Panel>
        </div>
        <div className="nj-span-2">
          <RecentAlerts />
        </div>
        <TopServers rows={overview.topServers} />
        <TopTools rows={overview.topTools} />
      </div>
    </>
  )
}

function SeverityCounts({ overview }: { overview: Overview }) {
  const { calls, servers, openAlerts } = overview
  return (
    <div className="nj-tiles">
      <section className="nj-tile" aria-label="Open alerts by severity">
        <h2>Open alerts</h2>
        <ul className="nj-severity-counts">
          {SEVERITIES.map((severity) => {
            const n = openAlerts[severity] ?? 0
            return (
              <li key={severity} data-none={n === 0 || undefined}>
                <Link
                  to={`/alerts?severity=${severity}`}
                  aria-label={`${n} open ${SEVERITY[severity].word} alerts`}
                >
                  <strong>{count(n)}</strong>
                  <SeverityBadge severity={severity} />
                </Link>
              </li>
            )
          })}
        </ul>
      </section>
      <Tile
        title="Calls, 24 h"
        value={count(calls.last24h)}
        note={`${delta(calls.last24h, calls.previous24h)} vs prev 24 h`}
      />
      <Tile
        title="Errors, 24 h"
        value={count(calls.errors24h)}
        note={`${percent(calls.errors24h, calls.last24h)} of calls`}
      />
      <Tile
        title="Denied, 24 h"
        value={count(calls.denied24h)}
        note={`${percent(calls.denied24h, calls.last24h)} of calls`}
      />
      <Tile
        title="Servers"
        value={count(servers.total)}
        note={
          <>
            <Link to="/servers?state=pending">{servers.pending} pending</Link> ·{' '}
            <Link to="/drift">{servers.drift} with drift</Link>
          </>
        }
      />
      <Tile
        title="Principals, 24 h"
        value={count(overview.principals24h)}
        note="made at least one call"
      />
    </div>
  )
}

function Tile({ title, value, note }: { title: string; value: string; note: React.ReactNode }) {
  return (
    <section className="nj-tile">
      <h2>{title}</h2>
      <strong className="nj-figure">{value}</strong>
      <p className="nj-muted">{note}</p>
    </section>
  )
}
