export type {
  Delivered,
  DurableLog,
  EventDelivery,
  EventRange,
  EventSubscriptionOptions,
  PublishedEvents,
  RecordOf,
  RecordSubscriptionOptions,
  Stream,
  Subscription,
} from './contract.ts'
export { createMemoryStream, type MemoryStreamOptions } from './memory.ts'
export { createMemoryLog } from './memory-log.ts'
export { type DurablePublishing, type PublishDurably, publishDurably } from './publish-durably.ts'
export {
  type DeadLetter,
  EVENTS_TOPIC,
  type OwnedRecord,
  TOPIC_NAMES,
  type TopicName,
  type TopicValues,
} from './topics.ts'
