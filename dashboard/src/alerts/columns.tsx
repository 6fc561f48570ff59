import type { Alert } from '@nightjar/core'
import { Link } from 'react-router'
import { AlertStateText, Risk, SeverityBadge } from '../parts/badges.tsx'
import type { Column } from '../parts/data-table.tsx'
import { Foreign } from '../parts/foreign.tsx'
import { Age } from '../parts/time.tsx'
import { legible } from '../show/foreign.ts'
import { count, exact } from '../show/number.ts'
import { entityOf } from '../show/words.ts'

/** `server › tool`, or the one that is known. */
export function Where({ alert }: { alert: Alert }) {
  const server = entityOf(alert, 'server')
  const tool = entityOf(alert, 'tool')
  if (!server && !tool) return <span className="nj-muted">–</span>
  return (
    <>
      {server && <Foreign text={server} />}
      {server && tool && <span className="nj-muted"> › </span>}
      {tool && <Foreign text={tool} />}
    </>
  )
}

/** The columns of the queue; on a narrow window the title's cell holds the rest. */
export function alertColumns(linkTo: (id: string) => string): Column<Alert>[] {
  return [
    {
      key: 'severity',
      header: 'Severity',
      width: '80px',
      cell: (alert) => <SeverityBadge severity={alert.severity} />,
    },
    {
      key: 'title',
      header: 'Alert',
      cell: (alert) => (
        <div className="nj-clip">
          {alert.regressed && <span className="nj-chip nj-chip-warn">regressed</span>}
          {alert.suppressed && <span className="nj-chip">suppressed</span>}{' '}
          <Link to={linkTo(alert.id)} className="nj-title" title={legible(alert.title)}>
            <Foreign text={alert.title} />
          </Link>
          <div className="nj-narrow nj-muted nj-clip">
            <Age iso={alert.lastSeen} /> · <AlertStateText alert={alert} /> ·{' '}
            <Foreign text={entityOf(alert, 'principal')} /> · <Where alert={alert} />
          </div>
        </div>
      ),
    },
    {
      key: 'where',
      header: 'Server › tool',
      width: '17%',
      wide: true,
      cell: (alert) => (
        <div className="nj-clip">
          <Where alert={alert} />
        </div>
      ),
    },
    {
      key: 'principal',
      header: 'Principal',
      width: '12%',
      wide: true,
      cell: (alert) => (
        <div className="nj-clip">
          <Foreign text={entityOf(alert, 'principal')} />
        </div>
      ),
    },
    {
      key: 'count',
      header: 'Count',
      align: 'right',
      width: '58px',
      wide: true,
      cell: (alert) => <span title={`${exact(alert.count)} findings`}>{count(alert.count)}</span>,
    },
    {
      key: 'risk',
      header: 'Risk',
      align: 'right',
      width: '58px',
      sorted: 'descending',
      cell: (alert) => <Risk risk={alert.risk} />,
    },
    {
      key: 'age',
      header: 'Age',
      align: 'right',
      width: '54px',
      wide: true,
      cell: (alert) => <Age iso={alert.lastSeen} />,
    },
    {
      key: 'owner',
      header: 'Owner',
      width: '76px',
      wide: true,
      cell: (alert) => (
        <div className="nj-clip">
          <Foreign text={alert.owner} />
        </div>
      ),
    },
    {
      key: 'state',
      header: 'State',
      width: '122px',
      wide: true,
      cell: (alert) => <AlertStateText alert={alert} />,
    },
  ]
}
