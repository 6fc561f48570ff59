import { type Finding, hexAt } from '@nightjar/core'
import { GroupKeys } from '../match/group.ts'
import type { Reader } from '../match/reader.ts'
import type { Rule } from '../rule/model.ts'
import { Directory } from '../window/directory.ts'
import { EvidenceRing } from '../window/evidence.ts'
import { type Claim, findingOf } from './finding.ts'
import type { Limits } from './limits.ts'

/**
 * What judging an event leads to: `rebuild` fills windows only (its findings and everything else about it are in the
 * checkpoint), `silent` also notes who fired, `live` gives findings.
 */
export type Mode = 'rebuild' | 'silent' | 'live'

/** The row being judged, and what all targets share. One instance; nothing is made per row. */
export class Context {
  readonly reader: Reader
  readonly keys: GroupKeys
  readonly limits: Limits
  readonly directory = new Directory()
  readonly ring: EvidenceRing
  mode: Mode = 'live'
  row = 0
  /** Event time in milliseconds, not after the receive time. */
  time = 0
  /** Received too long after it happened to count in a window. */
  late = false
  findings: Finding[] = []
  #number = 0

  constructor(reader: Reader, limits: Limits) {
    this.reader = reader
    this.limits = limits
    this.keys = new GroupKeys(reader)
    this.ring = new EvidenceRing(limits.evidence)
  }

  begin(row: number): void {
    const { time, receivedTime } = this.reader.batch.columns
    const received = receivedTime.data[row] as number
    const happened = (time.data[row] as number) || received
    const micros = received > 0 && happened > received ? received : happened
    this.row = row
    this.time = Math.floor(micros / 1000)
    this.late = received > 0 && received - micros > this.limits.latenessMs * 1000
    this.#number = 0
  }

  /** The row's number in the evidence ring, as the successor of `before`; first of a chain it has one number only. */
  evidence(before: number): number {
    const { id } = this.reader.batch.columns
    if (before !== 0) return this.ring.add(id, this.row, this.time, before)
    if (this.#number === 0) this.#number = this.ring.add(id, this.row, this.time, 0)
    return this.#number
  }

  eventId(): string {
    return hexAt(this.reader.batch.columns.id.data, 16, this.row)
  }

  /** Gives a finding, when the mode is to give any and the rule speaks for itself. */
  claim(rule: Rule, claim: Omit<Claim, 'row' | 'time' | 'late' | 'completedBy'>): void {
    if (this.mode !== 'live' || !rule.emits) return
    const { row, time, late } = this
    const completedBy = this.eventId()
    this.findings.push(findingOf(rule, { ...claim, row, time, late, completedBy }, this.reader))
  }
}
