import { count, exact } from '../show/number.ts'
import { stamp, zoneName } from '../show/time.ts'
import type { Zone } from '../theme/preferences.ts'

/** The calls of one interval, by how they ended. */
export interface Point {
  readonly time: string
  readonly success: number
  readonly errors: number
  readonly denied: number
}

/** How calls end, as the chart draws it: each has a pattern of its own. */
export const KINDS = [
  { key: 'success', name: 'success', fill: 'var(--nj-call-success)' },
  { key: 'errors', name: 'error', fill: 'url(#nj-hatch-error)' },
  { key: 'denied', name: 'denied', fill: 'url(#nj-hatch-denied)' },
] as const
/** The patterns with their names and sums. */
export function Legend({ points }: { points: readonly Point[] }) {
  return (
    <ul className="nj-legend">
      {KINDS.map(({ key, name }) => (
        <li key={key}>
          <span className="nj-swatch" data-kind={key} aria-hidden="true" />
          {name} <strong>{count(points.reduce((sum, point) => sum + point[key], 0))}</strong>
        </li>
      ))}
    </ul>
  )
}

/** The patterns of what went wrong, so that colour alone does not tell. */
export function Hatches() {
  return (
    <defs>
      <pattern
        id="nj-hatch-error"
        width="5"
        height="5"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect width="5" height="5" fill="var(--nj-call-error)" />
        <rect width="1.5" height="5" fill="var(--nj-surface)" fillOpacity="0.55" />
      </pattern>
      <pattern id="nj-hatch-denied" width="5" height="5" patternUnits="userSpaceOnUse">
        <rect width="5" height="5" fill="var(--nj-call-denied)" />
        <rect width="5" height="1.5" fill="var(--nj-surface)" fillOpacity="0.55" />
      </pattern>
    </defs>
  )
}

/** The figures of the interval pointed at. */
export function Hover({ point, zone }: { point: Point | undefined; zone: Zone }) {
  if (!point) return null
  return (
    <div className="nj-hover">
      <strong>
        {stamp(point.time, zone)} {zoneName(zone, new Date(point.time))}
      </strong>
      {KINDS.map(({ key, name }) => (
        <span key={key}>
          <span className="nj-swatch" data-kind={key} aria-hidden="true" /> {name}{' '}
          <b>{exact(point[key])}</b>
        </span>
      ))}
    </div>
  )
}

/** The chart's figures as a table. */
export function PointsTable({ points, zone }: { points: readonly Point[]; zone: Zone }) {
  return (
    <div className="nj-table-scroll nj-chart-table">
      <table className="nj-table" aria-label="Calls per interval">
        <thead>
          <tr>
            <th scope="col">From ({zoneName(zone)})</th>
            {KINDS.map(({ key, name }) => (
              <th key={key} scope="col" data-align="right">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
            <tr key={point.time}>
              <td>{stamp(point.time, zone)}</td>
              {KINDS.map(({ key }) => (
                <td key={key} data-align="right">
                  {exact(point[key])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
