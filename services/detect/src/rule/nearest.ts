function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}

/** The name of `names` that `word` was most likely meant to be; undefined when none is near. */
export function nearest(word: string, names: Iterable<string>): string | undefined {
  const wanted = word.slice(0, 80).toLowerCase()
  let best: string | undefined
  let least = Math.max(2, Math.ceil(wanted.length / 3)) + 1
  for (const name of names) {
    const tail = name.toLowerCase()
    const short = tail.slice(tail.lastIndexOf('.') + 1)
    const cost = Math.min(distance(wanted, tail), short === wanted ? 1 : Number.POSITIVE_INFINITY)
    if (cost < least) {
      least = cost
      best = name
    }
  }
  return best
}

/** ` (did you mean "x"?)` or, for a short closed list without a near one, the list. */
export function suggestion(word: string, names: readonly string[]): string {
  const near = nearest(word, names)
  if (near !== undefined) return ` (did you mean "${near}"?)`
  return names.length > 0 && names.length <= 12 ? ` (valid: ${names.join(', ')})` : ''
}
