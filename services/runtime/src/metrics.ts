import type { Metrics } from '@nightjar/core'

/** Most label sets a metric may have; more are counted under `overflow="true"`, so that a label cannot eat memory. */
const MAX_SERIES = 1000

interface Family {
  readonly type: 'counter' | 'gauge'
  readonly series: Map<string, number>
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const entries = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  if (entries.length === 0) return ''
  const escaped = entries.map(([key, value]) => {
    const text = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    return `${key}="${text}"`
  })
  return `{${escaped.join(',')}}`
}

/** Counters and gauges of this process. */
export interface MetricsRegistry extends Metrics {
  /** All series in the Prometheus text exposition format 0.0.4. */
  text(): string
  /** Sum over the series of a metric whose labels include these; 0 if there is none. */
  total(name: string, labels?: Readonly<Record<string, string>>): number
}

export function createMetrics(): MetricsRegistry {
  const families = new Map<string, Family>()

  const seriesOf = (
    name: string,
    type: Family['type'],
    labels: Readonly<Record<string, string>>,
  ) => {
    let family = families.get(name)
    if (family === undefined) {
      family = { type, series: new Map() }
      families.set(name, family)
    }
    let key = labelText(labels)
    if (!family.series.has(key) && family.series.size >= MAX_SERIES) key = '{overflow="true"}'
    return { series: family.series, key }
  }

  return {
    add(name, value, labels = {}) {
      const { series, key } = seriesOf(name, 'counter', labels)
      series.set(key, (series.get(key) ?? 0) + value)
    },
    set(name, value, labels = {}) {
      const { series, key } = seriesOf(name, 'gauge', labels)
      series.set(key, value)
    },
    text() {
      const lines: string[] = []
      for (const [name, { type, series }] of [...families].sort(([a], [b]) => (a < b ? -1 : 1))) {
        lines.push(`# TYPE ${name} ${type}`)
        for (const [key, value] of series) lines.push(`${name}${key} ${value}`)
      }
      return `${lines.join('\n')}\n`
    },
    total(name, labels = {}) {
      const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`)
      let sum = 0
      for (const [key, value] of families.get(name)?.series ?? [])
        if (wanted.every((part) => key.includes(part))) sum += value
      return sum
    },
  }
}
