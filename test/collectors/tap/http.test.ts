import { once } from 'node:events'
import {
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http'
import { Writable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import {
  Client as Client2026,
  StreamableHTTPClientTransport as Http2026,
} from '@modelcontextprotocol/client'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { CreateMessageRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { type HttpTapOptions, runHttpTap } from '@nightjar/tap'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bodyOf, close, listen, sessionServer, statelessServer } from './parts/http-servers.ts'
import { OtlpRecorder, until } from './parts/otlp-recorder.ts'

let otlp: OtlpRecorder
let endpoint: string
let upstream: Server | undefined
let abort: AbortController
let running: Promise<number> | undefined
const quiet = new Writable({ write: (_chunk, _encoding, done) => done() })

beforeEach(async () => {
  otlp = new OtlpRecorder()
  endpoint = await otlp.start()
  abort = new AbortController()
})
afterEach(async () => {
  await endTap()
  if (upstream) await close(upstream)
  upstream = undefined
  await otlp.stop()
})

async function endTap(): Promise<number | undefined> {
  abort.abort()
  const code = await running
  running = undefined
  return code
}

async function tapAt(url: string, options: Partial<HttpTapOptions> = {}): Promise<string> {
  return await new Promise((resolve, reject) => {
    running = runHttpTap({
      url,
      endpoint,
      signal: abort.signal,
      stderr: quiet,
      onListening: resolve,
      ...options,
    })
    running.catch(reject)
  })
}

async function tap(handler: RequestListener, path = '/mcp'): Promise<string> {
  const { server, url } = await listen(handler)
  upstream = server
  return await tapAt(`${url}${path}`)
}

describe.each([
  ['events', false],
  ['JSON', true],
])('a session answered as %s', (_how, json) => {
  it('passes through and is seen', async () => {
    const url = await tap(sessionServer(json))
    const client = new Client(
      { name: 'web-client', version: '1' },
      { capabilities: { sampling: {} } },
    )
    client.setRequestHandler(CreateMessageRequestSchema, () => ({
      model: 'm',
      role: 'assistant',
      content: { type: 'text', text: 'so so' },
    }))
    const transport = new StreamableHTTPClientTransport(new URL(url))
    await client.connect(transport as Parameters<Client['connect']>[0])
    await client.listTools()
    const { content } = await client.callTool({ name: 'add', arguments: { a: 2, b: 3 } })
    expect(content).toEqual([{ type: 'text', text: '5' }])
    if (!json) await client.callTool({ name: 'ask', arguments: {} })
    const [call] = await otlp.spansOf('tools/call add')
    expect(call?.attributes).toMatchObject({
      'network.transport': 'tcp',
      'server.address': '127.0.0.1',
      'mcp.session.id': transport.sessionId,
      'mcp.protocol.version': '2025-11-25',
      'nightjar.server.name': 'remote-files',
      'nightjar.client.name': 'web-client',
      'nightjar.outcome': 'success',
      'nightjar.server.key': expect.stringMatching(/^url:http:\/\/127\.0\.0\.1:\d+\/mcp$/),
      'gen_ai.tool.call.arguments': '{"a":2,"b":3}',
    })
    expect((await otlp.spansOf('initialize'))[0]?.attributes).toMatchObject({
      'mcp.session.id': transport.sessionId,
    })
    expect((await otlp.logsOf('nightjar.manifest'))[0]?.body).toContain('"name":"add"')
    if (!json) {
      expect((await otlp.spansOf('sampling/createMessage'))[0]?.attributes).toMatchObject({
        'nightjar.direction': 'server_to_client',
        'nightjar.outcome': 'success',
      })
    }
    await transport.terminateSession()
    await client.close()
    await until(
      () => otlp.logs.find((log) => log.attributes['nightjar.connection.state'] === 'closed'),
      'the end of the session',
    )
  })
})

it('carries the stateless era, and keeps two clients with the same ids apart', async () => {
  const url = await tap(statelessServer())
  const clients = await Promise.all(
    ['one', 'two'].map(async (name) => {
      const client = new Client2026(
        { name, version: '1' },
        { versionNegotiation: { mode: { pin: '2026-07-28' } } },
      )
      await client.connect(new Http2026(new URL(url)))
      return client
    }),
  )
  await Promise.all(clients.map((client) => client.listTools()))
  await Promise.all(
    clients.map((client, i) => client.callTool({ name: 'add', arguments: { a: i, b: 10 } })),
  )
  const calls = await otlp.spansOf('tools/call add', 2)
  expect(
    calls
      .map(({ attributes }) => [
        attributes['nightjar.client.name'],
        attributes['gen_ai.tool.call.arguments'],
        JSON.parse(String(attributes['gen_ai.tool.call.result'])).content[0].text,
        attributes['mcp.protocol.version'],
        attributes['mcp.session.id'],
      ])
      .sort(),
  ).toEqual([
    ['one', '{"a":0,"b":10}', '10', '2026-07-28', undefined],
    ['two', '{"a":1,"b":10}', '11', '2026-07-28', undefined],
  ])
  await Promise.all(clients.map((client) => client.close()))
})

const call = (id: number) =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'x', arguments: {} } })

describe('what passes', () => {
  it('keeps status, headers and bytes, and drops what belongs to one connection', async () => {
    let got:
      | { headers: IncomingMessage['headers']; body: Buffer; url: string | undefined }
      | undefined
    const bytes = Buffer.from([0, 255, 1, 254, 10, 13])
    const url = await tap(async (request, response) => {
      got = { headers: request.headers, body: await bodyOf(request), url: request.url }
      response.writeHead(207, {
        'X-Own': 'yes',
        'Set-Cookie': ['a=1', 'b=2'],
        Connection: 'x-hop',
        'X-Hop': '1',
      })
      response.end(bytes)
    })
    const answer = await fetch(`${url}/?q=1`, {
      method: 'POST',
      body: bytes,
      headers: { authorization: 'Bearer t', 'mcp-session-id': 's', 'x-any': '1' },
    })
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true)
    expect(answer.status).toBe(207)
    expect(answer.headers.get('x-own')).toBe('yes')
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(answer.headers.get('x-hop')).toBeNull()
    expect(got?.body.equals(bytes)).toBe(true)
    expect(got?.url).toBe('/mcp?q=1')
    expect(got?.headers).toMatchObject({
      authorization: 'Bearer t',
      'mcp-session-id': 's',
      'x-any': '1',
    })
    expect(got?.headers.host).not.toBe(new URL(url).host)
  })

  it('goes to the one server only, whatever path is asked for', async () => {
    const seen: (string | undefined)[] = []
    const url = await tap((request, response) => {
      seen.push(request.url)
      response.end()
    })
    await fetch(`${url}/.well-known/oauth-protected-resource`)
    const { port } = new URL(url)
    const out = httpRequest({ port, host: '127.0.0.1', path: 'http://evil.invalid/steal' })
    out.end()
    const [answer] = (await once(out, 'response')) as [IncomingMessage]
    answer.resume()
    expect(seen).toEqual(['/.well-known/oauth-protected-resource', '/steal'])
  })

  it('of an event stream passes event by event, unbuffered', async () => {
    let send: (text: string) => void = () => undefined
    const url = await tap((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.flushHeaders()
      send = (text) => response.write(text)
    })
    const answer = await fetch(url)
    const reader = answer.body?.getReader()
    for (const text of ['data: one\n\n', ': comment\n\n', 'data: {"half":']) {
      send(text)
      expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(text)
    }
    await reader?.cancel()
  })

  it('is seen through compression', async () => {
    const url = await tap(async (request, response) => {
      await bodyOf(request)
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      response.end(gzipSync(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content: [] } })))
    })
    expect(await (await fetch(url, { method: 'POST', body: call(1) })).json()).toMatchObject({
      id: 1,
    })
    expect((await otlp.spansOf('tools/call x'))[0]?.attributes['nightjar.outcome']).toBe('success')
  })
})

describe('what goes wrong', () => {
  it('with a challenge is denied, with the scopes asked for', async () => {
    const url = await tap((_request, response) => {
      response.writeHead(403, {
        'www-authenticate': 'Bearer error="insufficient_scope", scope="files:read files:write"',
      })
      response.end()
    })
    expect((await fetch(url, { method: 'POST', body: call(1) })).status).toBe(403)
    expect((await otlp.spansOf('tools/call x'))[0]).toMatchObject({
      statusCode: 2,
      attributes: {
        'nightjar.outcome': 'denied',
        'error.type': '403',
        'http.response.status_code': 403,
        'nightjar.scopes.required': ['files:read', 'files:write'],
      },
    })
  })

  it('behind the tap is a 502 and an error', async () => {
    const { server, url: dead } = await listen(() => undefined)
    await close(server)
    const url = await tapAt(dead)
    expect((await fetch(url, { method: 'POST', body: call(1) })).status).toBe(502)
    expect((await otlp.spansOf('tools/call x'))[0]?.attributes).toMatchObject({
      'nightjar.outcome': 'error',
      'error.type': 'connection_error',
    })
  })

  it('when the client goes away is cancelled, upstream too', async () => {
    let closed = false
    const url = await tap((request, response) => {
      request.resume()
      response.once('close', () => {
        closed = true
      })
    })
    const client = new AbortController()
    const answer = fetch(url, { method: 'POST', body: call(1), signal: client.signal })
    setTimeout(() => client.abort(), 200)
    await expect(answer).rejects.toThrow()
    await until(() => closed || undefined, 'upstream to see the end')
    expect((await otlp.spansOf('tools/call x'))[0]?.attributes['nightjar.outcome']).toBe(
      'cancelled',
    )
  })

  it('with a page of the web that resolves to loopback is refused', async () => {
    const url = await tap((_request, response) => response.end('secret'))
    const { port } = new URL(url)
    const out = httpRequest({ port, host: '127.0.0.1', headers: { host: 'rebound.example' } })
    out.end()
    const [answer] = (await once(out, 'response')) as [IncomingMessage]
    expect(answer.statusCode).toBe(403)
    expect((await bodyOf(answer)).toString()).not.toContain('secret')
  })

  it('with a backend that is down is nothing the client notices', async () => {
    await otlp.stop()
    const url = await tap(async (request, response) => {
      await bodyOf(request)
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end('{"jsonrpc":"2.0","id":1,"result":{}}')
    })
    for (let i = 0; i < 50; i++)
      expect((await fetch(url, { method: 'POST', body: call(1) })).status).toBe(200)
    otlp = new OtlpRecorder()
    await otlp.start()
  })
})

describe('starting', () => {
  it.each([
    ['TAP_URL_INVALID', { url: 'ftp://x' }],
    ['TAP_LISTEN_NOT_LOOPBACK', { url: 'http://x', listen: '0.0.0.0:0' }],
    ['TAP_LISTEN_INVALID', { url: 'http://x', listen: 'nowhere' }],
    ['TAP_ENDPOINT_INVALID', { url: 'http://x', endpoint: 'x' }],
  ])('refuses with %s', async (code, options) => {
    await expect(runHttpTap({ stderr: quiet, ...options })).rejects.toMatchObject({ code })
  })

  it('ends with 0 when told to, and with 5 when it cannot listen', async () => {
    const url = await tap((_request, response) => response.end())
    const taken = new URL(url).host
    expect(await endTap()).toBe(0)
    const { server, url: other } = await listen(() => undefined)
    expect(await runHttpTap({ url, endpoint, listen: new URL(other).host, stderr: quiet })).toBe(5)
    await close(server)
    expect(taken).not.toBe('')
  })
})
