import { type Manifest, type ManifestChange, SEVERITIES } from '@nightjar/core'
import { diffItems, type ListRules } from './items.ts'
import { judgeText, type TextVerdict } from './signs.ts'
import { sameText, textOf, visible } from './text.ts'
import { diffTools } from './tools.ts'

/** Most changes that are kept; the worst stay. */
export const MAX_CHANGES = 200

/** Parts of a manifest that can be known or not seen, each for itself. */
export const PARTS = [
  'serverInfo',
  'instructions',
  'tools',
  'prompts',
  'resources',
  'resourceTemplates',
] as const
export type Part = (typeof PARTS)[number]

const PROMPTS: ListRules = {
  ...{ list: 'prompts', key: 'name', className: 'prompt', noun: 'prompt' },
  ...{ added: 'low', removed: 'informational' },
}
const RESOURCES: ListRules = {
  ...{ list: 'resources', key: 'uri', className: 'resource', noun: 'resource' },
  ...{ added: 'informational', removed: 'informational' },
}
const TEMPLATES: ListRules = {
  ...{ list: 'resourceTemplates', key: 'uriTemplate', className: 'resource' },
  ...{ noun: 'resource template', added: 'low', removed: 'informational' },
}

function diffInstructions(was: string, is: string): readonly ManifestChange[] {
  if (sameText(was, is)) return []
  const ordinary: TextVerdict = { severity: 'medium', reason: 'the instructions changed' }
  return [
    {
      kind: was === '' ? 'added' : is === '' ? 'removed' : 'changed',
      path: 'instructions',
      class: 'instructions',
      ...judgeText(was, is, ordinary),
      before: visible(was),
      after: visible(is),
    },
  ]
}

function diffServerInfo(
  was: NonNullable<Manifest['serverInfo']>,
  is: NonNullable<Manifest['serverInfo']>,
): readonly ManifestChange[] {
  const fields = [
    ['name', 'low', 'the server gives another name'],
    ['version', 'informational', 'the version changed'],
  ] as const
  return fields.flatMap(([field, severity, reason]) => {
    const before = textOf(was[field]) ?? ''
    const after = textOf(is[field]) ?? ''
    if (before === after) return []
    const path = `serverInfo/${field}`
    const verdict = judgeText(before, after, { severity, reason })
    return [
      {
        kind: 'changed' as const,
        path,
        class: 'server',
        ...verdict,
        before: visible(before),
        after: visible(after),
      },
    ]
  })
}

function diffPart(part: Part, was: Manifest, is: Manifest): readonly ManifestChange[] {
  switch (part) {
    case 'serverInfo':
      return diffServerInfo(was.serverInfo ?? { name: '' }, is.serverInfo ?? { name: '' })
    case 'instructions':
      return diffInstructions(was.instructions ?? '', is.instructions ?? '')
    case 'tools':
      return diffTools(was.tools ?? [], is.tools ?? [])
    case 'prompts':
      return diffItems(PROMPTS, was.prompts ?? [], is.prompts ?? [])
    case 'resources':
      return diffItems(RESOURCES, was.resources ?? [], is.resources ?? [])
    case 'resourceTemplates':
      return diffItems(TEMPLATES, was.resourceTemplates ?? [], is.resourceTemplates ?? [])
  }
}

function worstFirst(changes: readonly ManifestChange[]): ManifestChange[] {
  return [...changes]
    .sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity))
    .slice(0, MAX_CHANGES)
}

/**
 * What changed between two manifests, field by field, worst first, at most 200. A part that one of them has not seen is
 * not compared: absence is no removal. Order, white space and titles are no change.
 */
export function diffManifests(before: Manifest, after: Manifest): readonly ManifestChange[] {
  return worstFirst(
    PARTS.filter((part) => before[part] !== undefined && after[part] !== undefined).flatMap(
      (part) => diffPart(part, before, after),
    ),
  )
}

/** What the parts hold that `after` has and `before` had not seen: judged as if all of it were new, but first seen. */
export function diffUnseen(before: Manifest, after: Manifest): readonly ManifestChange[] {
  const changes = PARTS.filter(
    (part) => before[part] === undefined && after[part] !== undefined,
  ).flatMap((part) => diffPart(part, before, after))
  // It was there all along for all we know; only what steers a model is worth a look.
  return worstFirst(
    changes.map((change) =>
      SEVERITIES.indexOf(change.severity) >= SEVERITIES.indexOf('high')
        ? change
        : {
            ...change,
            severity: 'informational',
            reason: `${change.reason} (seen for the first time)`,
          },
    ),
  )
}

/** `base` with every part that `over` has seen. */
export function overlay(base: Manifest, over: Manifest): Manifest {
  const seen = Object.entries(over).filter(([, value]) => value !== undefined)
  return { ...base, ...Object.fromEntries(seen) }
}
