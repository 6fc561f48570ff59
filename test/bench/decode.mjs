// Decodes 512-span requests on one core, ours beside protobufjs, in alternating rounds of one run:
// npx tsc -b collectors/otlp && node test/bench/decode.mjs
import { randomBytes } from 'node:crypto'
import { EventBatchBuilder } from '@nightjar/core'
import { keyOf, RequestWalker, transcodeJson } from '@nightjar/otlp'
import protobuf from 'protobufjs'

const SPANS = 512
const ROUNDS = 9
const ROUND_MS = 400

const keys = ['mcp.method.name', 'gen_ai.tool.name', 'mcp.session.id', 'gen_ai.tool.call.id'].map(
  keyOf,
)

const root = protobuf.Root.fromJSON({
  nested: {
    AnyValue: {
      oneofs: { value: { oneof: ['stringValue', 'intValue'] } },
      fields: { stringValue: { type: 'string', id: 1 }, intValue: { type: 'int64', id: 3 } },
    },
    KeyValue: { fields: { key: { type: 'string', id: 1 }, value: { type: 'AnyValue', id: 2 } } },
    Resource: { fields: { attributes: { rule: 'repeated', type: 'KeyValue', id: 1 } } },
    Scope: { fields: { name: { type: 'string', id: 1 }, version: { type: 'string', id: 2 } } },
    Status: { fields: { message: { type: 'string', id: 2 }, code: { type: 'int32', id: 3 } } },
    Span: {
      fields: {
        traceId: { type: 'bytes', id: 1 },
        spanId: { type: 'bytes', id: 2 },
        parentSpanId: { type: 'bytes', id: 4 },
        name: { type: 'string', id: 5 },
        kind: { type: 'int32', id: 6 },
        startTimeUnixNano: { type: 'fixed64', id: 7 },
        endTimeUnixNano: { type: 'fixed64', id: 8 },
        attributes: { rule: 'repeated', type: 'KeyValue', id: 9 },
        status: { type: 'Status', id: 15 },
      },
    },
    ScopeSpans: {
      fields: { scope: { type: 'Scope', id: 1 }, spans: { rule: 'repeated', type: 'Span', id: 2 } },
    },
    ResourceSpans: {
      fields: {
        resource: { type: 'Resource', id: 1 },
        scopeSpans: { rule: 'repeated', type: 'ScopeSpans', id: 2 },
      },
    },
    Request: { fields: { resourceSpans: { rule: 'repeated', type: 'ResourceSpans', id: 1 } } },
  },
})
const Request = root.lookupType('Request')

const text = (key, stringValue) => ({ key, value: { stringValue } })
const number = (key, intValue) => ({ key, value: { intValue } })

function span(i, id) {
  const tool = `tool_${i % 40}`
  return {
    traceId: id(16),
    spanId: id(8),
    parentSpanId: id(8),
    name: `tools/call ${tool}`,
    kind: 3,
    startTimeUnixNano: '1795000000123456789',
    endTimeUnixNano: '1795000000223456789',
    attributes: [
      text('mcp.method.name', 'tools/call'),
      text('gen_ai.tool.name', tool),
      text('gen_ai.operation.name', 'execute_tool'),
      text('mcp.session.id', `session-${i % 97}`),
      text('mcp.protocol.version', '2025-11-25'),
      text('jsonrpc.request.id', String(i)),
      text('gen_ai.tool.call.id', `call_${i}_abcdefghijklmnop`),
      text('network.transport', 'pipe'),
      text('server.address', 'mcp.example.com'),
      number('server.port', 8443),
      number('nightjar.request.size', 300 + i),
      text('enduser.id', `user-${i % 50}@example.com`),
      text(
        'gen_ai.tool.call.arguments',
        JSON.stringify({ path: `/srv/data/${i}.txt`, note: 'n'.repeat(280) }),
      ),
    ],
    status: { code: 0 },
  }
}

function requestOf(id) {
  const spans = Array.from({ length: SPANS }, (_, i) => span(i, id))
  const resource = { attributes: [text('service.name', 'bench'), text('host.name', 'laptop')] }
  return {
    resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'bench', version: '1' }, spans }] }],
  }
}

const bytes = Buffer.from(
  Request.encode(Request.fromObject(requestOf((n) => randomBytes(n)))).finish(),
)
const json = Buffer.from(JSON.stringify(requestOf((n) => randomBytes(n).toString('hex'))))
const walker = new RequestWalker(1_000_000)
let sink = 0

function columns(body) {
  const builder = new EventBatchBuilder()
  walker.walk('span', body, (record) => {
    const row = builder.rows
    const { attributes } = record
    builder.columns.traceId.setBytes(row, record.bytes, record.traceIdAt)
    builder.columns.spanId.setBytes(row, record.bytes, record.spanIdAt)
    builder.columns.time.set(row, record.timeUs)
    builder.columns.method.setBytes(
      row,
      record.bytes,
      attributes.startOf(keys[0]),
      attributes.endOf(keys[0]),
    )
    builder.columns.tool.setBytes(
      row,
      record.bytes,
      attributes.startOf(keys[1]),
      attributes.endOf(keys[1]),
    )
    builder.columns.session.setBytes(
      row,
      record.bytes,
      attributes.startOf(keys[2]),
      attributes.endOf(keys[2]),
    )
    builder.columns.callId.setBytes(
      row,
      record.bytes,
      attributes.startOf(keys[3]),
      attributes.endOf(keys[3]),
    )
    builder.endRow()
  })
  sink += builder.rows
}

const contenders = {
  'protobufjs decode': () => {
    sink += Request.decode(bytes).resourceSpans.length
  },
  walk: () => {
    walker.walk('span', bytes, (record) => {
      sink += record.kind
    })
  },
  'walk, with name and 4 attributes as strings': () => {
    walker.walk('span', bytes, (record) => {
      sink += record.name().length
      for (const key of keys) sink += record.attributes.text(key).length
    })
  },
  'walk into 7 columns of an EventBatch': () => columns(bytes),
  'JSON.parse': () => {
    sink += JSON.parse(json.toString()).resourceSpans.length
  },
  'OTLP/JSON: parse, transcode, walk': () => {
    walker.walk('span', transcodeJson('traces', json), (record) => {
      sink += record.kind
    })
  },
}

const rates = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]))
for (let round = 0; round < ROUNDS + 1; round++)
  for (const [name, run] of Object.entries(contenders)) {
    const started = process.cpuUsage()
    const until = performance.now() + ROUND_MS
    let requests = 0
    for (; performance.now() < until; requests++) run()
    const { user, system } = process.cpuUsage(started)
    // The first round warms up.
    if (round > 0) rates[name].push((requests * SPANS) / ((user + system) / 1e6))
  }

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]
const base = median(rates['protobufjs decode'])
console.log(
  `${SPANS} spans, ${bytes.length} bytes protobuf, ${json.length} bytes JSON; per core-second, median of ${ROUNDS}`,
)
for (const [name, values] of Object.entries(rates)) {
  const rate = median(values)
  console.log(
    `${name.padEnd(46)} ${(rate / 1000).toFixed(0).padStart(6)} kspans/s  ${(rate / base).toFixed(1)}x`,
  )
}
if (sink === 0) console.log('nothing was decoded')
