import type { OtlpReceiver } from '@nightjar/otlp'
import { createMemoryLog, createMemoryStream } from '@nightjar/stream'
import { afterEach, expect, test } from 'vitest'
import { span, startReceiver, traces } from '../../support/otlp.ts'

const receivers: OtlpReceiver[] = []
afterEach(() => Promise.all(receivers.splice(0).map((receiver) => receiver.stop())))

async function start(options: Parameters<typeof startReceiver>[0]) {
  const started = await startReceiver(options)
  receivers.push(started.receiver)
  return started
}

const send = async (url: string, ...spans: object[]) => {
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: new Uint8Array(traces(...spans)),
  })
  return response.status
}

test('requests that wait for a publish go out together in the next one', async () => {
  const { url, stream } = await start({})
  const open = stream.hold()
  const first = send(url, span())
  await expect.poll(() => stream.running).toBe(1)
  const rest = Array.from({ length: 20 }, () => send(url, span(), span()))
  await new Promise((resolve) => setTimeout(resolve, 100))
  open()
  expect(await Promise.all([first, ...rest])).toEqual(new Array(21).fill(200))
  expect(stream.batches.map((batch) => batch.rows)).toEqual([1, 40])
  expect(stream.mostRunning).toBe(1)
})

test('a full batch waits in line and a new one fills', async () => {
  const { url, stream, receiver } = await start({ limits: { batchRows: 3 } })
  const open = stream.hold()
  const sent = [send(url, span())]
  await expect.poll(() => stream.running).toBe(1)
  for (let i = 1; i <= 5; i++) {
    sent.push(send(url, span(), span()))
    await expect.poll(() => receiver.stats().pendingRows).toBe(1 + i * 2)
  }
  open()
  await Promise.all(sent)
  expect(stream.batches.map((batch) => batch.rows)).toEqual([1, 4, 4, 2])
  expect(receiver.stats()).toEqual({ activeRequests: 0, pendingRows: 0, pendingBytes: 0 })
})

test('a publish that fails fails its requests alone', async () => {
  const { url, stream } = await start({})
  stream.failure = new Error('down')
  const open = stream.hold()
  const failed = send(url, span())
  await expect.poll(() => stream.running).toBe(1)
  open()
  expect(await failed).toBe(503)
  stream.failure = undefined
  expect(await send(url, span())).toBe(200)
  expect(stream.rows).toBe(1)
})

test('sightings are published before the answer, once a batch', async () => {
  const { url, stream } = await start({})
  const attributes = [{ key: 'test.manifest', value: { boolValue: true } }]
  const listed = span({ name: 'files', attributes })
  expect(await send(url, listed, span({ name: 'files', attributes }), span())).toBe(200)
  expect(stream.sightings).toMatchObject([{ id: 'files', tenant: 'default' }])
  expect(stream.rows).toBe(3)
})

test('malformed requests do not let a batch grow without rows', async () => {
  const { url, stream, receiver } = await start({ limits: { batchBytes: 2000 } })
  const broken = traces(span({ name: 'x'.repeat(900) })).subarray(0, -1)
  for (let i = 0; i < 10; i++) {
    const response = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: new Uint8Array(broken),
    })
    expect(response.status).toBe(400)
  }
  expect(await send(url, span({ name: 'good' }))).toBe(200)
  expect(stream.events).toMatchObject([{ tool: 'good' }])
  const { columns } = stream.batches[0] ?? { columns: undefined }
  expect(columns?.tool.values.length).toBeLessThan(5)
  expect(receiver.stats().pendingRows).toBe(0)
})

test('records reach the subscribers of a real stream', async () => {
  const stream = createMemoryStream({ log: createMemoryLog() })
  const got: string[] = []
  await stream.subscribeEvents('test', async ({ batch }) => {
    got.push(...batch.columns.tool.values)
  })
  const { url } = await start({ stream })
  expect(await send(url, span({ name: 'through' }))).toBe(200)
  await expect.poll(() => got).toContain('through')
  await stream.close()
})

test('metrics tell of requests, records, bytes and commits', async () => {
  const { url, metrics } = await start({})
  await send(url, span(), span({ name: 'skip' }), span({ traceId: Buffer.alloc(16) }))
  const value = (name: string) => metrics.values.get(name)
  expect(value('nightjar_otlp_requests_total traces http partial')).toBe(1)
  expect(value('nightjar_otlp_records_total traces accepted')).toBe(1)
  expect(value('nightjar_otlp_records_total traces skipped')).toBe(1)
  expect(value('nightjar_otlp_records_total traces rejected')).toBe(1)
  expect(value('nightjar_otlp_bytes_total http')).toBeGreaterThan(100)
  expect(value('nightjar_otlp_commit_seconds_count')).toBe(1)
  expect(value('nightjar_otlp_pending_rows')).toBe(0)
})

test('a sender waits for room with its body unread, and is answered when it came', async () => {
  const { url, stream, receiver } = await start({
    limits: { maxPendingRows: 1, overloadWaitMs: 5000 },
  })
  const open = stream.hold()
  const first = send(url, span())
  await expect.poll(() => stream.running).toBe(1)
  const held = receiver.stats().pendingBytes
  const second = send(url, span())
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(receiver.stats()).toMatchObject({ pendingRows: 1, pendingBytes: held })
  open()
  expect(await Promise.all([first, second])).toEqual([200, 200])
})
