import type { Alert } from '@nightjar/core'
import { Link } from 'react-router'
import { useList } from '../api/queries.ts'
import { Risk, SeverityBadge } from '../parts/badges.tsx'
import { Foreign } from '../parts/foreign.tsx'
import { Panel } from '../parts/page.tsx'
import { Age } from '../parts/time.tsx'
import { entityOf } from '../show/words.ts'

const SHOWN = 5

/** The open alerts of highest risk; nothing where there are none. */
export function RecentAlerts() {
  const { items } = useList<Alert>('/alerts', {
    params: { state: 'open', sort: 'risk', suppressed: 'false' },
    limit: SHOWN,
    refetchMs: 30_000,
  })
  if (items.length === 0) return null
  return (
    <Panel title="Needs you first" aside={<Link to="/alerts">All alerts</Link>} flush>
      <ul className="nj-brief">
        {items.slice(0, SHOWN).map((alert) => (
          <li key={alert.id}>
            <SeverityBadge severity={alert.severity} />
            <Link to={`/alerts?alert=${encodeURIComponent(alert.id)}`} className="nj-grow nj-clip">
              <Foreign text={alert.title} />
            </Link>
            <span className="nj-muted nj-wide nj-clip nj-brief-who">
              <Foreign text={entityOf(alert, 'principal') || entityOf(alert, 'server')} empty="" />
            </span>
            <Risk risk={alert.risk} />
            <Age iso={alert.lastSeen} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}
