import { type EventBatch, EventBatchBuilder, hexAt, takeRows } from '@nightjar/core'
import type { Delivered, DurableLog, RecordOf } from './contract.ts'
import type { TopicName, TopicValues } from './topics.ts'

interface StoredBatch {
  readonly batch: EventBatch
  readonly position: number
}

function unknownRows(batch: EventBatch, seen: Set<string>): number[] {
  const { data, width } = batch.columns.id
  const rows: number[] = []
  for (let row = 0; row < batch.rows; row++) {
    const id = hexAt(data, width, row)
    if (seen.has(id)) continue
    seen.add(id)
    rows.push(row)
  }
  return rows
}

const emptyBatch = (): EventBatch => new EventBatchBuilder().finish()

/** A {@link DurableLog} in arrays: for tests and for trying things; it keeps everything and survives nothing. */
export function createMemoryLog(): DurableLog {
  const seen = new Set<string>()
  const batches: StoredBatch[] = []
  const topics = new Map<TopicName, Delivered<TopicName>[]>()
  const offsets = new Map<string, number>()
  let end = 1

  const recordsOf = (topic: TopicName): Delivered<TopicName>[] => {
    let records = topics.get(topic)
    if (records === undefined) {
      records = []
      topics.set(topic, records)
    }
    return records
  }

  return {
    async appendEvents(batch) {
      const fresh = takeRows(batch, unknownRows(batch, seen))
      const position = end
      end += fresh.rows
      if (fresh.rows > 0) batches.push({ batch: fresh, position })
      return { batch: fresh, position }
    },
    async readEvents({ from, limit }) {
      const found = batches.find((stored) => stored.position + stored.batch.rows > from)
      if (found === undefined) return { batch: emptyBatch(), position: end }
      const skip = Math.max(0, from - found.position)
      const count = Math.min(limit, found.batch.rows - skip)
      const rows = Array.from({ length: count }, (_, i) => skip + i)
      return { batch: takeRows(found.batch, rows), position: found.position + skip }
    },
    async endOfEvents() {
      return end
    },
    async positionAt(receivedMicros) {
      for (const { batch, position } of batches) {
        const row = batch.columns.receivedTime.data.findIndex((time) => time >= receivedMicros)
        if (row >= 0) return position + row
      }
      return end
    },
    async append<T extends TopicName>(topic: T, records: readonly RecordOf<T>[]) {
      const log = recordsOf(topic)
      const position = log.length + 1
      records.forEach((record, i) => {
        log.push({ ...record, position: position + i })
      })
      return position
    },
    async read<T extends TopicName>(topic: T, { from, limit }: { from: number; limit: number }) {
      return recordsOf(topic).slice(from - 1, from - 1 + limit) as unknown as Delivered<T>[]
    },
    async readLatest<T extends TopicName>(topic: T) {
      return new Map(recordsOf(topic).map(({ key, value }) => [key, value as TopicValues[T]]))
    },
    async endOf(topic) {
      return recordsOf(topic).length + 1
    },
    async committed(group, topic) {
      return offsets.get(`${group} ${topic}`) ?? 0
    },
    async commit(group, topic, position) {
      offsets.set(`${group} ${topic}`, position)
    },
  }
}
