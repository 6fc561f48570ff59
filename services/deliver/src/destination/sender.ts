import type { Alert, Destination } from '@nightjar/core'
import type { Refusal } from '../errors.ts'
import type { Activity } from '../ocsf.ts'
import type { Outcome } from '../outcome.ts'

/** What is to be said to a destination. */
export interface Message {
  /** Constant over retries: the receiver's idempotency key. */
  readonly id: string
  readonly alert: Alert
  readonly activity: Activity
  readonly test: boolean
}

/**
 * One type of destination: the only place that knows its protocol and its dialect. Another type is another file
 * beside this one and a line in the table of senders.
 */
export interface DestinationSender {
  readonly type: Destination['type']
  /** What is wrong with a destination's settings, before they are kept; undefined if nothing is. */
  check(destination: Destination): Promise<Refusal | undefined>
  /** Makes one attempt. Never rejects: every failure is an outcome. An abort gives `retry`. */
  send(destination: Destination, message: Message, signal: AbortSignal): Promise<Outcome>
}
