import { type Component, type Logger, type Metrics, noMetrics, silentLogger } from '@nightjar/core'
import type { Delivered, Stream, Subscription, TopicName, TopicValues } from '@nightjar/stream'
import { type ArchiveRow, alertRow, findingRow, recordRow } from './archive-rows.ts'
import type { StoreClient } from './client.ts'

const GROUP = 'archive'

/**
 * Writes findings, alerts and owners' rows from the stream into the typed tables the API reads. Rows replace older
 * versions of themselves, so that a record that comes again changes nothing.
 */
export function startArchiver(
  store: { readonly client: StoreClient },
  stream: Stream,
  options: { readonly logger?: Logger; readonly metrics?: Metrics } = {},
): Component {
  const { logger = silentLogger, metrics = noMetrics } = options
  let subscriptions: Subscription[] = []

  const follow = async <T extends TopicName>(
    topic: T,
    rowOf: (value: TopicValues[T]) => ArchiveRow,
  ): Promise<void> => {
    const archive = async (records: readonly Delivered<T>[]): Promise<void> => {
      for (const [table, rows] of byTable(records.map(({ value }) => rowOf(value))))
        await store.client.insertRows(table, rows)
      metrics.add('nightjar_store_archived_total', records.length, { topic })
      const last = records.at(-1)
      if (last !== undefined)
        await ready.then((subscription) => subscription.commit(last.position + 1))
    }
    const ready = stream.subscribe(topic, GROUP, archive)
    subscriptions.push(await ready)
  }

  return {
    name: 'archiver',
    async start() {
      await follow('nightjar.findings.v1', findingRow)
      await follow('nightjar.alerts.v1', alertRow)
      await follow('nightjar.records.v1', recordRow)
      logger.debug({ group: GROUP }, 'The archiver follows the stream.')
    },
    async stop() {
      const running = subscriptions
      subscriptions = []
      await Promise.all(running.map((subscription) => subscription.stop()))
    },
  }
}

function byTable(rows: readonly ArchiveRow[]): Map<string, ArchiveRow['row'][]> {
  const tables = new Map<string, ArchiveRow['row'][]>()
  for (const { table, row } of rows) {
    const part = tables.get(table)
    if (part === undefined) tables.set(table, [row])
    else part.push(row)
  }
  return tables
}
