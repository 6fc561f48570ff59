export type {
  Delivered,
  DurableLog,
  EventDelivery,
  EventRange,
  EventSubscriptionOptions,
  PublishedEvents,
  RecordOf,
  Stream,
  Subscription,
} from './contract.ts'
export {
  type DeadLetter,
  EVENTS_TOPIC,
  type OwnedRecord,
  TOPIC_NAMES,
  type TopicName,
  type TopicValues,
} from './topics.ts'
