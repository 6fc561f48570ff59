/** One leaf in which two JSON values differ. */
export interface Difference {
  readonly path: readonly string[]
  readonly before: unknown
  readonly after: unknown
}

/** Most differences that are listed, and deepest nesting that is walked; what lies deeper counts as one difference. */
const MAX_DIFFERENCES = 200
const MAX_DEPTH = 32
/** Arrays that are sets: their order means nothing. */
const SETS: ReadonlySet<string> = new Set(['required', 'enum', 'type'])

type Members = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** True when two JSON values mean the same, whatever the order of their keys. */
export function sameValue(a: unknown, b: unknown): boolean {
  return differences(a, b, [], 1).length === 0
}

/** The leaves in which two JSON values differ, at most 200. */
export function differences(
  before: unknown,
  after: unknown,
  path: readonly string[] = [],
  limit = MAX_DIFFERENCES,
): readonly Difference[] {
  const found: Difference[] = []
  walk(before, after, path, { found, limit })
  return found
}

interface Walk {
  readonly found: Difference[]
  readonly limit: number
}

function walk(before: unknown, after: unknown, path: readonly string[], state: Walk): void {
  if (state.found.length >= state.limit || before === after) return
  if (path.length >= MAX_DEPTH) {
    if (JSON.stringify(before) !== JSON.stringify(after)) state.found.push({ path, before, after })
    return
  }
  if (isObject(before) && isObject(after)) walkObject(before, after, path, state)
  else if (Array.isArray(before) && Array.isArray(after)) walkArray(before, after, path, state)
  else state.found.push({ path, before, after })
}

function walkObject(before: Members, after: Members, path: readonly string[], state: Walk): void {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  for (const key of keys) {
    const a = Object.hasOwn(before, key) ? before[key] : undefined
    const b = Object.hasOwn(after, key) ? after[key] : undefined
    walk(a, b, [...path, key], state)
  }
}

function walkArray(
  before: readonly unknown[],
  after: readonly unknown[],
  path: readonly string[],
  state: Walk,
): void {
  if (SETS.has(path.at(-1) ?? '')) {
    const texts = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item)).sort()
    if (texts(before).join() !== texts(after).join()) state.found.push({ path, before, after })
    return
  }
  for (let i = 0; i < Math.max(before.length, after.length); i++)
    walk(before[i], after[i], [...path, String(i)], state)
}
