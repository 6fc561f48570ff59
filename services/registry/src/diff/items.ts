import type { ManifestChange, Severity } from '@nightjar/core'
import { judgeText, type TextVerdict } from './signs.ts'
import { textOf, visible } from './text.ts'
import { differences } from './values.ts'

type Item = Readonly<Record<string, unknown>>

/** How a list of prompts, resources or templates is compared. */
export interface ListRules {
  /** Member of the manifest and first part of the path. */
  readonly list: string
  /** Key that names an item. */
  readonly key: string
  readonly className: string
  readonly noun: string
  readonly added: Severity
  readonly removed: Severity
}

const IGNORED: ReadonlySet<string> = new Set([
  ...['_meta', 'ttlMs', 'cacheScope', 'title', 'icons', 'size', 'annotations'],
])

function proseOf(item: Item): string {
  return JSON.stringify(item) ?? ''
}

function diffItem(rules: ListRules, path: string, before: Item, after: Item): ManifestChange[] {
  return differences(before, after).flatMap((found) => {
    if (IGNORED.has(found.path[0] ?? '')) return []
    const was = textOf(found.before) ?? ''
    const is = textOf(found.after) ?? ''
    const ordinary: TextVerdict = {
      severity: found.path[0] === 'mimeType' ? 'informational' : 'low',
      reason: `a ${rules.noun} changed`,
    }
    return [
      {
        kind: 'changed' as const,
        path: [path, ...found.path.map(visible)].join('/'),
        class: found.path.at(-1) === 'description' ? 'description' : rules.className,
        ...judgeText(was, is, ordinary),
        before: visible(was),
        after: visible(is),
      },
    ]
  })
}

/** The changes between two lists of items that a key names. */
export function diffItems(
  rules: ListRules,
  before: readonly Item[],
  after: readonly Item[],
): readonly ManifestChange[] {
  const index = (items: readonly Item[]) =>
    new Map(items.map((item) => [textOf(item[rules.key]) ?? '', item]))
  const was = index(before)
  const is = index(after)
  const pathOf = (name: string) => `${rules.list}/${visible(name).replaceAll('/', '~1')}`
  const changes: ManifestChange[] = []
  for (const [name, item] of is) {
    const known = was.get(name)
    if (known !== undefined) {
      changes.push(...diffItem(rules, pathOf(name), known, item))
      continue
    }
    const ordinary: TextVerdict = { severity: rules.added, reason: `a ${rules.noun} was added` }
    const verdict = judgeText('', proseOf(item), ordinary)
    const after = visible(proseOf(item))
    changes.push({ kind: 'added', path: pathOf(name), class: rules.className, ...verdict, after })
  }
  for (const [name, item] of was) {
    if (is.has(name)) continue
    changes.push({
      kind: 'removed',
      path: pathOf(name),
      class: rules.className,
      severity: rules.removed,
      reason: `a ${rules.noun} was removed`,
      before: visible(proseOf(item)),
    })
  }
  return changes
}
