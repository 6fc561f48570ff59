// Maps and redacts 2,000 spans of the tap on one core, and prints CPU time per span beside that of the bare walk:
// npx tsc -b collectors/otlp && node test/bench/map.mjs
import { EventBatchBuilder, noMetrics } from '@nightjar/core'
import { createMapper, RequestWalker, transcodeJson } from '@nightjar/otlp'

const SPANS = 2000
const ROUNDS = 12
const KEY = Buffer.alloc(32, 7)

const LINE = 'line of ordinary text with numbers 12345 and more words '
/** Result texts by name; none sends no content at all. */
const RESULTS = {
  none: undefined,
  plain: () => LINE.repeat(5),
  long: () => LINE.repeat(60),
  secrets: (i) => `session token tok-${i}-abc api_key=sk-fake-${i}-0000-abcdefgh ${LINE.repeat(5)}`,
}

const attribute = (key, value) => ({
  key,
  value: typeof value === 'number' ? { intValue: value } : { stringValue: value },
})
const hex = (n, width) => n.toString(16).padStart(width, '0')

function content(i, result) {
  const args = JSON.stringify({
    path: `/srv/q${i % 97}/file-${i}.csv`,
    encoding: 'utf-8',
    limit: i,
  })
  const answer = JSON.stringify({ content: [{ type: 'text', text: result(i) }], isError: false })
  return {
    'gen_ai.tool.call.arguments': args,
    'gen_ai.tool.call.result': answer,
    'nightjar.args.size': args.length,
    'nightjar.result.size': answer.length,
    'nightjar.args.state': 'full',
    'nightjar.result.state': 'full',
  }
}

function span(i, result) {
  const start = 1_795_250_000_000_000_000n + BigInt(i) * 1_000_000n
  const attributes = {
    'mcp.method.name': 'tools/call',
    'gen_ai.tool.name': 'read_file',
    'jsonrpc.request.id': String(i),
    'mcp.protocol.version': '2025-11-25',
    'mcp.session.id': '0b8c7d2e-1111-2222-3333-abcdefabcdef',
    'network.transport': 'pipe',
    'nightjar.server.name': 'filesystem',
    'nightjar.server.version': '1.2.3',
    'nightjar.server.key': 'npm:server-filesystem@1.2.3',
    'nightjar.client.name': 'desk',
    'nightjar.client.version': '1.0',
    'enduser.id': 'alice',
    'nightjar.principal.kind': 'user',
    'nightjar.outcome': 'success',
    'nightjar.direction': 'client_to_server',
    ...(result && content(i, result)),
  }
  return {
    traceId: hex(i + 1, 32),
    spanId: hex(i + 1, 16),
    name: 'tools/call read_file',
    kind: 3,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 5_000_000n),
    attributes: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
  }
}

function request(result) {
  const spans = Array.from({ length: SPANS }, (_, i) => span(i, result))
  const scopeSpans = [{ scope: { name: 'nightjar-tap', version: '0.1.0' }, spans }]
  const resource = { attributes: [attribute('host.name', 'host-1')] }
  return transcodeJson(
    'traces',
    Buffer.from(JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] })),
  )
}

const mapper = createMapper({ keyFor: () => KEY, metrics: noMetrics })
const walker = new RequestWalker(SPANS)

/** Least CPU microseconds per span of all rounds. */
function perSpan(body, visit) {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const builder = new EventBatchBuilder()
    const context = { tenant: 'default', receivedUs: 1_795_250_100_000_000, sightings: [] }
    const before = process.cpuUsage()
    walker.walk('span', body, (record) => visit(record, builder, context))
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / SPANS)
  }
  return least
}

const rows = Object.entries(RESULTS).map(([name, result]) => {
  const body = request(result)
  const map = (record, builder, context) => mapper.map(record, builder, context)
  perSpan(body, map)
  const walk = perSpan(body, () => undefined)
  const all = perSpan(body, map)
  return {
    content: name,
    'bytes a span': Math.round(body.length / SPANS),
    'walk µs': Number(walk.toFixed(2)),
    'map and redact µs': Number((all - walk).toFixed(2)),
  }
})
console.table(rows)
