import { expect, test } from 'vitest'
import { eventually, freshFolder, type Running, startNightjar } from './support/nightjar.ts'
import { startReceiver } from './support/receiver.ts'
import { post, span, traceRequest } from './support/spans.ts'

const KILLS = 20
const PER_REQUEST = 100
const SENDERS = 4

interface Page {
  items: { traceId: string }[]
  nextCursor: string | null
  total: number
}

/** Sends requests until the process is gone; an answer of 200 makes a promise. */
async function load(nightjar: Running, acknowledged: Set<string>): Promise<void> {
  for (;;) {
    const spans = Array.from({ length: PER_REQUEST }, () =>
      span({ principal: 'mallory', args: { path: '/data/a.txt' } }),
    )
    try {
      if (!(await post(nightjar.otlpHttpUrl, traceRequest(spans.map(({ json }) => json))))) continue
    } catch {
      return
    }
    for (const { traceId } of spans) acknowledged.add(traceId)
  }
}

async function storedTraces(nightjar: Running): Promise<string[]> {
  const traces: string[] = []
  let cursor = ''
  do {
    const page: Page = await nightjar.get(`/events?limit=1000${cursor}`)
    traces.push(...page.items.map(({ traceId }) => traceId))
    cursor = page.nextCursor === null ? '' : `&cursor=${encodeURIComponent(page.nextCursor)}`
  } while (cursor !== '')
  return traces
}

test(`every acknowledged event survives ${KILLS} kills, once, and no alert is raised twice`, {
  timeout: 600_000,
}, async () => {
  const data = freshFolder('crash')
  const receiver = await startReceiver()
  const acknowledged = new Set<string>()
  for (let i = 0; i < KILLS; i++) {
    const nightjar = await startNightjar({ data })
    if (i === 0)
      await nightjar.send('POST', '/destinations', {
        name: 'siem',
        type: 'webhook',
        url: receiver.url,
      })
    const senders = Array.from({ length: SENDERS }, () => load(nightjar, acknowledged))
    await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 700))
    await nightjar.end('SIGKILL')
    await Promise.all(senders)
  }
  const nightjar = await startNightjar({ data })
  const stored = await storedTraces(nightjar)
  expect(acknowledged.size).toBeGreaterThan(KILLS * PER_REQUEST)
  expect(new Set(stored).size).toBe(stored.length)
  const kept = new Set(stored)
  expect([...acknowledged].filter((traceId) => !kept.has(traceId))).toEqual([])

  const alerts = await eventually(async () => {
    const page = await nightjar.get<{ items: { fingerprint: string; family: string }[] }>(
      '/alerts?limit=100',
    )
    return page.items.length > 0 && page.items
  })
  const burst = alerts.filter(({ family }) => family === 'exfiltration-burst')
  expect(burst).toHaveLength(1)
  expect(new Set(alerts.map(({ fingerprint }) => fingerprint)).size).toBe(alerts.length)
  const created = await eventually(async () => {
    const messages = receiver.received.filter(
      ({ body }) => body.includes('nightjar.alert.created') && body.includes('exfiltration-burst'),
    )
    return messages.length > 0 && messages
  })
  expect(new Set(created.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  await nightjar.end()
  await receiver.close()
})
