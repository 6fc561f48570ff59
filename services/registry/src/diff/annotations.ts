import type { ManifestChange } from '@nightjar/core'
import type { TextVerdict } from './signs.ts'
import { textOf, visible } from './text.ts'

/** Defaults of the MCP specification (tool annotations): an absent hint promises nothing. */
const DEFAULTS: Readonly<Record<string, boolean>> = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
}
const WRITES =
  /(write|delete|remove|drop|update|create|insert|exec|run|send|post|move|edit|set|put|kill|deploy)/i

function verdictOf(hint: string, after: boolean, tool: string): TextVerdict {
  const changes = WRITES.test(tool)
  switch (hint) {
    case 'readOnlyHint':
      if (!after) return { severity: 'medium', reason: 'the tool no longer says it only reads' }
      return changes
        ? {
            severity: 'high',
            reason: 'the tool now says it only reads, but its name says it changes things',
          }
        : { severity: 'medium', reason: 'the tool now says it only reads' }
    case 'destructiveHint':
      if (after) return { severity: 'low', reason: 'the tool now says it may destroy' }
      return changes
        ? {
            severity: 'high',
            reason: 'the tool no longer says it may destroy, but its name says it changes things',
          }
        : { severity: 'medium', reason: 'the tool no longer says it may destroy' }
    case 'openWorldHint':
      return { severity: 'low', reason: 'the tool says otherwise whether it reaches out' }
    default:
      return { severity: 'low', reason: 'the tool says otherwise whether it may be repeated' }
  }
}

/** The changes between two sets of annotations; titles are none. */
export function diffAnnotations(
  path: string,
  tool: string,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly ManifestChange[] {
  return Object.keys(DEFAULTS).flatMap((hint) => {
    const was = before[hint] ?? DEFAULTS[hint]
    const is = after[hint] ?? DEFAULTS[hint]
    if (was === is) return []
    const verdict = verdictOf(hint, is === true, tool)
    return [
      {
        kind: 'changed' as const,
        path: `${path}/${hint}`,
        class: 'annotation',
        ...verdict,
        before: visible(textOf(before[hint]) ?? 'absent'),
        after: visible(textOf(after[hint]) ?? 'absent'),
      },
    ]
  })
}
