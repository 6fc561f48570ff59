import { MAX_ACTIVE_SUPPRESSIONS } from '@nightjar/alert'
import { type CommandBody, suppressionSchema } from '@nightjar/core'
import { describe, expect, it } from 'vitest'
import { Book, command, finding, NOON } from './samples.ts'

function bookWithAlert() {
  const book = new Book()
  book.findings(finding('f1'))
  return { book, id: book.alert.id }
}

const inAnHour = new Date(NOON + 3_600_000).toISOString()
const suppression = (match: Record<string, unknown>, changes: Record<string, unknown> = {}) => ({
  type: 'suppression.create' as const,
  id: 'sup_1',
  suppression: { match, reason: 'backup job', expiresAt: inAnHour, ...changes },
})

describe('triage', () => {
  it('acknowledges, assigns, comments, closes and reopens, and writes who, what, when and why', () => {
    const { book, id } = bookWithAlert()
    book.command({ type: 'alert.acknowledge', id, comment: 'mine' })
    expect(book.alert).toMatchObject({ state: 'acknowledged', owner: 'ana' })
    book.command({ type: 'alert.assign', id, owner: 'bo' })
    book.command({ type: 'alert.comment', id, comment: 'asked the owner' })
    book.command({ type: 'alert.close', id, closeReason: 'other', comment: 'a planned drill' })
    expect(book.alert).toMatchObject({ state: 'closed', closeReason: 'other', owner: 'bo' })
    const { replies } = book.command({ type: 'alert.reopen', id }, NOON + 5)
    expect(book.alert).toMatchObject({ state: 'open', regressed: false, version: 6 })
    expect(book.alert.closeReason).toBeUndefined()
    expect(replies[0]).toMatchObject({ ok: true, result: { id, version: 6, state: 'open' } })
    expect(book.alert.history.map(({ actor, action, detail }) => [actor, action, detail])).toEqual([
      ['nightjar', 'created', finding('f1').ruleTitle],
      ['ana', 'acknowledged', 'mine'],
      ['ana', 'assigned', 'bo'],
      ['ana', 'commented', 'asked the owner'],
      ['ana', 'closed', 'other: a planned drill'],
      ['ana', 'reopened', ''],
    ])
    expect(book.alert.history.at(-1)?.time).toBe('2026-11-21T12:00:00.005Z')
  })

  it.each<[string, CommandBody['type'][], CommandBody]>([
    ['acknowledge twice', ['alert.acknowledge'], { type: 'alert.acknowledge', id: '' }],
    ['acknowledge when closed', ['alert.close'], { type: 'alert.acknowledge', id: '' }],
    ['close twice', ['alert.close'], { type: 'alert.close', id: '', closeReason: 'duplicate' }],
    ['reopen when open', [], { type: 'alert.reopen', id: '' }],
  ])('refuses to %s', (_, before, body) => {
    const { book, id } = bookWithAlert()
    for (const type of before)
      book.command(
        type === 'alert.close'
          ? { type, id, closeReason: 'test' }
          : { type: 'alert.acknowledge', id },
      )
    const { alerts, replies } = book.command({ ...body, id } as CommandBody)
    expect(alerts).toEqual([])
    expect(replies).toMatchObject([{ ok: false, code: 'ALERT_WRONG_STATE' }])
  })

  it('refuses to close for `other` without saying why', () => {
    const { book, id } = bookWithAlert()
    const { replies } = book.command({
      type: 'alert.close',
      id,
      closeReason: 'other',
      comment: ' ',
    })
    expect(replies).toMatchObject([{ ok: false, code: 'ALERT_COMMENT_REQUIRED' }])
    expect(book.alert.state).toBe('open')
  })

  it('does not show or change another tenant’s alert', () => {
    const { book, id } = bookWithAlert()
    const foreign = command({ type: 'alert.acknowledge', id }, { tenant: 'acme' })
    const { alerts, replies } = book.take({ type: 'command', command: foreign })
    expect(alerts).toEqual([])
    expect(replies).toMatchObject([{ ok: false, code: 'ALERT_UNKNOWN', tenant: 'acme' }])
  })

  it('applies a redelivered command once and answers it again', () => {
    const { book, id } = bookWithAlert()
    const close = command({ type: 'alert.close', id, closeReason: 'true_positive' })
    book.take({ type: 'command', command: close })
    book.command({ type: 'alert.reopen', id })
    const again = book.take({ type: 'command', command: close })
    expect(again.alerts).toEqual([])
    expect(again.replies).toMatchObject([{ ok: true, result: { state: 'open' } }])
  })

  it('keeps a bounded history with its first line', () => {
    const { book, id } = bookWithAlert()
    for (let i = 0; i < 250; i++) book.command({ type: 'alert.comment', id, comment: `c${i}` })
    expect(book.alert.history).toHaveLength(200)
    expect(book.alert.history[0]?.action).toBe('created')
    expect(book.alert.history.at(-1)?.detail).toBe('c249')
  })
})

describe('suppressions', () => {
  it.each([
    [{ family: 'exfiltration-burst' }],
    [{ fingerprint: 'f'.repeat(32) }],
    [{ ruleId: 'exfiltration-burst-calls' }],
    [{ principal: 'alice', server: 'filesystem' }],
  ])('marks what matches %j, now and later, and counts it', (match) => {
    const { book } = bookWithAlert()
    const { replies } = book.command(suppression(match))
    expect(book.alert).toMatchObject({ suppressed: true, state: 'open' })
    book.findings(finding('f2', 1), finding('f3', 2))
    const row = suppressionSchema.parse(book.suppressions.get('sup_1'))
    expect(row).toMatchObject({ hidden: 3, author: 'ana', reason: 'backup job' })
    expect(replies).toMatchObject([{ ok: true, result: { id: 'sup_1', version: 1 } }])
    expect(book.alert).toMatchObject({ suppressed: true, count: 3 })
    expect(book.alert.history.at(-1)?.action).toBe('suppressed')
  })

  it.each([
    [{ family: 'manifest-drift' }],
    [{ principal: 'alice', server: 'github' }],
    [{ principal: 'bob' }],
  ])('leaves alone what does not match %j', (match) => {
    const { book } = bookWithAlert()
    book.command(suppression(match))
    expect(book.alert.suppressed).toBe(false)
  })

  it('knows a principal by its OpenTelemetry attribute too', () => {
    const book = new Book()
    book.findings(finding('f1', 0, { entity: { 'enduser.id': 'alice' } }))
    book.command(suppression({ principal: 'alice' }))
    expect(book.alert.suppressed).toBe(true)
  })

  it('never hides what another rule found behind a suppressed one', () => {
    const { book } = bookWithAlert()
    book.command(suppression({ ruleId: 'exfiltration-burst-calls' }))
    book.findings(finding('f2', 1, { ruleId: 'exfiltration-burst-bytes' }))
    expect(book.alert.suppressed).toBe(false)
  })

  it('shows the alerts again when it ends, by a person or by its time', () => {
    const { book } = bookWithAlert()
    book.command(suppression({ family: 'exfiltration-burst' }))
    book.command({ type: 'suppression.end', id: 'sup_1', reason: 'job is gone' })
    expect(book.alert.suppressed).toBe(false)
    expect(book.suppressions.get('sup_1')).toMatchObject({
      endedBy: 'ana',
      endReason: 'job is gone',
    })
    book.command({ ...suppression({ family: 'exfiltration-burst' }), id: 'sup_2' })
    expect(book.alert.suppressed).toBe(true)
    expect(book.take({ type: 'tick' }, NOON + 3_599_999).alerts).toEqual([])
    book.take({ type: 'tick' }, NOON + 3_600_000)
    expect(book.alert.suppressed).toBe(false)
    expect(book.suppressions.get('sup_2')).toMatchObject({
      endedBy: 'nightjar',
      endedAt: inAnHour,
    })
  })

  it('keeps an alert closed as harmless closed while it is suppressed', () => {
    const { book, id } = bookWithAlert()
    book.command({ type: 'alert.close', id, closeReason: 'false_positive' })
    book.command(suppression({ family: 'exfiltration-burst' }))
    book.findings(finding('f2', 1))
    expect(book.alert).toMatchObject({ state: 'closed', count: 2, suppressed: true })
  })

  it('reopens an alert closed as a true positive even under a suppression', () => {
    const { book, id } = bookWithAlert()
    book.command({ type: 'alert.close', id, closeReason: 'true_positive' })
    book.command(suppression({ family: 'exfiltration-burst' }))
    book.findings(finding('f2', 1))
    expect(book.alert).toMatchObject({ state: 'open', regressed: true, suppressed: true })
  })

  it.each([
    ['no field', suppression({})],
    ['an empty field', suppression({ family: ' ' })],
    ['an unknown field, which would widen it', suppression({ family: 'x', tool: 'y' })],
    ['no reason', suppression({ family: 'x' }, { reason: '' })],
    ['no expiry', suppression({ family: 'x' }, { expiresAt: undefined })],
    ['an expiry in the past', suppression({ family: 'x' }, { expiresAt: '2026-11-21T11:59:59Z' })],
    ['more than a year', suppression({ family: 'x' }, { expiresAt: '2027-12-01T00:00:00Z' })],
  ])('refuses %s', (_, body) => {
    const { suppressions, replies } = new Book().command(body)
    expect(suppressions).toEqual([])
    expect(replies).toMatchObject([{ ok: false, code: 'ALERT_SUPPRESSION_INVALID' }])
  })

  it('keeps an expiry in UTC', () => {
    const book = new Book()
    book.command(suppression({ family: 'x' }, { expiresAt: '2026-11-21T15:00:00+02:00' }))
    expect(book.suppressions.get('sup_1')?.expiresAt).toBe('2026-11-21T13:00:00.000Z')
  })

  it('creates one suppression for a redelivered command, and refuses to end a foreign one', () => {
    const book = new Book()
    const create = command({ ...suppression({ family: 'x' }), id: 'new' })
    const first = book.take({ type: 'command', command: create })
    const again = book.take({ type: 'command', command: create })
    expect(again.suppressions).toEqual([])
    expect(again.replies[0]?.result).toEqual(first.replies[0]?.result)
    const id = first.suppressions[0]?.id ?? ''
    const foreign = command({ type: 'suppression.end', id, reason: 'r' }, { tenant: 'acme' })
    expect(book.take({ type: 'command', command: foreign }).replies).toMatchObject([
      { ok: false, code: 'ALERT_SUPPRESSION_UNKNOWN' },
    ])
  })

  it('bounds how many may be in force', () => {
    const book = new Book()
    for (let i = 0; i < MAX_ACTIVE_SUPPRESSIONS; i++)
      book.command({ ...suppression({ family: `x${i}` }), id: `sup_n${i}` })
    const { replies } = book.command({ ...suppression({ family: 'y' }), id: 'sup_last' })
    expect(replies).toMatchObject([{ ok: false, code: 'ALERT_SUPPRESSION_LIMIT' }])
  })
})
