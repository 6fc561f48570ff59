import type { Overview } from '@nightjar/core'
import { Foreign } from '../parts/foreign.tsx'
import { Panel } from '../parts/page.tsx'
import { count, exact } from '../show/number.ts'

interface Bar {
  readonly key: string
  readonly name: React.ReactNode
  readonly calls: number
  readonly errors: number
}

/** The servers called most. */
export function TopServers({ rows }: { rows: Overview['topServers'] }) {
  const bars = rows.map(({ server, ...counts }) => ({
    key: server,
    name: <Foreign text={server} empty="(no server named)" />,
    ...counts,
  }))
  return <Bars title="Top servers, 24 h" bars={bars} />
}

/** The tools called most. */
export function TopTools({ rows }: { rows: Overview['topTools'] }) {
  const bars = rows.map(({ server, tool, ...counts }) => ({
    key: `${server}/${tool}`,
    name: (
      <>
        <span className="nj-muted">
          <Foreign text={server} empty="" /> ›
        </span>{' '}
        <Foreign text={tool} empty="(no tool named)" />
      </>
    ),
    ...counts,
  }))
  return <Bars title="Top tools, 24 h" bars={bars} />
}

function Bars({ title, bars }: { title: string; bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map(({ calls }) => calls))
  return (
    <Panel title={title}>
      {bars.length === 0 ? (
        <p className="nj-muted">None was called.</p>
      ) : (
        <table className="nj-bars">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Calls</th>
              <th scope="col">Errors</th>
            </tr>
          </thead>
          <tbody>
            {bars.slice(0, 10).map(({ key, name, calls, errors }) => (
              <tr key={key}>
                <th scope="row">
                  <span
                    className="nj-bar"
                    style={{ width: `${(calls / most) * 100}%` }}
                    aria-hidden="true"
                  />
                  <span className="nj-bar-name">{name}</span>
                </th>
                <td title={exact(calls)}>{count(calls)}</td>
                <td title={exact(errors)} data-some={errors > 0 || undefined}>
                  {count(errors)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}
