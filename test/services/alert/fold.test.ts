import { alertIdOf } from '@nightjar/alert'
import { alertSchema } from '@nightjar/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Book, finding, NOON } from './samples.ts'

describe('findings fold into alerts', () => {
  it('opens one alert for the first finding of a fingerprint', () => {
    const book = new Book()
    book.findings(finding('f1'))
    const alert = alertSchema.parse(book.alert)
    expect(alert).toMatchObject({
      id: alertIdOf('default', 'f'.repeat(32)),
      state: 'open',
      severity: 'high',
      count: 1,
      version: 1,
      regressed: false,
      suppressed: false,
      findingIds: ['f1'],
    })
    expect(alert.id).toMatch(/^alt_[0-9a-f]{24}$/)
    expect(alert.history.map(({ actor, action }) => [actor, action])).toEqual([
      ['nightjar', 'created'],
    ])
  })

  it('keeps tenants and fingerprints apart', () => {
    const book = new Book()
    book.findings(
      finding('a'),
      finding('b', 0, { tenant: 'acme' }),
      finding('c', 0, { fingerprint: 'e'.repeat(32) }),
    )
    expect(book.alerts.size).toBe(3)
  })

  it('counts findings, widens the time range and keeps the ids of events and rules', () => {
    const book = new Book()
    book.findings(finding('f1', 5000))
    book.findings(finding('f2', 9000, { ruleId: 'bytes', tags: ['atlas.aml-t0086'] }))
    book.findings(finding('f0', 1000))
    expect(book.alert).toMatchObject({
      count: 3,
      firstSeen: new Date(NOON).toISOString(),
      lastSeen: new Date(NOON + 9000).toISOString(),
      ruleIds: ['exfiltration-burst-calls', 'bytes'],
      tags: ['attack.t1567', 'atlas.aml-t0086'],
      eventIds: ['f1-event', 'f2-event', 'f0-event'],
      version: 3,
    })
    expect(book.alert.finding.id).toBe('f2')
  })

  it('takes severity from the worst, title and summary from the newest of the worst', () => {
    const book = new Book()
    book.findings(finding('f1', 0, { severity: 'medium', summary: 'medium' }))
    book.findings(finding('f2', 1000, { severity: 'critical', summary: 'critical' }))
    book.findings(finding('f3', 2000, { severity: 'low', summary: 'low' }))
    expect(book.alert).toMatchObject({ severity: 'critical', summary: 'critical' })
    expect(book.alert.risk).toEqual({ score: 95, severity: 95, criticality: 1, confidence: 1 })
    expect(book.alert.finding.id).toBe('f3')
    expect(book.alert.history.at(-1)).toMatchObject({
      action: 'escalated',
      detail: 'medium to critical',
    })
  })

  it.each([
    ['informational', 1, 10],
    ['low', 1, 30],
    ['medium', 0.8, 44],
    ['high', 0.75, 60],
    ['critical', 0.1, 48],
    ['critical', 7, 95],
  ] as const)('scores %s with confidence %d as %d', (severity, confidence, score) => {
    const book = new Book()
    book.findings(finding('f1', 0, { severity, data: { confidence } }))
    expect(book.alert.risk.score).toBe(score)
  })

  it('changes nothing when findings come again', () => {
    const book = new Book()
    const findings = [finding('f1'), finding('f2', 1), finding('f3', 2)]
    book.findings(...findings)
    const before = book.alert
    const again = book.findings(...findings.toReversed())
    expect(again.alerts).toEqual([])
    expect(again.tally.known).toBe(3)
    expect(book.alert).toBe(before)
  })

  it('does not reopen a closed alert for a finding it knows, even where its id was forgotten', () => {
    const book = new Book()
    const many = Array.from({ length: 700 }, (_, i) => finding(`f${i}`, i))
    book.findings(...many)
    expect(book.alert).toMatchObject({ count: 700 })
    expect(book.alert.findingIds).toHaveLength(200)
    expect(book.alert.eventIds).toHaveLength(100)
    book.command({ type: 'alert.close', id: book.alert.id, closeReason: 'false_positive' })
    expect(book.findings(...many).alerts).toEqual([])
    expect(book.alert.state).toBe('closed')
  })

  it('still counts a worse straggler when ids were forgotten', () => {
    const book = new Book()
    book.findings(...Array.from({ length: 300 }, (_, i) => finding(`f${i}`, i)))
    book.findings(finding('late', 5, { severity: 'critical' }))
    expect(book.alert).toMatchObject({ count: 301, severity: 'critical' })
  })

  it('gives the same alert however the findings are cut into batches, and after any replay', () => {
    const findings = Array.from({ length: 30 }, (_, i) => finding(`f${i}`, i * 10))
    const whole = new Book()
    whole.findings(...findings)
    const cuts = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 6 })
    fc.assert(
      fc.property(cuts, fc.integer({ min: 0, max: 30 }), (places, replayFrom) => {
        const book = new Book()
        const sorted = [0, ...places.toSorted((a, b) => a - b), 30]
        sorted.slice(1).forEach((to, i) => {
          book.findings(...findings.slice(sorted[i], to))
        })
        book.findings(...findings.slice(replayFrom))
        expect({ ...book.alert, version: 0 }).toEqual({ ...whole.alert, version: 0 })
      }),
    )
  })

  it('raises the version once per step', () => {
    const book = new Book()
    book.findings(finding('f1'), finding('f2', 1), finding('f3', 2))
    expect(book.alert).toMatchObject({ version: 1, count: 3 })
  })

  it('reopens the same alert as regressed when it fires again after closing', () => {
    const book = new Book()
    book.findings(finding('f1'))
    const { id } = book.alert
    book.command({ type: 'alert.acknowledge', id })
    book.command({ type: 'alert.close', id, closeReason: 'true_positive' })
    const { tally } = book.findings(finding('f2', 1000))
    expect(book.alert).toMatchObject({ id, state: 'open', regressed: true, owner: 'ana', count: 2 })
    expect(book.alert.closeReason).toBeUndefined()
    expect(tally).toMatchObject({ regressed: 1, raised: 0 })
    expect(book.alert.history.map(({ action }) => action)).toEqual([
      'created',
      'acknowledged',
      'closed',
      'regressed',
    ])
  })
})
