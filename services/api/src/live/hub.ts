import { randomBytes } from 'node:crypto'
import type { Metrics } from '@nightjar/core'
import type { Stream, Subscription } from '@nightjar/stream'
import { LIMITS } from '../options.ts'

/** One reader of the live stream. */
export interface LiveClient {
  /** Writes a frame; false when the reader lags too far and must be let go. */
  write(frame: string): boolean
  end(): void
  /** False once the reader's session has ended. */
  isValid(): boolean
}

/** What the hub stands on. */
export interface LiveHubOptions {
  readonly stream: Stream
  readonly tenant: string
  readonly metrics: Metrics
  readonly group: string
  counts?(): Readonly<Record<string, number>>
}

/** Hands alerts and counts to every reader, and keeps the last ones for readers that come back. */
export interface LiveHub {
  start(): Promise<void>
  stop(): Promise<void>
  isFull(): boolean
  /** Adds a reader, which gets what it missed since `lastId`, or `reset` when that is no longer known. */
  add(client: LiveClient, lastId: string | undefined): void
  remove(client: LiveClient): void
}

interface Frame {
  readonly number: number
  readonly text: string
}

const COUNTS_MS = 1000

/** One event in the wire form of server-sent events. */
export function frameOf(event: string, data: unknown, id?: string): string {
  const head = id === undefined ? '' : `id: ${id}\n`
  return `${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

/** A hub over `nightjar.alerts.v1`. Ids begin with a word of this process, so that those of another one are unknown. */
export function createLiveHub({ stream, metrics, ...options }: LiveHubOptions): LiveHub {
  const boot = randomBytes(6).toString('hex')
  const clients = new Set<LiveClient>()
  const history: Frame[] = []
  const timers: NodeJS.Timeout[] = []
  let next = 1
  let counted = ''
  let subscription: Subscription | undefined

  const remove = (client: LiveClient) => {
    clients.delete(client)
    metrics.set('nightjar_api_stream_clients', clients.size)
  }
  const write = (client: LiveClient, text: string) => {
    if (client.write(text)) return
    metrics.add('nightjar_api_stream_dropped_total', 1)
    remove(client)
    client.end()
  }
  const publish = (event: string, data: unknown) => {
    const number = next++
    const frame = { number, text: frameOf(event, data, `${boot}-${number}`) }
    history.push(frame)
    if (history.length > LIMITS.streamHistory) history.shift()
    for (const client of [...clients]) write(client, frame.text)
  }
  const missed = (lastId: string): readonly Frame[] | undefined => {
    const [word, number] = lastId.split('-')
    const last = Number(number)
    const first = history[0]?.number ?? next
    if (word !== boot || !Number.isSafeInteger(last) || last >= next || last < first - 1)
      return undefined
    return history.filter((frame) => frame.number > last)
  }
  const beat = () => {
    for (const client of [...clients]) {
      if (client.isValid()) write(client, ': still here\n\n')
      else {
        remove(client)
        client.end()
      }
    }
  }
  const sendCounts = () => {
    if (clients.size === 0) return
    const counts = options.counts?.()
    const text = JSON.stringify(counts)
    if (counts === undefined || text === counted) return
    counted = text
    publish('counts', counts)
  }

  return {
    async start() {
      timers.push(
        setInterval(beat, LIMITS.heartbeatMs).unref(),
        setInterval(sendCounts, COUNTS_MS).unref(),
      )
      subscription = await stream.subscribe(
        'nightjar.alerts.v1',
        options.group,
        async (records) => {
          for (const { value } of records)
            if (value.tenant === options.tenant) publish('alert', value)
          const last = records.at(-1)
          if (last) await subscription?.commit(last.position + 1)
        },
        { from: 'end' },
      )
    },
    async stop() {
      for (const timer of timers.splice(0)) clearInterval(timer)
      for (const client of [...clients]) {
        client.write(frameOf('bye', {}))
        remove(client)
        client.end()
      }
      await subscription?.stop()
      subscription = undefined
    },
    isFull: () => clients.size >= LIMITS.streamClients,
    add(client, lastId) {
      clients.add(client)
      metrics.set('nightjar_api_stream_clients', clients.size)
      const frames = lastId === undefined ? [] : missed(lastId)
      if (frames === undefined) write(client, frameOf('reset', {}, `${boot}-${next - 1}`))
      for (const { text } of frames ?? []) write(client, text)
    },
    remove,
  }
}
