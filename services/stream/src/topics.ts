import type {
  Alert,
  Command,
  Delivery,
  Destination,
  Finding,
  ManifestVersion,
  Reply,
  Server,
  Sighting,
  StateRecord,
  Suppression,
} from '@nightjar/core'

/** A record that could not be read or applied: why, where, and its redacted payload. */
export interface DeadLetter {
  readonly topic: string
  readonly position: number
  readonly code: string
  readonly message: string
  readonly payload: string
  readonly time: string
}

/** A row of an owner's state, for the archiver and for the owner's own next start. */
export type OwnedRecord =
  | { readonly type: 'server'; readonly row: Server }
  | { readonly type: 'manifest'; readonly row: ManifestVersion }
  | { readonly type: 'suppression'; readonly row: Suppression }
  | { readonly type: 'destination'; readonly row: Destination }
  | { readonly type: 'delivery'; readonly row: Delivery }

/** What each topic carries. Events travel as batches and are not listed here. */
export interface TopicValues {
  /** Key: tenant. */
  'nightjar.sightings.v1': Sighting
  /** Key: tenant + alert fingerprint. */
  'nightjar.findings.v1': Finding
  /** Key: alert id. Compacted: the newest value is the alert. */
  'nightjar.alerts.v1': Alert
  /** Key: what the command is about. */
  'nightjar.commands.v1': Command
  /** Key: command id. Short-lived. */
  'nightjar.replies.v1': Reply
  /** Key: `<type>:<id>`. Compacted: rows of registry, alert (suppressions) and deliver. */
  'nightjar.records.v1': OwnedRecord
  /** Key: the record's key. Compacted: what everyone who judges must know. */
  'nightjar.state.v1': StateRecord
  /** Key: topic. */
  'nightjar.deadletter.v1': DeadLetter
}
export type TopicName = keyof TopicValues

/** The topic of event batches, keyed by tenant + trace (else session, else call id). */
export const EVENTS_TOPIC = 'nightjar.events.v1'

export const TOPIC_NAMES = [
  'nightjar.sightings.v1',
  'nightjar.findings.v1',
  'nightjar.alerts.v1',
  'nightjar.commands.v1',
  'nightjar.replies.v1',
  'nightjar.records.v1',
  'nightjar.state.v1',
  'nightjar.deadletter.v1',
] as const satisfies readonly TopicName[]
