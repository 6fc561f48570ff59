import type { AuditEvent } from '@nightjar/core'
import { bytes, duration } from '../show/number.ts'
import { OutcomeText } from './badges.tsx'
import { Foreign, Ident } from './foreign.tsx'
import { Facts } from './page.tsx'
import { Time } from './time.tsx'

/** What is known of one event; contents only as redacted previews. */
export function EventDetails({ event }: { event: AuditEvent }) {
  return (
    <div className="nj-event">
      <Facts
        facts={[
          ['Time', <Time key="t" iso={event.time} millis />],
          ['Method', event.method && <code>{event.method}</code>],
          ['Tool', event.tool && <Foreign text={event.tool} />],
          ['Server', event.server && <Foreign text={event.server} />],
          ['Target', event.target && <Foreign text={event.target} />],
          ['Resource', event.resource && <Foreign text={event.resource} />],
          ['Sends to', event.destination && <Foreign text={event.destination} />],
          ['Outcome', <OutcomeText key="o" outcome={event.outcome} />],
          ['Error', event.errorMessage && <Foreign text={event.errorMessage} />],
          ['Decision', decisionOf(event)],
          ['Duration', event.durationUs === undefined ? '' : duration(event.durationUs / 1000)],
          ['Principal', event.principal && <PrincipalText event={event} />],
          ['Client', event.client && <Foreign text={event.client} />],
          ['Host', event.host && <Foreign text={event.host} />],
          [
            'Scopes',
            event.scopes?.length ? <Foreign key="scopes" text={event.scopes.join(' ')} /> : '',
          ],
          ['Labels', event.labels?.join(', ')],
          ['Signals', event.signals?.join(', ')],
          ['Seen from', `${event.vantage}, by ${event.emitter}`],
          ['Missing', event.quality?.join(', ')],
          ['Trace', event.traceId && <Ident id={event.traceId} />],
          ['Event', <Ident key="id" id={event.id} />],
        ]}
      />
      <Content
        title="Arguments"
        state={event.argsState}
        size={event.argsBytes}
        preview={event.argsPreview}
        keys={event.argsKeys}
      />
      <Content
        title="Result"
        state={event.resultState}
        size={event.resultBytes}
        preview={event.resultPreview}
      />
    </div>
  )
}

function PrincipalText({ event }: { event: AuditEvent }) {
  return (
    <>
      <Foreign text={event.principal ?? ''} />{' '}
      {event.principalTrust && <span className="nj-muted">({event.principalTrust})</span>}
    </>
  )
}

function decisionOf(event: AuditEvent): string {
  if (!event.decision) return ''
  return event.decisionSource ? `${event.decision}, by ${event.decisionSource}` : event.decision
}

interface ContentProps {
  readonly title: string
  readonly state: string | undefined
  readonly size: number | undefined
  readonly preview: string | undefined
  readonly keys?: string | undefined
}

function Content({ title, state, size, preview, keys }: ContentProps) {
  if (!preview && size === undefined && !keys) return null
  const notes = [
    size === undefined ? '' : bytes(size),
    state?.replaceAll('_', ' ') ?? '',
    keys ? `keys: ${keys}` : '',
  ]
  return (
    <section className="nj-content">
      <h4>
        {title} <span className="nj-muted">{notes.filter(Boolean).join(' · ')}</span>
      </h4>
      {preview ? (
        <pre>
          <Foreign text={preview} />
        </pre>
      ) : (
        <p className="nj-muted">No preview was kept: only size and hash reached us.</p>
      )}
    </section>
  )
}
