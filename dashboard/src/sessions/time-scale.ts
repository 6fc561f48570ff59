/** A stretch of time in milliseconds. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A pause that is drawn shorter than it was. */
export interface Pause {
  readonly at: number
  readonly ms: number
}

/** Where a time lies from left (0) to right (1), and the pauses folded away. */
export interface TimeScale {
  readonly x: (ms: number) => number
  readonly pauses: readonly Pause[]
  readonly ticks: readonly { readonly x: number; readonly ms: number }[]
}

const TICKS = 6
/** A pause shorter than this is drawn as long as it was. */
const MIN_PAUSE_MS = 5_000
/** A folded pause takes this share of the time in which something happened. */
const PAUSE_SHARE = 0.04

/** The scale of spans; with `fold` long pauses between them shrink, so that bursts can be read. */
export function timeScale(spans: readonly Span[], fold: boolean): TimeScale {
  const stretches = merged(spans, fold ? MIN_PAUSE_MS : Number.POSITIVE_INFINITY)
  const busy = stretches.reduce((sum, { start, end }) => sum + (end - start), 0)
  const gap = Math.max(busy * PAUSE_SHARE, 1)
  const total = Math.max(busy + gap * (stretches.length - 1), 1)
  const placed = place(stretches, gap)
  const x = (ms: number) => {
    for (const { start, end, offset } of placed) {
      if (ms <= start) return offset / total
      if (ms <= end) return (offset + ms - start) / total
    }
    return 1
  }
  const pauses = placed.slice(1).map(({ start, offset }, index) => ({
    at: (offset - gap / 2) / total,
    ms: start - (placed[index]?.end ?? start),
  }))
  return { x, pauses, ticks: ticksOf(placed, total) }
}

function place(stretches: readonly Span[], gap: number) {
  let offset = 0
  return stretches.map((stretch) => {
    const placed = { ...stretch, offset }
    offset += stretch.end - stretch.start + gap
    return placed
  })
}

function merged(spans: readonly Span[], pauseMs: number): Span[] {
  const sorted = [...spans].sort((a, b) => a.start - b.start)
  const stretches: { start: number; end: number }[] = []
  for (const { start, end } of sorted) {
    const last = stretches.at(-1)
    if (last && start - last.end < pauseMs) last.end = Math.max(last.end, end)
    else stretches.push({ start, end })
  }
  return stretches
}

function ticksOf(placed: readonly (Span & { offset: number })[], total: number) {
  return Array.from({ length: TICKS }, (_, index) => {
    const x = index / TICKS
    const at = x * total
    const inside = placed.findLast(({ offset }) => offset <= at) ?? placed[0]
    const ms = inside ? Math.min(inside.end, inside.start + at - inside.offset) : 0
    return { x, ms }
  })
}

/** A row for each span so that none covers another; at most `rows`, then they share the last. */
export function stack(
  spans: readonly (Span & { readonly left: number })[],
  width: number,
  rows = 4,
): number[] {
  const ends: number[] = []
  return spans.map((span) => {
    const free = ends.findIndex((end) => end <= span.left)
    const row = free >= 0 ? free : Math.min(ends.length, rows - 1)
    ends[row] = Math.max(ends[row] ?? 0, span.left + width)
    return row
  })
}
