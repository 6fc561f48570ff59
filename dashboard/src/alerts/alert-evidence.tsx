import { Button } from '@mantine/core'
import type { AuditEvent, Finding, ManifestChange } from '@nightjar/core'
import { useState } from 'react'
import { Link } from 'react-router'
import type { AlertDetail } from '../api/queries.ts'
import { OutcomeText, SeverityBadge } from '../parts/badges.tsx'
import { Changes } from '../parts/changes.tsx'
import { EventDetails } from '../parts/event-details.tsx'
import { Foreign } from '../parts/foreign.tsx'
import { Facts } from '../parts/page.tsx'
import { Tags } from '../parts/tags.tsx'
import { Time } from '../parts/time.tsx'
import { duration, exact, plural } from '../show/number.ts'
import { clock, zoneName } from '../show/time.ts'
import { usePreferences } from '../theme/preferences.ts'

const SHOWN = 20

/** The rule, what it saw against what it allows, and what its claim is called elsewhere. */
export function WhyItFired({ detail: { alert, findings } }: { detail: AlertDetail }) {
  const finding = findings.at(0) ?? alert.finding
  return (
    <section aria-labelledby="alert-why">
      <h3 id="alert-why">Why it fired</h3>
      <Facts
        facts={[
          [
            'Rule',
            <Link key="rule" to={`/rules?rule=${encodeURIComponent(finding.ruleId)}`}>
              <Foreign text={finding.ruleTitle} />
            </Link>,
            'line',
          ],
          ['Observed', observed(finding), 'line'],
          ['Window', finding.windowMs === undefined ? '' : duration(finding.windowMs)],
          [
            'Events',
            <span key="events">
              {exact(finding.eventCount)}, from <Time iso={finding.firstTime} /> to{' '}
              <Time iso={finding.time} />
            </span>,
            'line',
          ],
        ]}
      />
      <Tags tags={alert.tags} />
      {alert.ruleIds.length > 1 && (
        <p className="nj-muted">
          {plural(alert.ruleIds.length, 'rule')} of the family “{alert.family}” make this one claim.
        </p>
      )}
      <OtherFindings findings={findings} />
    </section>
  )
}

function observed(finding: Finding): React.ReactNode {
  if (finding.observed === undefined) return ''
  return (
    <span>
      <strong className="nj-observed">{exact(finding.observed)}</strong>
      {finding.threshold !== undefined && (
        <span className="nj-muted"> against a threshold of {exact(finding.threshold)}</span>
      )}
    </span>
  )
}

function OtherFindings({ findings }: { findings: readonly Finding[] }) {
  if (findings.length < 2) return null
  return (
    <details className="nj-details">
      <summary>All {plural(findings.length, 'finding')}</summary>
      <ul className="nj-findings">
        {findings.map((finding) => (
          <li key={finding.id}>
            <SeverityBadge severity={finding.severity} /> <Time iso={finding.time} />{' '}
            <Foreign text={finding.summary} />
          </li>
        ))}
      </ul>
    </details>
  )
}

/** The manifest changes a drift finding carries; empty for other claims. */
export function changesOf(finding: Finding): ManifestChange[] {
  const changes = finding.data?.changes
  if (!Array.isArray(changes)) return []
  return changes.filter(
    (each): each is ManifestChange =>
      typeof each === 'object' && each !== null && 'kind' in each && 'path' in each,
  )
}

/** What shows it: the manifest's difference, and the calls with their redacted previews. */
export function Evidence({ detail: { alert, findings, events } }: { detail: AlertDetail }) {
  const [all, setAll] = useState(false)
  const changes = [alert.finding, ...findings].map(changesOf).find((each) => each.length > 0) ?? []
  const shown = all ? events : events.slice(0, SHOWN)
  return (
    <section aria-labelledby="alert-evidence">
      <h3 id="alert-evidence">Evidence</h3>
      {changes.length > 0 && <Changes changes={changes} />}
      {events.length === 0 && changes.length === 0 && (
        <p className="nj-muted">The events behind it are no longer kept.</p>
      )}
      <ul className="nj-evidence">
        {shown.map((event) => (
          <EvidenceCall key={event.id} event={event} />
        ))}
      </ul>
      {events.length > shown.length && (
        <Button variant="default" onClick={() => setAll(true)}>
          Show all {exact(events.length)}
        </Button>
      )}
    </section>
  )
}

function EvidenceCall({ event }: { event: AuditEvent }) {
  const { zone } = usePreferences()
  const what = event.target ?? event.resource ?? event.destination ?? ''
  return (
    <li>
      <details className="nj-details">
        <summary>
          <span className="nj-time" title={zoneName(zone, new Date(event.time))}>
            {clock(event.time, zone)}
          </span>
          <strong>
            <Foreign text={event.tool ?? event.method ?? event.kind} />
          </strong>
          <span className="nj-clip nj-grow nj-muted">
            <Foreign text={what} empty="" />
          </span>
          <OutcomeText outcome={event.outcome} />
        </summary>
        <EventDetails event={event} />
      </details>
    </li>
  )
}
