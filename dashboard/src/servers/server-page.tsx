import type { ManifestVersion, Server } from '@nightjar/core'
import { Link, useParams } from 'react-router'
import { useManifests, useServer } from '../api/queries.ts'
import { ServerStateText, SeverityBadge } from '../parts/badges.tsx'
import { ChangeChips, Changes } from '../parts/changes.tsx'
import { Foreign, Ident } from '../parts/foreign.tsx'
import { Loaded } from '../parts/notice.tsx'
import { Facts, Page, Panel } from '../parts/page.tsx'
import { Time } from '../parts/time.tsx'
import { legible } from '../show/foreign.ts'
import { JudgeManifest, JudgeServer } from './judge.tsx'
import { ManifestView } from './manifest-view.tsx'
import { Proofs } from './proofs.tsx'

/** One server: proofs, what changed, what it offers, and every manifest it was seen with. */
export function ServerPage() {
  const { id = '' } = useParams()
  const { data, isPending, error, refetch } = useServer(id)
  return (
    <Page
      title={data ? legible(data.name) || '(no name)' : 'Server'}
      lead={<Link to="/servers">All servers</Link>}
      actions={data && <JudgeServer server={data} />}
    >
      <Loaded isPending={isPending} error={error} retry={() => void refetch()}>
        {data && <Content server={data} />}
      </Loaded>
    </Page>
  )
}

function Content({ server }: { server: Server }) {
  const manifests = useManifests(server.id)
  const current =
    manifests.items.find(({ hash }) => hash === server.manifestHash) ?? manifests.items[0]
  return (
    <>
      <Proofs server={server} />
      <Panel title="Facts">
        <ServerFacts server={server} />
      </Panel>
      {server.drift && (
        <Panel
          title={
            <>
              Changed <SeverityBadge severity={server.drift.severity} />
            </>
          }
          aside={
            <span className="nj-inline">
              <Time iso={server.drift.time} />
              <JudgeManifest server={server} hash={server.drift.toHash} />
            </span>
          }
        >
          <Changes changes={server.drift.changes} />
        </Panel>
      )}
      <Loaded isPending={manifests.isPending} error={manifests.error} retry={manifests.refetch}>
        <Panel title="What it offers">
          {current ? (
            <ManifestView manifest={current.manifest} />
          ) : (
            <p className="nj-muted">
              No manifest was seen yet: it arrives with the first <code>tools/list</code> that a tap
              sees.
            </p>
          )}
        </Panel>
        {manifests.items.length > 0 && (
          <Panel title="Manifests" flush>
            <ol className="nj-versions">
              {manifests.items.map((version) => (
                <Version key={version.hash} version={version} server={server} />
              ))}
            </ol>
          </Panel>
        )}
      </Loaded>
    </>
  )
}

function ServerFacts({ server }: { server: Server }) {
  const { judgement } = server
  return (
    <Facts
      facts={[
        ['State', <ServerStateText key="state" state={server.state} />],
        [
          'Judged',
          judgement && (
            <span>
              by <Foreign text={judgement.actor} />, <Time iso={judgement.time} />: “
              <Foreign text={judgement.reason} />”
            </span>
          ),
          'line',
        ],
        ['Known by', server.keyKind],
        [
          'Key',
          <code key="key" className="nj-id nj-wrap">
            <Foreign text={server.key} />
          </code>,
        ],
        ['Version', server.version && <Foreign text={server.version} />],
        ['Transport', server.transport],
        ['Protocol', server.protocolVersion],
        ['Hosts', server.hosts.length > 0 && <Foreign text={server.hosts.join(', ')} />],
        ['Clients', server.clients.length > 0 && <Foreign text={server.clients.join(', ')} />],
        ['Manifest', server.manifestHash && <Ident id={server.manifestHash} />],
        ['Approved', server.approvedHash && <Ident id={server.approvedHash} />],
        [
          'Look at',
          <Link key="alerts" to={`/alerts?state=all&q=${encodeURIComponent(server.name)}`}>
            alerts about it
          </Link>,
        ],
      ]}
    />
  )
}

function Version({ version, server }: { version: ManifestVersion; server: Server }) {
  const waits = version.state === 'pending' && version.hash !== server.drift?.toHash
  return (
    <li>
      <details className="nj-details">
        <summary>
          <Ident id={version.hash} />
          <span className="nj-state" data-state={version.state}>
            {version.state}
          </span>
          <span className="nj-grow nj-muted">
            since <Time iso={version.firstSeen} />
          </span>
          {version.changes.length > 0 && <ChangeChips changes={version.changes} />}
        </summary>
        {version.judgement && (
          <p>
            {version.state} by <Foreign text={version.judgement.actor} />,{' '}
            <Time iso={version.judgement.time} />: “<Foreign text={version.judgement.reason} />”
          </p>
        )}
        {waits && (
          <div className="nj-actions">
            <JudgeManifest server={server} hash={version.hash} />
          </div>
        )}
        {version.changes.length > 0 && <Changes changes={version.changes} />}
        <ManifestView manifest={version.manifest} />
      </details>
    </li>
  )
}
