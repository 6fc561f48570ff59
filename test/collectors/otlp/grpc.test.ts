import {
  Client,
  compressionAlgorithms,
  credentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js'
import type { OtlpReceiver } from '@nightjar/otlp'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { logs, span, startReceiver, traces } from '../../support/otlp.ts'
import { decode, encode } from '../../support/otlp-descriptor.ts'

let shared: Awaited<ReturnType<typeof startReceiver>>
const clients: Client[] = []
const others: OtlpReceiver[] = []

beforeAll(async () => {
  shared = await startReceiver({ limits: { maxBytes: 1024 * 1024 } })
})
afterAll(() => shared.receiver.stop())
afterEach(async () => {
  shared.stream.failure = undefined
  for (const client of clients.splice(0)) client.close()
  await Promise.all(others.splice(0).map((receiver) => receiver.stop()))
})

async function start(options: Parameters<typeof startReceiver>[0]) {
  const started = await startReceiver(options)
  others.push(started.receiver)
  return started
}

const SERVICES = {
  traces: 'trace.v1.TraceService',
  logs: 'logs.v1.LogsService',
  metrics: 'metrics.v1.MetricsService',
}
const asIs = (bytes: Buffer) => bytes

/** Calls Export and gives the response; rejects with the ServiceError. */
function call(
  body: Buffer,
  options: {
    readonly signal?: keyof typeof SERVICES
    readonly port?: number
    readonly headers?: Readonly<Record<string, string>>
    readonly gzip?: boolean
  } = {},
): Promise<Buffer> {
  const { signal = 'traces', port = shared.receiver.grpcPort, headers = {}, gzip = false } = options
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.default_compression_algorithm': gzip
      ? compressionAlgorithms.gzip
      : compressionAlgorithms.identity,
  })
  clients.push(client)
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
  const path = `/opentelemetry.proto.collector.${SERVICES[signal]}/Export`
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, asIs, asIs, body, metadata, (error, value) =>
      error ? reject(error) : resolve(value as Buffer),
    )
  })
}

const refusal = (pending: Promise<Buffer>): Promise<ServiceError> =>
  pending.then(
    () => {
      throw new Error('was not refused')
    },
    (error: ServiceError) => error,
  )

/** Seconds of the RetryInfo in a refusal's details. */
function retryInfo(error: ServiceError): unknown {
  const details = error.metadata.get('grpc-status-details-bin')[0]
  if (details === undefined) return undefined
  const status = decode('RpcStatus', details as Buffer) as {
    code: number
    details: { typeUrl: string; value: Buffer }[]
  }
  expect(status.code).toBe(error.code)
  expect(status.details[0]?.typeUrl).toBe('type.googleapis.com/google.rpc.RetryInfo')
  return decode('RetryInfo', status.details[0]?.value ?? Buffer.alloc(0))
}

test.each([false, true])(
  'traces are stored and answered with nothing to say (gzip %s)',
  async (gzip) => {
    const before = shared.stream.rows
    expect(await call(traces(span({ name: 'g' })), { gzip })).toHaveLength(0)
    expect(shared.stream.events.slice(before)).toMatchObject([{ tool: 'g', tenant: 'default' }])
  },
)

test('logs are stored, metrics are counted', async () => {
  const before = shared.stream.rows
  await call(logs({ eventName: 'tool_result' }), { signal: 'logs' })
  const metric = { name: 'x', gauge: { dataPoints: [{}] } }
  const body = encode('ExportMetricsServiceRequest', {
    resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }],
  })
  expect(await call(body, { signal: 'metrics' })).toHaveLength(0)
  expect(shared.stream.events.slice(before)).toMatchObject([{ tool: 'tool_result' }])
})

test('rejected spans are counted in the answer', async () => {
  const answer = await call(traces(span(), span({ spanId: Buffer.alloc(8) })))
  expect(decode('ExportResponse', answer)).toMatchObject({ partialSuccess: { rejected: '1' } })
})

test('a malformed request is INVALID_ARGUMENT, not to be sent again', async () => {
  const error = await refusal(call(traces(span()).subarray(0, -1)))
  expect([error.code, retryInfo(error)]).toEqual([3, undefined])
  expect(error.details).toContain('malformed')
})

test.each([false, true])('too many bytes are RESOURCE_EXHAUSTED (gzip %s)', async (gzip) => {
  const error = await refusal(call(Buffer.alloc(1024 * 1024 + 1), { gzip }))
  expect([error.code, retryInfo(error)]).toEqual([8, undefined])
  expect((await call(traces(span()))).length).toBe(0)
})

test('too many records are RESOURCE_EXHAUSTED', async () => {
  const { receiver } = await start({ limits: { maxRecords: 1 } })
  const error = await refusal(call(traces(span(), span()), { port: receiver.grpcPort }))
  expect(error.code).toBe(8)
})

test('a publish that fails is UNAVAILABLE with RetryInfo', async () => {
  shared.stream.failure = new Error('secret detail')
  const error = await refusal(call(traces(span())))
  expect([error.code, retryInfo(error)]).toEqual([14, { retryDelay: { seconds: '1' } }])
  expect(error.details).not.toContain('secret')
})

test('too many rows waiting are UNAVAILABLE with RetryInfo, and a second try succeeds', async () => {
  const { receiver, stream } = await start({
    limits: { maxPendingRows: 1, overloadWaitMs: 1, retryAfterMs: 250 },
  })
  const port = receiver.grpcPort
  const open = stream.hold()
  const first = call(traces(span()), { port })
  await expect.poll(() => stream.running).toBe(1)
  const error = await refusal(call(traces(span()), { port }))
  expect(error.code).toBe(14)
  expect(retryInfo(error)).toEqual({ retryDelay: { nanos: 250_000_000 } })
  open()
  await first
  await call(traces(span()), { port })
  expect(stream.rows).toBe(2)
})

test.each([
  [{ authorization: 'Bearer good' }, undefined],
  [{ 'x-nightjar-token': 'good' }, undefined],
  [{}, 16],
  [{ authorization: 'Bearer bad' }, 16],
] as const)('where a token is required, %o answers %s', async (headers, code) => {
  const { receiver, stream } = await start({
    authenticate: (bearer, address) =>
      bearer === 'good' && address === '127.0.0.1'
        ? { tenant: 'acme' }
        : { error: bearer === undefined ? 'missing' : 'invalid' },
  })
  const pending = call(traces(span()), { port: receiver.grpcPort, headers })
  if (code === undefined) {
    await pending
    expect(stream.events).toMatchObject([{ tenant: 'acme' }])
  } else {
    expect((await refusal(pending)).code).toBe(code)
    expect(stream.rows).toBe(0)
  }
})

test('a call whose message does not come is ended', async () => {
  const { receiver } = await start({ limits: { requestTimeoutMs: 50 } })
  const client = new Client(`127.0.0.1:${receiver.grpcPort}`, credentials.createInsecure())
  clients.push(client)
  const path = `/opentelemetry.proto.collector.${SERVICES.traces}/Export`
  const error = await refusal(
    new Promise((resolve, reject) => {
      client.makeClientStreamRequest(path, asIs, asIs, (e, value) =>
        e ? reject(e) : resolve(value as Buffer),
      )
    }),
  )
  expect(error.code).toBe(4)
})

test('connections beyond the bound are not taken', async () => {
  const { receiver } = await start({ limits: { maxConnections: 1 } })
  await call(traces(span()), { port: receiver.grpcPort })
  const client = new Client(`127.0.0.1:${receiver.grpcPort}`, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  })
  clients.push(client)
  const ready = new Promise((resolve) => client.waitForReady(Date.now() + 300, resolve))
  expect(await ready).toBeInstanceOf(Error)
})

test('stopping makes durable and answers what it has', async () => {
  const { receiver, stream } = await start({})
  const open = stream.hold()
  const first = call(traces(span()), { port: receiver.grpcPort })
  await expect.poll(() => stream.running).toBe(1)
  const stopped = receiver.stop()
  open()
  expect(await first).toHaveLength(0)
  await stopped
  expect(stream.rows).toBe(1)
})

test('a fault in the look-up of a token is INTERNAL and takes nothing down', async () => {
  const { receiver, url } = await start({
    authenticate: () => {
      throw new TypeError('secret detail')
    },
  })
  const error = await refusal(call(traces(span()), { port: receiver.grpcPort }))
  expect([error.code, error.details]).toEqual([13, 'The receiver failed on this request.'])
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/v1/traces`, { method: 'POST', body: '{}', headers })
  expect(response.status).toBe(500)
})
