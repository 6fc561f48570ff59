import { type Logger, type Metrics, noMetrics, silentLogger } from '@nightjar/core'
import { type DurableLog, EVENTS_TOPIC } from '@nightjar/stream'
import type { StoreClient } from '../client.ts'
import { EventWriter } from '../events/event-writer.ts'
import { EventReader } from './event-reader.ts'
import { Offsets } from './offsets.ts'
import { RecordLog } from './record-log.ts'

/** What the log needs. */
export interface StoreLogOptions {
  readonly client: StoreClient
  readonly logger?: Logger
  readonly metrics?: Metrics
  /** Ids kept in memory to know an event that is sent again. */
  readonly knownIds?: number
}

/** A {@link DurableLog} on the store's tables, and its end. */
export interface StoreLog {
  readonly log: DurableLog
  /** Waits for what was appended and writes the last commits. */
  close(): Promise<void>
}

/** Opens the log: reads where it ends and what it knows. */
export async function openStoreLog(options: StoreLogOptions): Promise<StoreLog> {
  const { client, logger = silentLogger, metrics = noMetrics } = options
  const offsets = new Offsets(client, logger)
  const records = new RecordLog(client, metrics)
  const events = new EventWriter({ ...options, logger, metrics })
  const reader = new EventReader(client)
  const committed = await offsets.start()
  await records.start(committed)
  await events.start(committed.get(EVENTS_TOPIC) ?? 0)
  return {
    log: {
      appendEvents: (batch) => events.append(batch),
      readEvents: (range) => reader.read(range, events.end),
      endOfEvents: async () => events.end,
      positionAt: (receivedMicros) => reader.positionAt(receivedMicros, events.end),
      append: (topic, appended) => records.append(topic, appended),
      read: (topic, range) => records.read(topic, range),
      readLatest: (topic) => records.readLatest(topic),
      endOf: async (topic) => records.endOf(topic),
      committed: async (group, topic) => offsets.committed(group, topic),
      commit: async (group, topic, position) => offsets.commit(group, topic, position),
    },
    async close() {
      await events.close()
      await records.close()
      await offsets.close()
    },
  }
}
