/** Most pairs that are compared, and most characters of an item that are. */
const MAX_PAIRS = 2500
const MAX_TEXT = 8192
/** From here on two items with different names are one that was renamed. */
const SAME = 0.9

interface Named {
  readonly name: string
}

function pairsOfLetters(item: Named): ReadonlyMap<string, number> {
  const { name: _name, title: _title, ...rest } = item as Named & { title?: unknown }
  const text = JSON.stringify(rest, (_key, value: unknown) => sorted(value)).slice(0, MAX_TEXT)
  const pairs = new Map<string, number>()
  for (let i = 0; i + 1 < text.length; i++) {
    const pair = text.slice(i, i + 2)
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
  }
  return pairs
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function similarity(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let shared = 0
  let total = 0
  for (const [pair, count] of a) {
    shared += Math.min(count, b.get(pair) ?? 0)
    total += count
  }
  for (const count of b.values()) total += count
  return total === 0 ? 0 : (2 * shared) / total
}

/**
 * Pairs removed items with added ones that are at least 0.9 alike but for the name (Dice coefficient of letter pairs),
 * best first. Of very long lists nothing is paired: they count as removed and added.
 */
export function matchRenamed<T extends Named>(
  removed: readonly T[],
  added: readonly T[],
): readonly (readonly [T, T])[] {
  if (removed.length * added.length > MAX_PAIRS) return []
  const before = removed.map((item) => ({ item, pairs: pairsOfLetters(item) }))
  const after = added.map((item) => ({ item, pairs: pairsOfLetters(item) }))
  const candidates = before
    .flatMap((a) => after.map((b) => ({ a, b, score: similarity(a.pairs, b.pairs) })))
    .filter(({ score }) => score >= SAME)
    .sort((x, y) => y.score - x.score)
  const taken = new Set<T>()
  const matched: [T, T][] = []
  for (const { a, b } of candidates) {
    if (taken.has(a.item) || taken.has(b.item)) continue
    taken.add(a.item).add(b.item)
    matched.push([a.item, b.item])
  }
  return matched
}
