import type { ManifestChange } from '@nightjar/core'
import { diffAnnotations } from './annotations.ts'
import { matchRenamed } from './renamed.ts'
import { diffSchema } from './schema.ts'
import { heaviest, judgeText, type TextVerdict } from './signs.ts'
import { sameText, textOf, visible } from './text.ts'
import { sameValue } from './values.ts'

/** A tool as it was listed. */
export interface ToolItem {
  readonly name: string
  readonly [key: string]: unknown
}

const members = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}

/** Keys that have a comparison of their own, or mean nothing for what the tool does. */
const TREATED: ReadonlySet<string> = new Set([
  ...['name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations'],
  ...['_meta', 'icons', 'ttlMs', 'cacheScope'],
])

function pathOf(name: string): string {
  return `tools/${visible(name).replaceAll('/', '~1')}`
}

function describe(item: ToolItem): string {
  const { description, title, annotations } = item
  return [description, title, members(annotations).title].filter(Boolean).map(textOf).join('\n')
}

function diffDescription(
  path: string,
  before: ToolItem,
  after: ToolItem,
  others: readonly string[],
) {
  const was = textOf(before.description) ?? ''
  const is = textOf(after.description) ?? ''
  if (sameText(was, is)) return []
  const ordinary: TextVerdict = { severity: 'medium', reason: 'the description changed' }
  return [
    {
      kind: 'changed' as const,
      path: `${path}/description`,
      class: 'description',
      ...judgeText(was, is, ordinary, others),
      before: visible(was),
      after: visible(is),
    },
  ]
}

/** A title is shown to people and to models: only one that steers is a change. */
function diffTitle(path: string, before: ToolItem, after: ToolItem): readonly ManifestChange[] {
  const title = (item: ToolItem) =>
    [item.title, members(item.annotations).title].filter(Boolean).map(textOf).join('\n')
  const ordinary: TextVerdict = { severity: 'informational', reason: 'the title changed' }
  const verdict = judgeText(title(before), title(after), ordinary)
  if (verdict === ordinary) return []
  return [
    {
      kind: 'changed',
      path: `${path}/title`,
      class: 'description',
      ...verdict,
      before: visible(title(before)),
      after: visible(title(after)),
    },
  ]
}

function diffOther(path: string, before: ToolItem, after: ToolItem): readonly ManifestChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return keys.flatMap((key) => {
    if (TREATED.has(key) || sameValue(before[key], after[key])) return []
    const was = textOf(before[key]) ?? ''
    const is = textOf(after[key]) ?? ''
    const ordinary: TextVerdict = { severity: 'low', reason: `${visible(key)} changed` }
    return [
      {
        kind: 'changed' as const,
        path: `${path}/${visible(key)}`,
        class: 'tool',
        ...judgeText(was, is, ordinary),
        before: visible(was),
        after: visible(is),
      },
    ]
  })
}

function diffTool(before: ToolItem, after: ToolItem, names: readonly string[]): ManifestChange[] {
  const path = pathOf(after.name)
  const others = names.filter((name) => name !== after.name)
  return [
    ...diffDescription(path, before, after, others),
    ...diffTitle(path, before, after),
    ...diffSchema(`${path}/inputSchema`, before.inputSchema ?? {}, after.inputSchema ?? {}),
    ...diffSchema(`${path}/outputSchema`, before.outputSchema ?? {}, after.outputSchema ?? {}),
    ...diffAnnotations(
      `${path}/annotations`,
      after.name,
      members(before.annotations),
      members(after.annotations),
    ),
    ...diffOther(path, before, after),
  ]
}

function addedTool(item: ToolItem, names: readonly string[]): ManifestChange {
  const ordinary: TextVerdict = { severity: 'medium', reason: 'a tool was added' }
  const others = names.filter((name) => name !== item.name)
  // A schema full of prose is judged with the description; its mention of other tools is not.
  const schema = judgeText('', JSON.stringify(item.inputSchema) ?? '', ordinary)
  const prose = judgeText('', describe(item), ordinary, others)
  return {
    kind: 'added',
    path: pathOf(item.name),
    class: 'tool',
    ...heaviest([prose, schema], ordinary),
    after: visible(describe(item)),
  }
}

function renamedTool(before: ToolItem, after: ToolItem): ManifestChange {
  return {
    kind: 'renamed',
    path: pathOf(after.name),
    class: 'tool',
    severity: 'medium',
    reason: 'a tool has another name; what was approved under the old one does not hold for it',
    before: visible(before.name),
    after: visible(after.name),
  }
}

function byName(items: readonly ToolItem[]): ReadonlyMap<string, ToolItem> {
  // Of two tools with one name the later is the one a client calls; the double itself shows as a change of it.
  return new Map(items.map((item) => [item.name, item]))
}

/** The changes between two lists of tools: matched by name, then by similarity. */
export function diffTools(
  before: readonly ToolItem[],
  after: readonly ToolItem[],
): readonly ManifestChange[] {
  const was = byName(before)
  const is = byName(after)
  const names = [...is.keys()]
  const removed = [...was.values()].filter((item) => !is.has(item.name))
  const added = [...is.values()].filter((item) => !was.has(item.name))
  const renamed = matchRenamed(removed, added)
  const gone = new Set(renamed.flat())
  return [
    ...[...is.values()].flatMap((item) => {
      const known = was.get(item.name)
      return known === undefined ? [] : diffTool(known, item, names)
    }),
    ...renamed.flatMap(([a, b]) => [renamedTool(a, b), ...diffTool(a, b, names)]),
    ...added.filter((item) => !gone.has(item)).map((item) => addedTool(item, names)),
    ...removed
      .filter((item) => !gone.has(item))
      .map((item) => ({
        kind: 'removed' as const,
        path: pathOf(item.name),
        class: 'tool',
        severity: 'low' as const,
        reason: 'a tool was removed',
        before: visible(describe(item)),
      })),
  ]
}
