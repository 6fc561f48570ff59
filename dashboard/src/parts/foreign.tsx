import { Tooltip } from '@mantine/core'
import { legible, middle, pieces } from '../show/foreign.ts'

/** Text that others wrote: isolated in its direction, hidden characters shown by their code point. Never markup. */
export function Foreign({ text, empty = '–' }: { text: string; empty?: string }) {
  if (text === '') return <span className="nj-muted">{empty}</span>
  return (
    <bdi>
      {pieces(text).map((piece, index) =>
        piece.hidden ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other identity
          <mark key={index} className="nj-hidden-char" title="A character one cannot see">
            {piece.hidden}
          </mark>
        ) : (
          piece.text
        ),
      )}
    </bdi>
  )
}

/** An id, cut in the middle; the whole on hover and focus. */
export function Ident({ id, length = 16 }: { id: string; length?: number }) {
  if (id.length <= length) return <code className="nj-id">{legible(id)}</code>
  return (
    <Tooltip
      label={legible(id)}
      events={{ hover: true, focus: true, touch: true }}
      multiline
      maw={420}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the tooltip must be reachable by keyboard */}
      <code className="nj-id" tabIndex={0}>
        {middle(legible(id), length)}
      </code>
    </Tooltip>
  )
}
