import type { Alert } from '@nightjar/core'
import { Link } from 'react-router'
import type { AlertDetail } from '../api/queries.ts'
import { Foreign } from '../parts/foreign.tsx'
import { Time } from '../parts/time.tsx'
import { entityOf } from '../show/words.ts'

/** The page of the server an alert is about, or where to find it by its name. */
function serverPath(alert: Alert): string {
  const id = alert.entity.serverId
  return id
    ? `/servers/${encodeURIComponent(id)}`
    : `/servers?q=${encodeURIComponent(entityOf(alert, 'server'))}`
}

/** Where to look next: the same principal's sessions, the server, other alerts. */
export function AlertContext({ detail: { alert, events } }: { detail: AlertDetail }) {
  const principal = entityOf(alert, 'principal')
  const server = entityOf(alert, 'server')
  const hosts = [...new Set(events.flatMap(({ host }) => (host ? [host] : [])))]
  const clients = [...new Set(events.flatMap(({ client }) => (client ? [client] : [])))]
  const query = (path: string, text: string) => `${path}?q=${encodeURIComponent(text)}`
  return (
    <section aria-labelledby="alert-context">
      <h3 id="alert-context">Context</h3>
      <ul className="nj-links">
        {principal && (
          <li>
            <Link to={query('/sessions', principal)}>
              Sessions of <Foreign text={principal} />
            </Link>
          </li>
        )}
        {server && (
          <li>
            <Link to={serverPath(alert)}>
              Server <Foreign text={server} />
            </Link>
          </li>
        )}
        {server && (
          <li>
            <Link to={`/alerts?state=all&q=${encodeURIComponent(server)}`}>
              Other alerts about <Foreign text={server} />
            </Link>
          </li>
        )}
        {principal && (
          <li>
            <Link to={`/alerts?state=all&q=${encodeURIComponent(principal)}`}>
              Other alerts about <Foreign text={principal} />
            </Link>
          </li>
        )}
      </ul>
      {(hosts.length > 0 || clients.length > 0) && (
        <p className="nj-muted">
          {clients.length > 0 && (
            <>
              Through <Foreign text={clients.join(', ')} />
            </>
          )}
          {hosts.length > 0 && (
            <>
              {' '}
              on <Foreign text={hosts.join(', ')} />
            </>
          )}
        </p>
      )}
    </section>
  )
}

/** Who did what, when and why; newest first. */
export function History({ alert }: { alert: Alert }) {
  return (
    <section aria-labelledby="alert-history">
      <h3 id="alert-history">History</h3>
      <ol className="nj-history">
        {[...alert.history].reverse().map((line) => (
          <li key={`${line.time}${line.action}${line.commandId ?? ''}`}>
            <Time iso={line.time} />
            <span>
              <strong>
                <Foreign text={line.actor} />
              </strong>{' '}
              {line.action}
              {line.detail && (
                <>
                  : <Foreign text={line.detail} />
                </>
              )}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
