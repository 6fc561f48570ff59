import { randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { OtlpReceiver } from '@nightjar/otlp'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { jsonSpan, jsonTraces, logs, span, startReceiver, traces } from '../../support/otlp.ts'
import { decode, encode } from '../../support/otlp-descriptor.ts'

const PROTOBUF = 'application/x-protobuf'
const JSON_TYPE = 'application/json'

let shared: Awaited<ReturnType<typeof startReceiver>>
const others: OtlpReceiver[] = []

async function start(options: Parameters<typeof startReceiver>[0]) {
  const started = await startReceiver(options)
  others.push(started.receiver)
  return started
}

beforeAll(async () => {
  shared = await startReceiver({ limits: { maxBytes: 1024 * 1024 } })
})
afterAll(() => shared.receiver.stop())
afterEach(async () => {
  shared.stream.gate = Promise.resolve()
  shared.stream.failure = undefined
  await Promise.all(others.splice(0).map((receiver) => receiver.stop()))
})

function post(
  path: string,
  body: Buffer | string,
  headers: Readonly<Record<string, string>> = { 'content-type': PROTOBUF },
  url = shared.url,
): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers,
  })
}

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer())
const statusOf = async (response: Response) => decode('RpcStatus', await bytesOf(response))
const json = { 'content-type': JSON_TYPE }

test('a trace in protobuf is stored and answered in protobuf, with nothing to say', async () => {
  const before = shared.stream.rows
  const response = await post('/v1/traces', traces(span({ name: 'one' }), span({ name: 'two' })))
  expect([response.status, response.headers.get('content-type')]).toEqual([200, PROTOBUF])
  expect(await bytesOf(response)).toHaveLength(0)
  expect(shared.stream.events.slice(before)).toMatchObject([
    { tool: 'one', tenant: 'default', time: '2026-11-18T11:06:40.123456Z' },
    { tool: 'two' },
  ])
})

test('a trace in JSON is stored and answered in JSON', async () => {
  const before = shared.stream.rows
  const response = await post('/v1/traces', jsonTraces(jsonSpan({ name: 'j' })), {
    'content-type': 'application/json; charset=utf-8',
  })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, JSON_TYPE])
  expect(await response.text()).toBe('{}')
  expect(shared.stream.events.slice(before)).toMatchObject([{ tool: 'j' }])
})

test.each(['/v1/logs', '/logs'])('logs are taken at %s', async (path) => {
  const before = shared.stream.rows
  const response = await post(path, logs({ eventName: 'tool_result' }))
  expect(response.status).toBe(200)
  expect(shared.stream.events.slice(before)).toMatchObject([{ tool: 'tool_result' }])
})

test.each(['/v1/metrics', '/metrics'])('metrics are counted at %s, not kept', async (path) => {
  const before = shared.stream.rows
  const metric = { name: 'x', sum: { dataPoints: [{ asDouble: 1 }, {}] } }
  const body = encode('ExportMetricsServiceRequest', {
    resourceMetrics: [{ scopeMetrics: [{ metrics: [metric, { gauge: { dataPoints: [{}] } }] }] }],
  })
  const points = () => shared.metrics.values.get('nightjar_otlp_records_total metrics skipped') ?? 0
  const counted = points()
  expect((await post(path, body)).status).toBe(200)
  expect(points() - counted).toBe(3)
  expect((await post(path, body.subarray(0, -1))).status).toBe(400)
  expect(shared.stream.rows).toBe(before)
})

test('a path without version is an alias, and an empty request is a request', async () => {
  expect((await post('/traces', Buffer.alloc(0))).status).toBe(200)
  expect((await post('/traces', '{}', json)).status).toBe(200)
})

test('what is not MCP is taken and skipped', async () => {
  const response = await post('/v1/traces', jsonTraces(jsonSpan({ name: 'skip' })), json)
  expect(await response.text()).toBe('{}')
})

test('rejected spans are counted in the answer, and the others are stored', async () => {
  const before = shared.stream.rows
  const bad = span({ traceId: Buffer.alloc(16) })
  const response = await post('/v1/traces', traces(bad, span(), bad))
  expect(response.status).toBe(200)
  expect(decode('ExportResponse', await bytesOf(response))).toEqual({
    partialSuccess: { rejected: '2', errorMessage: '2 spans have no valid trace id and span id' },
  })
  const inJson = await post('/v1/traces', jsonTraces(jsonSpan({ traceId: 'q83v' })), json)
  expect(await inJson.json()).toMatchObject({ partialSuccess: { rejectedSpans: '1' } })
  expect(shared.stream.rows - before).toBe(1)
})

test('logs sent to the path of traces are rejected, not stored', async () => {
  const before = shared.stream.rows
  const response = await post('/v1/traces', logs({ timeUnixNano: '1', eventName: 'x' }))
  const { partialSuccess } = decode('ExportResponse', await bytesOf(response))
  expect(partialSuccess).toMatchObject({ rejected: '1' })
  expect(shared.stream.rows).toBe(before)
})

test('a fault in a dialect costs one record and never shows its content', async () => {
  const before = shared.stream.rows
  const fault = span({ name: 'fault' })
  const response = await post('/v1/traces', traces(span({ name: 'a' }), fault, span({ name: 'b' })))
  expect(decode('ExportResponse', await bytesOf(response))).toEqual({
    partialSuccess: { rejected: '1', errorMessage: '1 spans could not be read' },
  })
  expect(shared.stream.events.slice(before)).toMatchObject([{ tool: 'a' }, { tool: 'b' }])
})

test('a request that is broken at its end leaves no row', async () => {
  const before = shared.stream.rows
  const body = traces(span(), span())
  const response = await post('/v1/traces', body.subarray(0, -1))
  expect(response.status).toBe(400)
  expect(await statusOf(response)).toMatchObject({ code: 3 })
  const answer = await post('/v1/traces', '{"resourceSpans":{}}', json)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([400, JSON_TYPE])
  expect(await answer.json()).toEqual({
    code: 3,
    message: 'The request is malformed: resourceSpans is not a list.',
  })
  await post('/v1/traces', traces(span()))
  expect(shared.stream.rows - before).toBe(1)
})

test.each([
  ['another path', 'POST', '/v1/profiles', PROTOBUF, 404, {}],
  ['another method', 'PUT', '/v1/traces', PROTOBUF, 405, { allow: 'POST' }],
  [
    'no content type',
    'POST',
    '/v1/traces',
    '',
    415,
    { 'accept-post': `${PROTOBUF}, ${JSON_TYPE}` },
  ],
  ['another content type', 'POST', '/v1/traces', 'text/plain', 415, {}],
])('%s is refused', async (_, method, path, type, status, headers) => {
  const response = await fetch(`${shared.url}${path}`, {
    method,
    body: new Uint8Array(3),
    headers: type === '' ? {} : { 'content-type': type },
  })
  expect(response.status).toBe(status)
  for (const [name, value] of Object.entries(headers))
    expect(response.headers.get(name)).toBe(value)
  const body = type === PROTOBUF ? await statusOf(response) : await response.json()
  expect(body).toHaveProperty('message')
})

test('another content encoding is refused', async () => {
  const headers = { 'content-type': PROTOBUF, 'content-encoding': 'br' }
  const response = await post('/v1/traces', Buffer.from('x'), headers)
  expect([response.status, response.headers.get('accept-encoding')]).toEqual([
    415,
    'gzip, identity',
  ])
})

test('a browser gets a hint, and no leave to send from elsewhere', async () => {
  const hint = await fetch(shared.url)
  expect(await hint.text()).toContain('/v1/traces')
  const preflight = await fetch(`${shared.url}/v1/traces`, { method: 'OPTIONS' })
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
    405,
    null,
  ])
})

const gzipped = { 'content-type': PROTOBUF, 'content-encoding': 'gzip' }

test('gzip is inflated, on the spot and apart', async () => {
  const before = shared.stream.rows
  const attributes = [{ key: 'x', value: { bytesValue: randomBytes(300_000) } }]
  const large = span({ attributes })
  for (const body of [traces(span()), traces(large)])
    expect((await post('/v1/traces', gzipSync(body), gzipped)).status).toBe(200)
  expect(shared.stream.rows - before).toBe(2)
})

test('broken gzip is malformed', async () => {
  const whole = gzipSync(traces(span()))
  for (const body of [whole.subarray(0, -4), Buffer.from('not gzip at all')])
    expect((await post('/v1/traces', body, gzipped)).status).toBe(400)
})

test('a bomb is refused without taking the memory it asks for', async () => {
  // Made before the measure begins: making them leaves garbage of its own.
  const small = gzipSync(Buffer.alloc(200 * 1024 * 1024))
  const piece = gzipSync(Buffer.alloc(1_000_000))
  const large = Buffer.concat(Array.from({ length: 400 }, () => piece))
  const before = process.memoryUsage().rss
  for (let i = 0; i < 3; i++) {
    const response = await post('/v1/traces', small, gzipped)
    expect(response.status).toBe(413)
    expect(await statusOf(response)).toMatchObject({ code: 8 })
  }
  expect((await post('/v1/traces', large.subarray(0, 1_000_000), gzipped)).status).toBe(413)
  expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024)
  expect(shared.receiver.stats().pendingBytes).toBe(0)
})

test('a body that is too large is refused, declared or in chunks', async () => {
  const body = Buffer.alloc(1024 * 1024 + 1)
  expect((await post('/v1/traces', body)).status).toBe(413)
  const chunked = await fetch(`${shared.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': PROTOBUF },
    body: new Blob([body]).stream(),
    duplex: 'half',
  } as RequestInit)
  expect(chunked.status).toBe(413)
})

test('a chunked body is a body', async () => {
  const before = shared.stream.rows
  const body = traces(span())
  const status = await new Promise((resolve, reject) => {
    const request = httpRequest(`${shared.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': PROTOBUF },
    })
    request.on('response', (response) => resolve(response.resume().statusCode))
    request.on('error', reject)
    request.write(body.subarray(0, 7))
    setTimeout(() => request.end(body.subarray(7)), 5)
  })
  expect(status).toBe(200)
  expect(shared.stream.rows - before).toBe(1)
})

test.each([
  [{ authorization: 'Bearer good' }, 200],
  [{ authorization: 'bearer good' }, 200],
  [{ 'x-nightjar-token': 'good' }, 200],
  [{}, 401],
  [{ authorization: 'Bearer bad' }, 401],
  [{ authorization: 'Basic Z29vZDpnb29k' }, 401],
  [{ 'x-nightjar-token': 'bad', authorization: 'Bearer good' }, 401],
] as const)('where a token is required, %o answers %i', async (headers, status) => {
  const { url, stream } = await start({
    authenticate: (bearer) =>
      bearer === undefined
        ? { error: 'missing' }
        : bearer === 'good'
          ? { tenant: 'acme' }
          : { error: 'invalid' },
  })
  const response = await post('/v1/traces', jsonTraces(jsonSpan()), { ...json, ...headers }, url)
  expect(response.status).toBe(status)
  if (status === 401) {
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(await response.json()).toMatchObject({ code: 16 })
    expect(stream.rows).toBe(0)
  } else expect(stream.events).toMatchObject([{ tenant: 'acme' }])
})

test('the answer comes only when the rows are durable', async () => {
  const open = shared.stream.hold()
  let answered = false
  const pending = post('/v1/traces', traces(span())).then((response) => {
    answered = true
    return response
  })
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect(answered).toBe(false)
  open()
  expect((await pending).status).toBe(200)
})

test('a publish that fails is answered with leave to send again', async () => {
  shared.stream.failure = new Error('secret detail')
  const response = await post('/v1/traces', traces(span()))
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
  const status = await statusOf(response)
  expect(status).toMatchObject({ code: 14 })
  expect(JSON.stringify(status)).not.toContain('secret')
})

test('too many rows waiting are answered with leave to send again, and then all is well', async () => {
  const { url, stream } = await start({ limits: { maxPendingRows: 2, overloadWaitMs: 1 } })
  const open = stream.hold()
  const first = post('/v1/traces', traces(span(), span()), undefined, url)
  await expect.poll(() => stream.running).toBe(1)
  const refused = await post('/v1/traces', jsonTraces(jsonSpan()), json, url)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  expect(await refused.json()).toMatchObject({ code: 14 })
  open()
  expect((await first).status).toBe(200)
  expect((await post('/v1/traces', traces(span()), undefined, url)).status).toBe(200)
  expect(stream.rows).toBe(3)
})

test('too many bytes waiting are answered with leave to send again', async () => {
  const body = traces(span({ name: 'x'.repeat(1000) }))
  const { url, stream } = await start({ limits: { maxPendingBytes: body.length * 2 } })
  const open = stream.hold()
  const first = post('/v1/traces', body, undefined, url)
  const second = post('/v1/traces', body, undefined, url)
  await expect.poll(() => stream.running).toBe(1)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect((await post('/v1/traces', body, undefined, url)).status).toBe(429)
  expect((await post('/v1/traces', gzipSync(body), gzipped, url)).status).toBe(429)
  open()
  expect([(await first).status, (await second).status]).toEqual([200, 200])
  expect((await post('/v1/traces', body, undefined, url)).status).toBe(200)
})

test('a batch that is not durable in time is answered with leave to send again', async () => {
  const { url, stream } = await start({ limits: { commitTimeoutMs: 30 } })
  const open = stream.hold()
  expect((await post('/v1/traces', traces(span()), undefined, url)).status).toBe(503)
  open()
})

test('stopping makes durable and answers what it has, and refuses what is new', async () => {
  const { receiver, url, stream } = await start({})
  const open = stream.hold()
  const first = post('/v1/traces', traces(span()), undefined, url)
  await expect.poll(() => stream.running).toBe(1)
  const stopped = receiver.stop()
  await expect(post('/v1/traces', traces(span()), undefined, url)).rejects.toThrow()
  open()
  expect((await first).status).toBe(200)
  await stopped
  expect(stream.rows).toBe(1)
})

test('a client that sends its request drop by drop is cut off', async () => {
  const { receiver } = await start({ limits: { headersTimeoutMs: 100, requestTimeoutMs: 200 } })
  const socket = connect(receiver.httpPort, '127.0.0.1')
  socket.write('POST /v1/traces HTTP/1.1\r\nhost: x\r\n')
  const answer = await new Promise<string>((resolve) => {
    let text = ''
    socket.on('data', (data) => {
      text += data
    })
    socket.on('close', () => resolve(text))
  })
  expect(answer).toContain('408')
})

test('a client that goes away leaves nothing behind', async () => {
  const socket = connect(shared.receiver.httpPort, '127.0.0.1')
  socket.write(
    `POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: ${PROTOBUF}\r\ncontent-length: 900\r\n\r\nabc`,
  )
  await expect.poll(() => shared.receiver.stats().pendingBytes).toBe(3)
  socket.destroy()
  await expect.poll(() => shared.receiver.stats().pendingBytes).toBe(0)
})

test('a port in use is named with its remedy', async () => {
  await expect(start({ httpPort: shared.receiver.httpPort })).rejects.toMatchObject({
    code: 'OTLP_LISTEN',
  })
})
