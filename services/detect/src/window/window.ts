import type { Key } from '../match/hash.ts'
import type { GroupTable } from './group-table.ts'
import type { Quiet } from './quiet.ts'

/** One event as a window sees it: no strings, no objects per event (the instance is reused). */
export interface Arrival {
  /** Key of its group. */
  readonly group: Key
  /** Which of the rules that feed the window it fits. */
  readonly stage: number
  /** Event time in milliseconds, bounded by the receive time. */
  readonly time: number
  /** What value_sum adds up. */
  readonly value: number
  /** What value_count tells apart. */
  readonly distinct: Key
  /** Number of the event in the evidence ring, given the group's newest before it. */
  evidence(before: number): number
}

/** What a window says to one event. The instance is reused. */
export interface Outcome {
  slot: number
  /** What is compared with the condition: a count, a sum, or how many rules have been seen. */
  observed: number
  /** How many events stand behind it. */
  count: number
  /** Begin of the window that ends with the event, exclusive, in milliseconds. */
  after: number
  /** Newest event of the group in the evidence ring. */
  last: number
  /** Events of a sequence, one a stage, when the window is one; else empty. */
  readonly steps: number[]
}

/** State of one correlation over all its groups. */
export interface Window {
  readonly table: GroupTable
  readonly quiet: Quiet
  /** Takes in an event; writes what it amounts to into `into`. False when the event is too old to count. */
  take(arrival: Arrival, into: Outcome): boolean
  /** Whether the last outcome fulfils the condition. */
  met(outcome: Outcome): boolean
  /** Entries given up because of a bound, groups included. */
  evicted(): number
}

/** Bounds of one window's state. */
export interface WindowLimits {
  /** Groups at most; beyond, the one used longest ago goes. */
  readonly maxGroups: number
  /** Entries of all groups at most; beyond, the group used longest ago goes. */
  readonly maxEntries: number
  /** How far behind the newest event of its group an event may come, in milliseconds. */
  readonly latenessMs: number
}
