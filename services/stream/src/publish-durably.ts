import type { RecordOf, Stream } from './contract.ts'
import type { TopicName } from './topics.ts'

/** What publishing needs that must not give up. */
export interface DurablePublishing {
  readonly stream: Pick<Stream, 'publish'>
  /** Once aborted, a failure is thrown and no longer waited out. */
  readonly signal: AbortSignal
  /** Told of each failure that is tried again. */
  readonly onRetry: (topic: TopicName, error: unknown) => void
  /** Records in one publish at most; 500 by default. */
  readonly chunk?: number
}

/** Publishes records of one topic in order; resolves when all are durable. */
export type PublishDurably = <T extends TopicName>(
  topic: T,
  records: readonly RecordOf<T>[],
) => Promise<void>

const CHUNK = 500
const FIRST_RETRY_MS = 100
const LAST_RETRY_MS = 5_000

/**
 * Publishes until it is durable, with back-off from 100 ms to 5 s: an outage of the log must hold an owner's rows back,
 * not lose or dead-letter what they were made from.
 */
export function publishDurably({
  stream,
  signal,
  onRetry,
  chunk = CHUNK,
}: DurablePublishing): PublishDurably {
  return async (topic, records) => {
    for (let from = 0; from < records.length; from += chunk) {
      const part = records.slice(from, from + chunk)
      for (let wait = FIRST_RETRY_MS; ; wait = Math.min(LAST_RETRY_MS, wait * 2)) {
        try {
          await stream.publish(topic, part)
          break
        } catch (error) {
          if (signal.aborted) throw error
          onRetry(topic, error)
        }
        await pause(wait, signal)
      }
    }
  }
}

/** Waits, or returns at once when the signal is given. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
