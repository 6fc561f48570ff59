// Pre-encoded OTLP trace requests as an instrumented MCP fleet sends them: 20 attributes, 300 B of arguments, 120 B of
// result a span; about 1.2 kB a span in protobuf.
import { createHash } from 'node:crypto'
import protobuf from 'protobufjs'
import { OTLP_DESCRIPTOR } from './otlp-descriptor.mjs'

export const ExportTraceServiceRequest = protobuf.Root.fromJSON(OTLP_DESCRIPTOR).lookupType(
  'otlp.ExportTraceServiceRequest',
)

const WORDS =
  'report invoice customer alpha beta ledger quarter draft summary region north south sales review budget plan note ticket issue branch commit folder table column query index value total count first second third last open closed pending done'.split(
    ' ',
  )

function randomOf(seed) {
  let state = seed >>> 0 || 1
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

const words = (random, bytes) => {
  let text = ''
  while (text.length < bytes) text += `${WORDS[random(WORDS.length)]} `
  return text.slice(0, bytes)
}

const text = (key, stringValue) => ({ key, value: { stringValue } })
const int = (key, intValue) => ({ key, value: { intValue } })

function spanOf(random, id, startMs) {
  const tool = [
    'read_file',
    'list_directory',
    'search_files',
    'get_file_info',
    'send_message',
    'query',
  ][random(6)]
  const start = BigInt(startMs) * 1_000_000n + BigInt(random(1_000_000))
  return {
    traceId: createHash('md5').update(`t${id}`).digest(),
    spanId: createHash('md5').update(`s${id}`).digest().subarray(0, 8),
    name: `tools/call ${tool}`,
    kind: 2,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + BigInt(1_000_000 + random(50_000_000))),
    status: {},
    attributes: [
      text('mcp.method.name', 'tools/call'),
      text('gen_ai.tool.name', tool),
      text('gen_ai.operation.name', 'execute_tool'),
      text('mcp.session.id', `session-${random(20_000)}`),
      text('mcp.protocol.version', '2025-11-25'),
      text('jsonrpc.request.id', String(random(100_000))),
      text('gen_ai.tool.call.id', `call_${id}`),
      text('network.transport', 'tcp'),
      text('network.protocol.name', 'http'),
      text('network.protocol.version', '1.1'),
      text('server.address', `mcp-${random(40)}.internal.example`),
      int('server.port', '8443'),
      text('client.address', `10.0.${random(250)}.${random(250)}`),
      int('client.port', String(40_000 + random(20_000))),
      text('enduser.id', `user-${random(20_000)}`),
      text('gen_ai.agent.name', `agent-${random(30)}`),
      text('gen_ai.conversation.id', `conversation-${random(20_000)}`),
      text(
        'gen_ai.tool.call.arguments',
        JSON.stringify({ path: `/data/${random(100_000)}.txt`, text: words(random, 250) }),
      ),
      text(
        'gen_ai.tool.call.result',
        JSON.stringify({ content: [{ type: 'text', text: words(random, 80) }] }),
      ),
      int('mcp.response.size', String(100 + random(4000))),
    ],
  }
}

/** `count` requests of `spans` spans each, as protobuf; ids differ between runs by `salt`, times end now. */
export function makeRequests(count, spans, salt) {
  const random = randomOf(salt)
  const now = Date.now()
  return Array.from({ length: count }, (_, r) => {
    const resourceSpans = Array.from({ length: 4 }, (_, k) => ({
      resource: {
        attributes: [
          text('service.name', `server-${(r * 4 + k) % 40}`),
          text('host.name', `host-${(r + k) % 25}`),
          text('deployment.environment.name', 'prod'),
        ],
      },
      scopeSpans: [
        {
          scope: { name: 'mcp-python-sdk', version: '2.3.0' },
          spans: Array.from({ length: spans / 4 }, (_, s) =>
            spanOf(random, `${salt}-${r}-${k}-${s}`, now - random(20_000)),
          ),
        },
      ],
    }))
    return Buffer.from(
      ExportTraceServiceRequest.encode(
        ExportTraceServiceRequest.fromObject({ resourceSpans }),
      ).finish(),
    )
  })
}
