import { batchOf } from '@nightjar/core'
import { createMemoryLog, createMemoryStream } from '@nightjar/stream'
import { expect, test, vi } from 'vitest'
import { streamContract } from '../../contract/stream.ts'

streamContract('memory stream on a memory log', async () => {
  const log = createMemoryLog()
  let stream = createMemoryStream({ log })
  return {
    stream,
    restart: async () => {
      await stream.close()
      stream = createMemoryStream({ log })
      return stream
    },
    close: () => stream.close(),
  }
})

test('a subscriber slower than its queue reads the log and misses nothing', async () => {
  const stream = createMemoryStream({ log: createMemoryLog(), eventQueueRows: 4 })
  let rows = 0
  await stream.subscribeEvents('slow', async ({ batch }) => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    rows += batch.rows
  })
  for (let i = 0; i < 20; i++) {
    const ids = [2 * i + 1, 2 * i + 2].map((n) => ({ id: n.toString(16).padStart(32, '0') }))
    await stream.publishEvents(batchOf(ids))
  }
  await vi.waitFor(() => expect(rows).toBe(40))
  await stream.close()
})

test('a record that no attempt can handle goes to the dead letters and the next one is handled', async () => {
  const stream = createMemoryStream({ log: createMemoryLog(), recordAttempts: 2 })
  const handled: string[] = []
  await stream.subscribe('nightjar.replies.v1', 'group', async (records) => {
    for (const { value } of records) {
      if (value.commandId === 'bad') throw new Error('cannot')
      handled.push(value.commandId)
    }
  })
  const reply = (commandId: string) => ({
    key: commandId,
    value: { commandId, tenant: 'default', ok: true },
  })
  await stream.publish('nightjar.replies.v1', [reply('bad'), reply('good')])
  await vi.waitFor(() => expect(handled).toContain('good'))
  const letters = await stream.readLatest('nightjar.deadletter.v1')
  expect(letters.get('nightjar.replies.v1')?.code).toBe('STREAM_HANDLER_FAILED')
  await stream.close()
})
