import { randomBytes } from 'node:crypto'

export interface SpanSpec {
  readonly tool?: string
  readonly principal?: string
  readonly server?: string
  readonly args?: Record<string, unknown>
  readonly result?: unknown
  readonly timeMs?: number
  readonly extra?: Readonly<Record<string, string | number | boolean>>
}

const value = (v: string | number | boolean) =>
  typeof v === 'string'
    ? { stringValue: v }
    : typeof v === 'number'
      ? { intValue: String(v) }
      : { boolValue: v }

/** One MCP server span in OTLP/JSON; its trace id is returned beside it. */
export function span(spec: SpanSpec = {}): { traceId: string; json: Record<string, unknown> } {
  const traceId = randomBytes(16).toString('hex')
  const start = BigInt(spec.timeMs ?? Date.now()) * 1_000_000n
  const attributes = {
    'mcp.method.name': 'tools/call',
    'gen_ai.tool.name': spec.tool ?? 'read_file',
    'gen_ai.operation.name': 'execute_tool',
    'jsonrpc.request.id': '1',
    'mcp.protocol.version': '2025-11-25',
    'network.transport': 'tcp',
    ...(spec.principal ? { 'enduser.id': spec.principal } : {}),
    ...(spec.args ? { 'gen_ai.tool.call.arguments': JSON.stringify(spec.args) } : {}),
    ...(spec.result === undefined
      ? {}
      : { 'gen_ai.tool.call.result': JSON.stringify(spec.result) }),
    ...spec.extra,
  }
  return {
    traceId,
    json: {
      traceId,
      spanId: randomBytes(8).toString('hex'),
      name: `tools/call ${spec.tool ?? 'read_file'}`,
      kind: 2,
      startTimeUnixNano: String(start),
      endTimeUnixNano: String(start + 3_000_000n),
      attributes: Object.entries(attributes).map(([key, v]) => ({ key, value: value(v) })),
      status: {},
    },
  }
}

/** An OTLP/JSON trace request of these spans. */
export function traceRequest(spans: readonly Record<string, unknown>[], service = 'files'): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
        scopeSpans: [{ scope: { name: 'mcp-python-sdk' }, spans }],
      },
    ],
  })
}

/** Posts an OTLP/JSON trace request; true when it was acknowledged. */
export async function post(url: string, body: string): Promise<boolean> {
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  await response.arrayBuffer()
  return response.ok
}
