import { Switch } from '@mantine/core'
import type { CallView } from '@nightjar/core'
import { useMemo, useState } from 'react'
import { Foreign } from '../parts/foreign.tsx'
import { legible } from '../show/foreign.ts'
import { duration, plural } from '../show/number.ts'
import { clock, zoneName } from '../show/time.ts'
import { OUTCOME } from '../show/words.ts'
import { usePreferences } from '../theme/preferences.ts'
import { type Span, stack, timeScale } from './time-scale.ts'

interface TimelineProps {
  readonly calls: readonly CallView[]
  readonly openId: string
  readonly onOpen: (call: CallView) => void
}

const MIN_WIDTH = 0.004

function spanOf(call: CallView): Span {
  const start = Date.parse(call.time)
  return { start, end: start + call.durationUs / 1000 }
}

function byServer(calls: readonly CallView[]): Map<string, CallView[]> {
  const lanes = new Map<string, CallView[]>()
  for (const call of calls) {
    const lane = lanes.get(call.server)
    if (lane) lane.push(call)
    else lanes.set(call.server, [call])
  }
  return lanes
}

/** One lane per server, one bar per call as long as the call took; pauses can be folded. */
export function Timeline({ calls, openId, onOpen }: TimelineProps) {
  const [fold, setFold] = useState(true)
  const { zone } = usePreferences()
  const scale = useMemo(() => timeScale(calls.map(spanOf), fold), [calls, fold])
  const lanes = useMemo(() => byServer(calls), [calls])
  return (
    <div className="nj-timeline">
      <div className="nj-chart-head">
        <ul className="nj-legend">
          {(['ok', 'error', 'denied'] as const).map((tone) => (
            <li key={tone}>
              <span className="nj-call-swatch" data-tone={tone} aria-hidden="true" />
              {{ ok: 'success', error: 'error', denied: 'denied' }[tone]}
            </li>
          ))}
        </ul>
        <Switch
          size="xs"
          label="Fold pauses"
          checked={fold}
          onChange={(event) => setFold(event.currentTarget.checked)}
        />
      </div>
      <section aria-label="Timeline; the table below holds the same calls" className="nj-lanes">
        <div className="nj-lane nj-axis" aria-hidden="true">
          <span className="nj-lane-name">{zoneName(zone)}</span>
          <div className="nj-lane-calls">
            {scale.ticks.map(({ x, ms }) => (
              <span key={x} className="nj-tick-label" style={{ left: `${x * 100}%` }}>
                {clock(new Date(ms).toISOString(), zone).slice(0, 8)}
              </span>
            ))}
          </div>
        </div>
        {[...lanes].map(([server, own]) => (
          <Lane
            key={server}
            server={server}
            calls={own}
            scale={scale}
            openId={openId}
            onOpen={onOpen}
          />
        ))}
      </section>
      {scale.pauses.length > 0 && (
        <p className="nj-muted nj-chart-note">
          {plural(scale.pauses.length, 'pause')} folded, the longest{' '}
          {duration(Math.max(...scale.pauses.map(({ ms }) => ms)))}.
        </p>
      )}
    </div>
  )
}

interface LaneProps extends TimelineProps {
  readonly server: string
  readonly scale: ReturnType<typeof timeScale>
}

function Lane({ server, calls, scale, openId, onOpen }: LaneProps) {
  const { zone } = usePreferences()
  const placed = calls.map((call) => {
    const span = spanOf(call)
    const left = scale.x(span.start)
    return { ...span, call, left, width: Math.max(MIN_WIDTH, scale.x(span.end) - left) }
  })
  const rows = stack(placed, MIN_WIDTH)
  const depth = Math.max(0, ...rows) + 1
  return (
    <div className="nj-lane" style={{ '--depth': depth } as React.CSSProperties}>
      <span className="nj-lane-name nj-clip" title={legible(server)}>
        <Foreign text={server} empty="(no server named)" />
        <span className="nj-muted"> {calls.length}</span>
      </span>
      <div className="nj-lane-calls">
        {scale.pauses.map(({ at, ms }) => (
          <span
            key={at}
            className="nj-pause"
            style={{ left: `${at * 100}%` }}
            title={`${duration(ms)} pause`}
          />
        ))}
        {placed.map(({ call, left, width }, index) => (
          <button
            key={call.id}
            type="button"
            // The table is the way by keyboard: hundreds of bars are no tab stops.
            tabIndex={-1}
            className="nj-call"
            data-tone={OUTCOME[call.outcome].tone}
            data-open={call.id === openId || undefined}
            style={{
              left: `${left * 100}%`,
              width: `${width * 100}%`,
              top: `${((rows[index] ?? 0) / depth) * 100}%`,
              height: `${100 / depth}%`,
            }}
            title={`${clock(call.time, zone)} ${legible(call.tool || call.method)}: ${OUTCOME[call.outcome].word}, ${duration(call.durationUs / 1000)}`}
            aria-label={`${legible(call.tool || call.method)}, ${OUTCOME[call.outcome].word}`}
            onClick={() => onOpen(call)}
          />
        ))}
      </div>
    </div>
  )
}
