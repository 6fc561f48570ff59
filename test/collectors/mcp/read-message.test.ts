import { readMessage, readMessages } from '@nightjar/mcp'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const rpc = (fields: object) => JSON.stringify({ jsonrpc: '2.0', ...fields })
const meta2026 = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'editor', version: '3.1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

describe('requests', () => {
  it('reads a tool call with its arguments as they stood on the wire', () => {
    const line =
      '{"jsonrpc":"2.0", "id": 7, "method":"tools/call","params":{"name":"read","arguments": {"path" : "a\\u0062"} ,"_meta":{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}}'
    expect(readMessage(line)).toEqual({
      type: 'request',
      era: 'sessions',
      id: '7',
      idKey: 'n:7',
      method: 'tools/call',
      tool: 'read',
      argsJson: '{"path" : "a\\u0062"}',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    })
  })

  it('keeps numeric and textual ids apart', () => {
    const key = (id: unknown) => {
      const message = readMessage(rpc({ id, method: 'ping' }))
      return message.type === 'request' ? message.idKey : ''
    }
    expect(key(1)).not.toBe(key('1'))
  })

  it('reads the client from initialize in the older era', () => {
    expect(
      readMessage(
        rpc({
          id: 0,
          method: 'initialize',
          params: {
            protocolVersion: '2025-11-25',
            clientInfo: { name: 'cli', version: '1' },
            capabilities: {},
          },
        }),
      ),
    ).toMatchObject({
      era: 'sessions',
      protocolVersion: '2025-11-25',
      client: { name: 'cli', version: '1' },
    })
  })

  it('reads client and version from every request in the stateless era', () => {
    expect(
      readMessage(
        rpc({ id: 'a', method: 'resources/read', params: { uri: 'file:///x', _meta: meta2026 } }),
      ),
    ).toMatchObject({
      era: 'stateless',
      uri: 'file:///x',
      protocolVersion: '2026-07-28',
      client: { name: 'editor', version: '3.1' },
    })
    expect(readMessage(rpc({ id: 1, method: 'server/discover' }))).toMatchObject({
      era: 'stateless',
    })
  })

  it('reads notifications and what a cancellation names', () => {
    expect(
      readMessage(
        rpc({ method: 'notifications/cancelled', params: { requestId: 4, reason: 'x' } }),
      ),
    ).toMatchObject({ type: 'notification', method: 'notifications/cancelled', cancels: 'n:4' })
  })

  it('takes the last of repeated members, as JSON.parse does', () => {
    expect(
      readMessage(
        '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":{"name":"a"},"params":{"n\\u0061me":"b"}}',
      ),
    ).toMatchObject({ method: 'tools/call', tool: 'b' })
  })
})

describe('responses', () => {
  it.each([
    ['success', { result: { content: [{ type: 'text', text: 'ok' }] } }],
    [
      'tool_error',
      { result: { content: [{ type: 'text', text: 'no such file' }], isError: true } },
    ],
    ['input_required', { result: { resultType: 'input_required', requestState: 's' } }],
    ['unknown', { result: { task: { taskId: 't' } } }],
    ['error', { error: { code: -32602, message: 'bad' } }],
  ])('tells %s', (outcome, fields) => {
    expect(readMessage(rpc({ id: 1, ...fields }))).toMatchObject({ type: 'response', outcome })
  })

  it('gives code and text of errors', () => {
    expect(
      readMessage(rpc({ id: 1, error: { code: -32602, message: 'bad', data: {} } })),
    ).toMatchObject({ errorCode: '-32602', errorMessage: 'bad' })
    expect(
      readMessage(
        rpc({ id: 1, result: { isError: true, content: [{ type: 'text', text: 'no' }] } }),
      ),
    ).toMatchObject({ errorMessage: 'no' })
  })

  it('reads the server from initialize and from result metadata', () => {
    const serverInfo = { name: 'files', version: '2' }
    expect(
      readMessage(
        rpc({ id: 0, result: { protocolVersion: '2025-06-18', serverInfo, capabilities: {} } }),
      ),
    ).toMatchObject({ server: serverInfo, protocolVersion: '2025-06-18', era: 'sessions' })
    expect(
      readMessage(
        rpc({ id: 0, result: { _meta: { 'io.modelcontextprotocol/serverInfo': serverInfo } } }),
      ),
    ).toMatchObject({ server: serverInfo, era: 'stateless' })
  })

  it('lists requests for input that a result embeds', () => {
    const result = {
      resultType: 'input_required',
      requestState: 'opaque',
      inputRequests: { q1: { method: 'elicitation/create', params: { message: 'name?' } } },
    }
    expect(readMessage(rpc({ id: 1, result }))).toMatchObject({
      requestState: 'opaque',
      inputRequests: [
        { key: 'q1', method: 'elicitation/create', paramsJson: '{"message":"name?"}' },
      ],
    })
  })
})

describe('what is no message', () => {
  it.each([
    ['', 'not JSON'],
    ['Server listening on stdio', 'not JSON'],
    ['42', 'not a JSON object'],
    ['{"jsonrpc":"2.0"', 'not JSON'],
    ['{"id":1,"method":"ping"}', 'jsonrpc is not "2.0"'],
    ['{"jsonrpc":"2.0","id":1}', 'neither method, result nor error'],
    ['{"jsonrpc":"2.0","id":{},"method":"ping"}', 'id is neither string nor number'],
    ['{"jsonrpc":"2.0","id":1,"method":5}', 'method is not a string'],
  ])('%s is invalid', (text, problem) => {
    expect(readMessage(text)).toEqual({ type: 'invalid', problem })
  })

  it('refuses nesting without end instead of overflowing', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    expect(
      readMessage(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"arguments":${deep}}}`),
    ).toMatchObject({ type: 'invalid' })
  })
})

it('reads batch arrays and bounds them', () => {
  const ping = rpc({ id: 1, method: 'ping' })
  expect(readMessages(`[${ping},${ping}]`)).toHaveLength(2)
  expect(readMessages(`[${Array(300).fill(ping).join(',')}]`).at(-1)).toMatchObject({
    type: 'invalid',
    problem: 'batch is too long',
  })
})

it('agrees with JSON.parse on any request and never throws on any text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), fc.boolean(), (value, name, spaced) => {
      const message = {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name, arguments: value },
      }
      const read = readMessage(JSON.stringify(message, null, spaced ? 2 : 0))
      if (read.type !== 'request') throw new Error(`not read: ${JSON.stringify(read)}`)
      expect(JSON.parse(read.argsJson ?? 'null')).toEqual(JSON.parse(JSON.stringify(value)))
      expect(read.tool).toBe(name.slice(0, 1024))
    }),
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      readMessages(text)
      readMessages(`{"jsonrpc":"2.0",${text}}`)
    }),
  )
})
