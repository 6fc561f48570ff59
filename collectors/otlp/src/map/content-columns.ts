import type { KeyId } from '../keys.ts'
import { VALUE } from '../record.ts'
import type { ContentFacts, ContentHints } from '../redact/content.ts'
import type { Side } from '../redact/patterns.ts'
import type { Row } from './row.ts'

const COLUMNS = {
  args: {
    state: 'argsState',
    size: 'argsBytes',
    hash: 'argsHash',
    preview: 'argsPreview',
    truncated: 'args_truncated',
    redacted: 'args_redacted',
  },
  result: {
    state: 'resultState',
    size: 'resultBytes',
    hash: 'resultHash',
    preview: 'resultPreview',
    truncated: 'result_truncated',
    redacted: 'result_redacted',
  },
} as const

/** Content whose redaction markers, if any, are the emitter's own. */
export const FOREIGN_CONTENT: ContentHints = { size: 0, redactsItself: true }

/**
 * Writes all columns of arguments or result and gives the facts, for judging the parsed value before the next
 * content is read. Empty text without a size is absent.
 */
export function writeContent(
  row: Row,
  side: Side,
  text: string,
  hints: ContentHints,
): ContentFacts {
  return writeFacts(row, side, row.redactor.read(text, side, hints, row.keyed, row.addSignal))
}

/** The same for content that is an attribute of the record. */
export function writeContentOf(
  row: Row,
  side: Side,
  key: KeyId,
  hints: ContentHints,
): ContentFacts {
  const { attributes, record, redactor } = row
  if (attributes.kindOf(key) === VALUE.string) {
    const start = attributes.startOf(key)
    const end = attributes.endOf(key)
    const facts = redactor.readBytes(
      record.bytes,
      start,
      end,
      side,
      hints,
      row.keyed,
      row.addSignal,
    )
    if (facts !== undefined) return writeFacts(row, side, facts)
  }
  return writeContent(row, side, attributes.text(key), hints)
}

function writeFacts(row: Row, side: Side, facts: ContentFacts): ContentFacts {
  const columns = COLUMNS[side]
  row.word(columns.state, facts.state)
  row.count(columns.size, facts.size)
  if (facts.hashed) row.columns[columns.hash].setBytes(row.at, facts.hash, 0)
  if (facts.previewTo > 0)
    row.columns[columns.preview].setBytes(
      row.at,
      facts.previewBytes,
      facts.previewFrom,
      facts.previewTo,
    )
  else if (facts.preview !== '') row.columns[columns.preview].set(row.at, facts.preview)
  if (side === 'args' && facts.keys !== '') row.word('argsKeys', facts.keys)
  if (facts.state === 'truncated') row.flag(columns.truncated)
  if (facts.state === 'redacted') row.flag(columns.redacted)
  if (!facts.judged) row.flag('content_not_judged')
  return facts
}
