import type { ContentFacts } from '../redact/content.ts'
import { type Members, NO_MEMBERS } from '../redact/members.ts'
import { MAX_TEXT } from '../redact/scrub.ts'
import { shown } from '../redact/text.ts'
import type { Row } from './row.ts'
import { destinationOf, targetOf } from './target.ts'
import { ToolLabels } from './tool-labels.ts'

const toolLabels = new ToolLabels()
const tag = new Uint8Array(8)

/** Labels, target and destination of a call, from its tool, its resource and the arguments just read. */
export function writeCallFacts(row: Row, args: ContentFacts | undefined, resource: string): void {
  const tool = row.value('tool')
  if (tool !== '') for (const label of toolLabels.of(tool)) row.add('labels', label)
  if (row.value('method') === 'resources/read') row.add('labels', 'read')
  const members = args?.members ?? NO_MEMBERS
  if (resource !== '') writeTarget(row, resource)
  else {
    const target = targetOf(members)
    if (target >= 0) writeMemberTarget(row, members, target, args?.plain === true)
  }
  const destination = destinationOf(members)
  if (destination === undefined) return
  row.name('destination', destination.host)
  if (destination.egress) row.add('labels', 'egress')
}

function writeMemberTarget(row: Row, members: Members, target: number, plain: boolean): void {
  if (!plain) writeTarget(row, members.textAt(target))
  else if (members.locate(target) && members.to - members.from <= MAX_TEXT) {
    const { bytes, from, to } = members
    row.keyed.tagBytes('target', bytes, from, to, tag)
    row.columns.targetHash.setBytes(row.at, tag, 0)
    row.columns.target.setBytes(row.at, bytes, from, to)
  } else writePlainTarget(row, members.textAt(target))
}

/** A target out of arguments in which the literal pass met nothing. */
function writePlainTarget(row: Row, target: string): void {
  if (target === '') return
  row.keyed.tag('target', target, tag)
  row.columns.targetHash.setBytes(row.at, tag, 0)
  row.columns.target.set(row.at, shown(target, MAX_TEXT))
}

/** What a call reads or changes: scrubbed text, keyed hash, and what its name alone gives away. */
export function writeTarget(row: Row, target: string): void {
  if (target === '') return
  const { redactor } = row
  row.keyed.tag('target', target, tag)
  row.columns.targetHash.setBytes(row.at, tag, 0)
  row.columns.target.set(
    row.at,
    target.includes('://') ? redactor.scrubber.uri(target) : redactor.scrubber.text(target),
  )
  redactor.judgeName(target, (signal) => {
    row.add('signals', signal)
    if (signal === 'path.sensitive') row.add('labels', 'private')
  })
}
