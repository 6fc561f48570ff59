import { Button } from '@mantine/core'
import type { Overview } from '@nightjar/core'
import { useState } from 'react'
import {
  Bar,
  BarChart,
  CartesianGrid,
  type MouseHandlerDataParam,
  ReferenceArea,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import { count, duration } from '../show/number.ts'
import { clock, zoneName } from '../show/time.ts'
import { usePreferences, type Zone } from '../theme/preferences.ts'
import { Hatches, Hover, KINDS, Legend, type Point, PointsTable } from './chart-parts.tsx'

const SHORTCUTS = [
  { label: '1 h', ms: 3_600_000 },
  { label: '6 h', ms: 21_600_000 },
  { label: '24 h', ms: 86_400_000 },
]

/** Calls per interval, stacked by how they ended. Drag to zoom; the buttons do the same by keyboard. */
export function CallsChart({ series }: { series: Overview['series'] }) {
  const [range, setRange] = useState<readonly [string, string]>()
  const [asTable, setAsTable] = useState(false)
  const { zone } = usePreferences()
  const points = series
    .map(({ time, calls, errors, denied }) => ({
      time,
      errors,
      denied,
      success: Math.max(0, calls - errors - denied),
    }))
    .filter(({ time }) => !range || (time >= range[0] && time <= range[1]))
  const step = Date.parse(series[1]?.time ?? '') - Date.parse(series[0]?.time ?? '')
  const last = series.at(-1)?.time
  const since = (ms: number) => {
    if (!last) return
    const from = new Date(Date.parse(last) - ms).toISOString()
    setRange([series.find(({ time }) => time >= from)?.time ?? from, last])
  }
  return (
    <>
      <div className="nj-chart-head">
        <Legend points={points} />
        <fieldset className="nj-inline" aria-label="Range">
          {SHORTCUTS.map(({ label, ms }) => (
            <Button key={label} variant="subtle" size="compact-xs" onClick={() => since(ms)}>
              {label}
            </Button>
          ))}
          <Button
            variant="subtle"
            size="compact-xs"
            disabled={!range}
            onClick={() => setRange(undefined)}
          >
            All
          </Button>
          <Button
            variant="default"
            size="compact-xs"
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? 'View as chart' : 'View as table'}
          </Button>
        </fieldset>
      </div>
      {asTable ? (
        <PointsTable points={points} zone={zone} />
      ) : (
        <Bars points={points} zone={zone} onRange={setRange} />
      )}
      <p className="nj-muted nj-chart-note">
        {Number.isNaN(step) ? '' : `One bar is ${duration(step)}. `}Times in {zoneName(zone)}. Drag
        to zoom.
      </p>
    </>
  )
}

interface BarsProps {
  readonly points: readonly Point[]
  readonly zone: Zone
  readonly onRange: (range: readonly [string, string]) => void
}

function Bars({ points, zone, onRange }: BarsProps) {
  const [drag, setDrag] = useState<readonly [string, string]>()
  const at = (state: MouseHandlerDataParam) =>
    state.activeLabel === undefined ? undefined : String(state.activeLabel)
  const end = () => {
    if (drag && drag[0] !== drag[1]) onRange(drag[0] < drag[1] ? drag : [drag[1], drag[0]])
    setDrag(undefined)
  }
  return (
    <div className="nj-chart-space">
      <ResponsiveContainer width="100%" height="100%">
        <BarChart
          data={[...points]}
          margin={{ top: 4, right: 4, bottom: 0, left: 0 }}
          barCategoryGap="12%"
          title="Calls per interval by outcome"
          onMouseDown={(state) => {
            const label = at(state)
            if (label) setDrag([label, label])
          }}
          onMouseMove={(state) => {
            const label = at(state)
            if (drag && label) setDrag([drag[0], label])
          }}
          onMouseUp={end}
          onMouseLeave={end}
        >
          <Hatches />
          <CartesianGrid vertical={false} stroke="var(--nj-line)" />
          <XAxis
            dataKey="time"
            tickFormatter={(time: string) => clock(time, zone, 'minute')}
            minTickGap={48}
            tickLine={false}
            axisLine={{ stroke: 'var(--nj-line-strong)' }}
            tick={{ fill: 'var(--nj-muted)', fontSize: 12 }}
          />
          <YAxis
            tickFormatter={count}
            allowDecimals={false}
            width={44}
            tickLine={false}
            axisLine={false}
            tick={{ fill: 'var(--nj-muted)', fontSize: 12 }}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: 'var(--nj-hover)' }}
            content={({ active, payload }) =>
              active ? <Hover point={payload[0]?.payload as Point | undefined} zone={zone} /> : null
            }
          />
          {KINDS.map(({ key, name, fill }) => (
            <Bar
              key={key}
              dataKey={key}
              name={name}
              stackId="calls"
              fill={fill}
              isAnimationActive={false}
            />
          ))}
          {drag && (
            <ReferenceArea
              x1={drag[0]}
              x2={drag[1]}
              fill="var(--nj-accent)"
              fillOpacity={0.18}
              ifOverflow="visible"
            />
          )}
        </BarChart>
      </ResponsiveContainer>
    </div>
  )
}
