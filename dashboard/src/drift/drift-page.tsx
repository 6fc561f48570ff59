import type { Server } from '@nightjar/core'
import { Link, useSearchParams } from 'react-router'
import { useServers } from '../api/queries.ts'
import { SeverityBadge } from '../parts/badges.tsx'
import { Changes } from '../parts/changes.tsx'
import { Foreign, Ident } from '../parts/foreign.tsx'
import { Empty, Loaded } from '../parts/notice.tsx'
import { Facts, Page, Panel } from '../parts/page.tsx'
import { Age, Time } from '../parts/time.tsx'
import { JudgeManifest } from '../servers/judge.tsx'
import { plural } from '../show/number.ts'
import { SEVERITIES } from '../show/words.ts'

type Drifted = Server & { readonly drift: NonNullable<Server['drift']> }

function drifted(servers: readonly Server[]): Drifted[] {
  const rank = ({ drift }: Drifted) => SEVERITIES.indexOf(drift.severity)
  return servers
    .filter((server): server is Drifted => server.drift !== undefined)
    .sort((a, b) => rank(a) - rank(b))
}

/** Servers whose manifest differs from what was approved or pinned, and the difference. */
export function DriftPage() {
  const [search, setSearch] = useSearchParams()
  const list = useServers({ drift: 'true', limit: 500 })
  const servers = drifted(list.items)
  const wanted = search.get('server') ?? ''
  const named = search.get('q') ?? ''
  const open =
    servers.find(({ id }) => id === wanted) ??
    servers.find(({ name }) => name === named) ??
    servers[0]
  return (
    <Page title="Drift" lead="Servers that no longer say what was pinned or approved, worst first">
      <Loaded isPending={list.isPending} error={list.error} retry={list.refetch}>
        {!open ? (
          <Empty title="No server has changed">
            <p>
              The first manifest of a server is pinned. When a later <code>tools/list</code>{' '}
              differs, the difference waits here for someone to approve or reject it.
            </p>
          </Empty>
        ) : (
          <div className="nj-master">
            <Panel title={plural(servers.length, 'server')} flush>
              <ul className="nj-pick">
                {servers.map((server) => (
                  <li key={server.id}>
                    <button
                      type="button"
                      aria-current={server.id === open.id}
                      onClick={() => setSearch({ server: server.id }, { replace: true })}
                    >
                      <SeverityBadge severity={server.drift.severity} />
                      <span className="nj-clip nj-grow">
                        <Foreign text={server.name} />
                      </span>
                      <span className="nj-muted">
                        <Age iso={server.drift.time} />
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            </Panel>
            <Detail server={open} />
          </div>
        )}
      </Loaded>
    </Page>
  )
}

function Detail({ server }: { server: Drifted }) {
  return (
    <Panel
      title={
        <Link to={`/servers/${encodeURIComponent(server.id)}`}>
          <Foreign text={server.name} />
        </Link>
      }
      aside={
        <span className="nj-actions">
          <JudgeManifest server={server} hash={server.drift.toHash} />
        </span>
      }
    >
      <Facts
        facts={[
          ['Seen', <Time key="time" iso={server.drift.time} />],
          ['From', <Ident key="from" id={server.drift.fromHash} />],
          ['To', <Ident key="to" id={server.drift.toHash} />],
          ['Hosts', <Foreign key="hosts" text={server.hosts.join(', ')} />],
          ['Clients', <Foreign key="clients" text={server.clients.join(', ')} />],
        ]}
      />
      <Changes changes={server.drift.changes} />
    </Panel>
  )
}
