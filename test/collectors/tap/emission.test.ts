import { mkdtempSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { Client as Client2026 } from '@modelcontextprotocol/client'
import { StdioClientTransport as Stdio2026 } from '@modelcontextprotocol/client/stdio'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { CreateMessageRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { canonicalManifest, manifestHash } from '@nightjar/mcp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { OtlpRecorder, until } from './parts/otlp-recorder.ts'
import { buildTap, finished, NOBODY, root, spawnTap, tapArgs } from './parts/spawn-tap.ts'

const bin = (name: string) => `${root}/node_modules/.bin/${name}`
const everything = [bin('mcp-server-everything')]
const closers: (() => Promise<void>)[] = []
let otlp: OtlpRecorder
let endpoint: string

beforeAll(buildTap)
beforeEach(async () => {
  otlp = new OtlpRecorder()
  endpoint = await otlp.start()
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  await otlp.stop()
})
afterAll(() => undefined)

async function connect(
  command: readonly string[],
  options: object = {},
  capabilities = {},
  to = endpoint,
): Promise<Client> {
  const client = new Client({ name: 'test-client', version: '9.1' }, { capabilities })
  closers.push(() => client.close())
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: tapArgs(to, command, options),
      stderr: 'ignore',
      cwd: root,
    }),
  )
  return client
}

describe('a session of the older era', () => {
  it('gives a span for each call, with who, what and how it ended', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tap-'))
    writeFileSync(join(folder, 'note.txt'), 'hello')
    const client = await connect([bin('mcp-server-filesystem'), folder], { token: 'ingest-token' })
    const file = { path: join(folder, 'note.txt') }
    await client.callTool({ name: 'read_text_file', arguments: file })
    await client.callTool({ name: 'read_text_file', arguments: { path: '/no/such/file' } })

    const [read, refused] = await otlp.spansOf('tools/call read_text_file', 2)
    expect(read).toMatchObject({
      scope: 'nightjar-tap',
      statusCode: 0,
      resource: { 'service.name': 'nightjar-tap', 'host.name': hostname() },
      attributes: {
        'mcp.method.name': 'tools/call',
        'gen_ai.tool.name': 'read_text_file',
        'jsonrpc.request.id': '1',
        'mcp.protocol.version': '2025-11-25',
        'network.transport': 'pipe',
        'nightjar.server.name': 'secure-filesystem-server',
        'nightjar.client.name': 'test-client',
        'nightjar.client.version': '9.1',
        'enduser.id': userInfo().username,
        'nightjar.principal.kind': 'user',
        'gen_ai.tool.call.arguments': JSON.stringify(file),
        'nightjar.args.size': JSON.stringify(file).length,
        'nightjar.args.state': 'full',
        'nightjar.result.state': 'full',
        'nightjar.outcome': 'success',
        'nightjar.direction': 'client_to_server',
      },
    })
    expect(read?.attributes['nightjar.server.key']).toMatch(
      /^package:npm\/@modelcontextprotocol\/server-filesystem@\d/,
    )
    expect(JSON.parse(String(read?.attributes['gen_ai.tool.call.result']))).toMatchObject({
      content: [{ type: 'text', text: 'hello' }],
    })
    expect(read && read.end > read.start).toBe(true)
    expect(refused).toMatchObject({
      statusCode: 2,
      attributes: { 'nightjar.outcome': 'tool_error', 'error.type': 'tool_error' },
    })
    expect(otlp.authorizations).toContain('Bearer ingest-token')
  })

  it('tells the manifest after a client has connected and listed the tools', async () => {
    const client = await connect([bin('mcp-server-memory')])
    const { tools } = await client.listTools()
    const [log] = await otlp.logsOf('nightjar.manifest')
    const manifest = JSON.parse(log?.body ?? '{}')
    expect(manifest.tools.map((tool: { name: string }) => tool.name)).toEqual(
      tools.map((tool) => tool.name).sort(),
    )
    expect(log?.attributes).toMatchObject({
      'nightjar.manifest.hash': manifestHash(manifest),
      'nightjar.server.name': manifest.serverInfo.name,
      'nightjar.client.name': 'test-client',
    })
    expect(log?.body).toBe(canonicalManifest(manifest))
    const [list] = await otlp.spansOf('tools/list')
    expect(list?.attributes['nightjar.manifest.hash']).toBe(
      log?.attributes['nightjar.manifest.hash'],
    )
    expect((await otlp.logsOf('nightjar.connection'))[0]?.attributes).toMatchObject({
      'nightjar.connection.state': 'opened',
    })
  })

  it('tells one manifest when all lists are asked for in a row', async () => {
    const client = await connect(everything)
    await Promise.all([
      client.listTools(),
      client.listPrompts(),
      client.listResources(),
      client.listResourceTemplates(),
    ])
    const [log] = await otlp.logsOf('nightjar.manifest')
    expect(Object.keys(JSON.parse(log?.body ?? '{}'))).toEqual([
      'instructions',
      'prompts',
      'resourceTemplates',
      'resources',
      'serverInfo',
      'tools',
    ])
    await client.close()
    await until(
      () => otlp.logs.find((entry) => entry.attributes['nightjar.connection.state'] === 'closed'),
      'the end',
    )
    expect(otlp.logs.filter((entry) => entry.eventName === 'nightjar.manifest')).toHaveLength(1)
  })

  it('sees what the server asks of the client', async () => {
    const client = await connect(everything, {}, { sampling: {} })
    client.setRequestHandler(CreateMessageRequestSchema, () => ({
      model: 'm',
      role: 'assistant',
      content: { type: 'text', text: 'sampled' },
    }))
    await client.callTool({
      name: 'trigger-sampling-request',
      arguments: { prompt: 'say it', maxTokens: 5 },
    })
    const [asked] = await otlp.spansOf('sampling/createMessage')
    expect(asked?.attributes).toMatchObject({
      'nightjar.direction': 'server_to_client',
      'nightjar.outcome': 'success',
      'nightjar.args.state': 'full',
    })
    expect(asked?.attributes['gen_ai.tool.call.arguments']).toContain('say it')
  })

  it('sees prompts, resources, errors and notifications', async () => {
    const client = await connect(everything)
    await client.getPrompt({ name: 'simple-prompt' }).catch(() => undefined)
    const { resources } = await client.listResources()
    const uri = resources[0]?.uri ?? ''
    await client.readResource({ uri })
    await client.getPrompt({ name: 'no-such-prompt' }).catch(() => undefined)
    expect((await otlp.spansOf('prompts/get simple-prompt'))[0]?.attributes).toMatchObject({
      'gen_ai.prompt.name': 'simple-prompt',
    })
    expect((await otlp.spansOf('resources/read'))[0]?.attributes).toMatchObject({
      'mcp.resource.uri': uri,
    })
    expect((await otlp.spansOf('prompts/get no-such-prompt'))[0]).toMatchObject({
      statusCode: 2,
      attributes: {
        'nightjar.outcome': 'error',
        'error.type': '-32602',
        'rpc.response.status_code': '-32602',
      },
    })
    const methods = (await otlp.logsOf('nightjar.notification')).map(
      (log) => log.attributes['mcp.method.name'],
    )
    expect(methods).toContain('notifications/initialized')
  })

  it('puts a call under the span its caller names', async () => {
    const client = await connect([bin('mcp-server-memory')])
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    await client.callTool({
      name: 'read_graph',
      arguments: {},
      _meta: { traceparent: `00-${traceId}-b7ad6b7169203331-00` },
    })
    expect((await otlp.spansOf('tools/call read_graph'))[0]).toMatchObject({
      traceId,
      parentSpanId: 'b7ad6b7169203331',
    })
  })

  it('puts the calls of one connection into one trace', async () => {
    const client = await connect([bin('mcp-server-memory')])
    await client.callTool({ name: 'read_graph', arguments: {} })
    await client.callTool({ name: 'search_nodes', arguments: { query: 'x' } })
    const [first] = await otlp.spansOf('tools/call read_graph')
    const [second] = await otlp.spansOf('tools/call search_nodes')
    expect(first?.traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/)
    expect(second?.traceId).toBe(first?.traceId)
  })

  it('takes a name it is given over the one the server gives', async () => {
    const client = await connect([bin('mcp-server-memory')], { serverName: 'team-memory' })
    await client.ping()
    expect((await otlp.spansOf('ping'))[0]?.attributes).toMatchObject({
      'nightjar.server.name': 'team-memory',
    })
  })

  it('emits cut content with its exact size', async () => {
    const client = await connect(everything)
    const message = 'é'.repeat(50_000)
    await client.callTool({ name: 'echo', arguments: { message } })
    const attributes = (await otlp.spansOf('tools/call echo'))[0]?.attributes ?? {}
    expect(attributes).toMatchObject({
      'nightjar.args.state': 'truncated',
      'nightjar.args.size': Buffer.byteLength(JSON.stringify({ message })),
      'nightjar.result.state': 'truncated',
    })
    const kept = Buffer.from(String(attributes['gen_ai.tool.call.arguments']))
    expect(kept.length).toBeLessThanOrEqual(65_536)
    expect(kept.length).toBeGreaterThan(65_530)
    expect(kept.toString()).not.toContain('\ufffd')
  })
})

describe('a client of the stateless era', () => {
  async function connect2026(): Promise<Client2026> {
    const client = new Client2026(
      { name: 'new-client', version: '1.0' },
      {
        capabilities: { elicitation: { form: {} } },
        versionNegotiation: { mode: { pin: '2026-07-28' } },
      },
    )
    closers.push(() => client.close())
    client.setRequestHandler('elicitation/create', async () => ({
      action: 'accept' as const,
      content: { name: 'Ada' },
    }))
    const server = join(root, 'test/collectors/tap/parts/server-2026.mjs')
    await client.connect(
      new Stdio2026({
        command: process.execPath,
        args: tapArgs(endpoint, [process.execPath, server]),
        stderr: 'ignore',
      }),
    )
    return client
  }

  it('is seen without a session: version and client from every request, manifest from discover', async () => {
    const client = await connect2026()
    await client.listTools()
    await client.callTool({ name: 'echo', arguments: { text: 'x' } })
    expect((await otlp.spansOf('tools/call echo'))[0]?.attributes).toMatchObject({
      'mcp.protocol.version': '2026-07-28',
      'nightjar.client.name': 'new-client',
      'nightjar.server.name': 'both-eras',
      'nightjar.server.version': '2.0.0',
      'nightjar.outcome': 'success',
    })
    // The SDK asks a sibling process to discover, so this one's manifest knows no instructions.
    expect((await otlp.spansOf('server/discover'))[0]).toBeDefined()
    const manifest = JSON.parse((await otlp.logsOf('nightjar.manifest'))[0]?.body ?? '{}')
    expect(manifest).toMatchObject({ serverInfo: { name: 'both-eras' } })
    expect(Object.keys(manifest)).toEqual(['serverInfo', 'tools'])
  })

  it('shows each round of a call that asks back, and what was asked', async () => {
    const client = await connect2026()
    const result = await client.callTool({ name: 'greet', arguments: {} })
    expect(result.content).toEqual([{ type: 'text', text: 'hello Ada' }])
    const rounds = await otlp.spansOf('tools/call greet', 2)
    expect(rounds.map((span) => span.attributes['nightjar.outcome'])).toEqual([
      'input_required',
      'success',
    ])
    expect((await otlp.spansOf('elicitation/create'))[0]?.attributes).toMatchObject({
      'nightjar.direction': 'server_to_client',
    })
  })
})

describe('a backend that fails', () => {
  it('neither blocks nor loses a call when it is down, and the tap still ends soon', async () => {
    const client = await connect([bin('mcp-server-memory')], {}, {}, NOBODY)
    const begun = Date.now()
    for (let i = 0; i < 200; i++) await client.callTool({ name: 'read_graph', arguments: {} })
    expect(Date.now() - begun).toBeLessThan(5_000)
    const tap = spawnTap(NOBODY, [process.execPath, '-e', '0'])
    const ending = Date.now()
    expect((await finished(tap)).code).toBe(0)
    expect(Date.now() - ending).toBeLessThan(1_500)
  })

  it('is told what was lost once it answers again', async () => {
    otlp.refuseWith = 400
    const client = await connect([bin('mcp-server-memory')])
    for (let i = 0; i < 5; i++) await client.callTool({ name: 'read_graph', arguments: {} })
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    otlp.refuseWith = 0
    await client.callTool({ name: 'read_graph', arguments: {} })
    const [loss] = await otlp.logsOf('nightjar.capture.loss')
    expect(loss?.attributes['nightjar.capture.lost']).toBeGreaterThanOrEqual(6)
    expect(loss?.attributes['nightjar.capture.reasons']).toEqual(['export_failed'])
  })
})

describe('what has no ordinary end', () => {
  const rpc = (fields: object) => `${JSON.stringify({ jsonrpc: '2.0', ...fields })}\n`
  const silent = [process.execPath, '-e', 'process.stdin.resume()']
  const call = (id: number) =>
    rpc({ id, method: 'tools/call', params: { name: 'slow', arguments: {} } })

  it('is told as cancelled or unknown when the server ends', async () => {
    const tap = spawnTap(endpoint, silent)
    tap.stdin.write(call(1) + call(2))
    tap.stdin.end(rpc({ method: 'notifications/cancelled', params: { requestId: 1 } }))
    expect((await finished(tap)).code).toBe(0)
    const spans = await otlp.spansOf('tools/call slow', 2)
    expect(
      spans.map(({ attributes }) => [
        attributes['jsonrpc.request.id'],
        attributes['nightjar.outcome'],
        attributes['nightjar.result.state'],
      ]),
    ).toEqual([
      ['1', 'cancelled', 'absent'],
      ['2', 'unknown', 'absent'],
    ])
    expect(otlp.logs.at(-1)?.attributes).toMatchObject({
      'nightjar.connection.state': 'closed',
      'process.exit.code': 0,
    })
  })

  it('counts a line too long to look at as lost, and sees the next', async () => {
    const tap = spawnTap(endpoint, silent)
    tap.stdin.write(`${'x'.repeat(9 * 1024 * 1024)}\n`)
    tap.stdin.end(call(7))
    await finished(tap)
    expect((await otlp.spansOf('tools/call slow'))[0]?.attributes['jsonrpc.request.id']).toBe('7')
    expect((await otlp.logsOf('nightjar.capture.loss'))[0]?.attributes).toMatchObject({
      'nightjar.capture.lost': 1,
      'nightjar.capture.reasons': ['line_too_long'],
    })
  })

  it('sees what comes through while the SDK is still loading, and without a last newline', async () => {
    const tap = spawnTap(endpoint, silent)
    tap.stdin.end(call(1).trimEnd())
    await finished(tap)
    expect(await otlp.spansOf('tools/call slow')).toHaveLength(1)
  })
})
