import { createMemoryLog, createMemoryStream, publishDurably } from '@nightjar/stream'
import { expect, test } from 'vitest'

const TOPIC = 'nightjar.replies.v1' as const
const reply = (commandId: string) => ({
  key: commandId,
  value: { commandId, tenant: 'default', ok: true },
})

function failing(times: number) {
  const stream = createMemoryStream({ log: createMemoryLog() })
  let left = times
  return {
    readLatest: () => stream.readLatest(TOPIC),
    publish: (async (topic, records) => {
      if (left-- > 0) throw new Error('the log is away')
      await stream.publish(topic, records)
    }) as typeof stream.publish,
  }
}

test('records are published in order once the log is back, each failure told', async () => {
  const stream = failing(2)
  const told: string[] = []
  const publish = publishDurably({
    stream,
    signal: new AbortController().signal,
    onRetry: (topic) => told.push(topic),
    chunk: 2,
  })
  await publish(TOPIC, [reply('a'), reply('b'), reply('c')])
  expect([...(await stream.readLatest()).keys()]).toEqual(['a', 'b', 'c'])
  expect(told).toEqual([TOPIC, TOPIC])
})

test('it gives up with the error when its owner stops', async () => {
  const stopping = new AbortController()
  const publish = publishDurably({
    stream: failing(Number.POSITIVE_INFINITY),
    signal: stopping.signal,
    onRetry: () => stopping.abort(),
  })
  await expect(publish(TOPIC, [reply('a')])).rejects.toThrow('the log is away')
})
