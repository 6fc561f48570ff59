import type { ManifestChange } from '@nightjar/core'
import { hiddenCount } from '../show/foreign.ts'
import { plural } from '../show/number.ts'
import { type DiffRun, wordDiff } from '../show/word-diff.ts'
import { SeverityBadge } from './badges.tsx'
import { Foreign } from './foreign.tsx'

const SIGN: Record<ManifestChange['kind'], { sign: string; word: string }> = {
  added: { sign: '+', word: 'added' },
  removed: { sign: '−', word: 'removed' },
  changed: { sign: '~', word: 'changed' },
  renamed: { sign: '→', word: 'renamed' },
}
const ORDER = ['critical', 'high', 'medium', 'low', 'informational']

/** What changed, in chips: `+2 tool`, `~1 description`. */
export function ChangeChips({ changes }: { changes: readonly ManifestChange[] }) {
  const counts = new Map<string, { kind: ManifestChange['kind']; name: string; count: number }>()
  for (const { kind, class: name } of changes) {
    const key = `${kind} ${name}`
    counts.set(key, { kind, name, count: (counts.get(key)?.count ?? 0) + 1 })
  }
  return (
    <ul className="nj-chips" aria-label="Summary of changes">
      {[...counts].map(([key, { kind, name, count }]) => (
        <li key={key} className="nj-change-chip" data-kind={kind}>
          <span aria-hidden="true">{SIGN[kind].sign}</span>
          {count} {name} {SIGN[kind].word}
        </li>
      ))}
    </ul>
  )
}

/** Every change, worst first, with the text before and after. */
export function Changes({ changes }: { changes: readonly ManifestChange[] }) {
  const sorted = [...changes].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity))
  return (
    <>
      <ChangeChips changes={changes} />
      <ol className="nj-changes">
        {sorted.map((change) => (
          <li key={`${change.kind}${change.path}`} className="nj-change" data-kind={change.kind}>
            <Change change={change} />
          </li>
        ))}
      </ol>
    </>
  )
}

function Change({ change }: { change: ManifestChange }) {
  const { before, after } = change
  const hidden = hiddenCount(after ?? '')
  return (
    <article>
      <header>
        <span className="nj-sign" aria-hidden="true">
          {SIGN[change.kind].sign}
        </span>
        <code className="nj-path">
          <Foreign text={change.path} />
        </code>
        <span className="nj-muted">
          {change.class} {SIGN[change.kind].word}
        </span>
        <SeverityBadge severity={change.severity} />
      </header>
      {change.reason && (
        <p className="nj-reason">
          <Foreign text={change.reason} />
        </p>
      )}
      {hidden > 0 && (
        <p className="nj-reason nj-warn">
          ▲ {plural(hidden, 'hidden character')} in the new text, shown by code point
        </p>
      )}
      <BeforeAfter before={before} after={after} />
    </article>
  )
}

function BeforeAfter({ before, after }: { before: string | undefined; after: string | undefined }) {
  if (before === undefined && after === undefined) return null
  const runs = before !== undefined && after !== undefined ? wordDiff(before, after) : undefined
  return (
    <div className="nj-diff" data-both={runs !== undefined || undefined}>
      {before !== undefined && (
        <Side label="Before" sign="−" kind="removed" runs={runs} text={before} />
      )}
      {after !== undefined && <Side label="After" sign="+" kind="added" runs={runs} text={after} />}
    </div>
  )
}

interface SideProps {
  readonly label: string
  readonly sign: string
  readonly kind: 'added' | 'removed'
  readonly runs: DiffRun[] | undefined
  readonly text: string
}

function Side({ label, sign, kind, runs, text }: SideProps) {
  const own = runs?.filter((run) => run.kind === 'same' || run.kind === kind)
  const Mark = kind === 'added' ? 'ins' : 'del'
  return (
    <div className="nj-diff-side" data-kind={kind}>
      <h4>
        <span aria-hidden="true">{sign}</span> {label}
      </h4>
      <pre>
        {own ? (
          own.map((run, index) =>
            run.kind === 'same' ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: runs of one text have no other identity
              <Foreign key={index} text={run.text} />
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: runs of one text have no other identity
              <Mark key={index}>
                <Foreign text={run.text} />
              </Mark>
            ),
          )
        ) : (
          <Foreign text={text} empty="(empty)" />
        )}
      </pre>
    </div>
  )
}
