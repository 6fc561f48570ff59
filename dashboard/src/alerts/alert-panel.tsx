import { Button } from '@mantine/core'
import type { Alert } from '@nightjar/core'
import { Link } from 'react-router'
import { type AlertDetail, useAlert } from '../api/queries.ts'
import { AlertStateText, Risk, SeverityBadge } from '../parts/badges.tsx'
import { Foreign } from '../parts/foreign.tsx'
import { Loaded } from '../parts/notice.tsx'
import { Facts } from '../parts/page.tsx'
import { SidePanel } from '../parts/side-panel.tsx'
import { CopyIcon } from '../parts/snippet.tsx'
import { Age, Time } from '../parts/time.tsx'
import { exact } from '../show/number.ts'
import { CLOSE_REASON, entityLabel, entityOf } from '../show/words.ts'
import { AlertContext, History } from './alert-context.tsx'
import { Evidence, WhyItFired } from './alert-evidence.tsx'

/** What the panel's buttons do. */
export interface PanelActions {
  readonly acknowledge: (alert: Alert) => void
  readonly close: (alert: Alert) => void
  readonly reopen: (alert: Alert) => void
  readonly comment: (alert: Alert) => void
  readonly assign: (alert: Alert) => void
  readonly suppress: (alert: Alert) => void
}

interface AlertPanelProps {
  readonly id: string
  readonly onClose: () => void
  readonly actions: PanelActions
}

/** One alert, told in an order that never changes: what, why, evidence, context, history. */
export function AlertPanel({ id, onClose, actions }: AlertPanelProps) {
  const { data, isPending, error, refetch } = useAlert(id)
  const alert = data?.alert
  return (
    <SidePanel
      title={
        alert ? (
          <>
            <SeverityBadge severity={alert.severity} /> <Foreign text={alert.title} />
          </>
        ) : (
          'Alert'
        )
      }
      actions={<CopyIcon text={linkOf(id)} label="Copy link (y)" />}
      footer={alert && <Actions alert={alert} actions={actions} />}
      onClose={onClose}
    >
      <Loaded isPending={isPending} error={error} retry={() => void refetch()}>
        {data && <Sections detail={data} />}
      </Loaded>
    </SidePanel>
  )
}

/** The address that shows an alert to a colleague. */
export function linkOf(id: string): string {
  return `${window.location.origin}/alerts?alert=${encodeURIComponent(id)}`
}

function Sections({ detail }: { detail: AlertDetail }) {
  const { alert } = detail
  return (
    <>
      <section aria-labelledby="alert-what">
        <h3 id="alert-what">What happened</h3>
        <p className="nj-summary">
          <Foreign text={alert.summary} />
        </p>
        <Facts
          facts={[
            [
              'State',
              <span key="state" className="nj-inline">
                <AlertStateText alert={alert} />
                {alert.regressed && <span className="nj-chip nj-chip-warn">regressed</span>}
                {alert.suppressed && <span className="nj-chip">suppressed</span>}
              </span>,
            ],
            ['Closed as', alert.closeReason && CLOSE_REASON[alert.closeReason]],
            ['Owner', alert.owner && <Foreign text={alert.owner} />],
            ['Risk', <Risk key="risk" risk={alert.risk} word />],
            ['Findings', exact(alert.count)],
            ['First seen', <Time key="first" iso={alert.firstSeen} />],
            [
              'Last seen',
              <span key="last">
                <Time iso={alert.lastSeen} /> (<Age iso={alert.lastSeen} />)
              </span>,
            ],
            ...Object.entries(alert.entity).map(
              ([name, value]) => [entityLabel(name), <Foreign key={name} text={value} />] as const,
            ),
          ]}
        />
      </section>
      <WhyItFired detail={detail} />
      <Evidence detail={detail} />
      <AlertContext detail={detail} />
      <History alert={alert} />
    </>
  )
}

function driftPath(alert: Alert): string {
  const id = alert.entity.serverId
  return id
    ? `/drift?server=${encodeURIComponent(id)}`
    : `/drift?q=${encodeURIComponent(entityOf(alert, 'server'))}`
}

function Actions({ alert, actions }: { alert: Alert; actions: PanelActions }) {
  return (
    <div className="nj-panel-actions">
      {alert.state === 'open' && (
        <Button onClick={() => actions.acknowledge(alert)}>Acknowledge (a)</Button>
      )}
      {alert.state === 'closed' ? (
        <Button onClick={() => actions.reopen(alert)}>Reopen</Button>
      ) : (
        <Button
          variant={alert.state === 'open' ? 'default' : 'filled'}
          onClick={() => actions.close(alert)}
        >
          Close (e)
        </Button>
      )}
      <Button variant="default" onClick={() => actions.comment(alert)}>
        Comment (c)
      </Button>
      <Button variant="default" onClick={() => actions.assign(alert)}>
        Assign
      </Button>
      <Button variant="default" onClick={() => actions.suppress(alert)}>
        Suppress (s)
      </Button>
      {alert.family.includes('drift') && <Link to={driftPath(alert)}>Judge the drift</Link>}
    </div>
  )
}
