import {
  CONTENT_STATES,
  DECISION_SOURCES,
  DECISIONS,
  EVENT_KINDS,
  OUTCOMES,
  PRINCIPAL_KINDS,
  PRINCIPAL_TRUSTS,
  TRANSPORTS,
  VANTAGES,
} from './vocab.ts'

/**
 * How a column is held in an EventBatch and written in JSON:
 * `dict` a string, dictionary-coded; `text` a string, as UTF-8 bytes; `list` strings, dictionary-coded;
 * `bytes` a fixed number of bytes (hex in JSON); `time` microseconds since the Unix epoch (RFC 3339 in JSON);
 * `count` a non-negative whole number up to 2^53.
 */
export type ColumnKind = 'dict' | 'text' | 'list' | 'bytes' | 'time' | 'count'

/** One field of an AuditEvent. The same row makes the zod schema, the JSON Schema, the table and the codec. */
export interface ColumnSpec {
  readonly kind: ColumnKind
  /** OpenTelemetry attribute name, or `nightjar.*` where the conventions have none. */
  readonly attribute: string
  readonly about: string
  /** Bytes of a `bytes` column. */
  readonly width?: number
  /** The closed set of values of a `dict` column. */
  readonly values?: readonly string[]
  /** True where most rows have a value of their own, so a shared dictionary would not pay. */
  readonly unique?: boolean
  /** True where no event is without it. */
  readonly required?: boolean
}

const spec = <const T extends Record<string, ColumnSpec>>(columns: T): T => columns

/** The dictionary: every field of an AuditEvent, in the order of the table. */
export const EVENT_COLUMNS = spec({
  id: {
    kind: 'bytes',
    width: 16,
    required: true,
    attribute: 'nightjar.event.id',
    about: 'Deterministic id: the same observation always has the same id.',
  },
  time: {
    kind: 'time',
    required: true,
    attribute: 'nightjar.event.time',
    about: 'When it began, by the emitter; bounded by the receive time.',
  },
  observedTime: {
    kind: 'time',
    attribute: 'nightjar.event.observed_time',
    about: 'When the emitter observed it, where it says so.',
  },
  receivedTime: {
    kind: 'time',
    required: true,
    attribute: 'nightjar.event.received_time',
    about: 'When Nightjar received it.',
  },
  tenant: {
    kind: 'dict',
    required: true,
    attribute: 'nightjar.tenant',
    about: 'Owner of the data; from the ingest credential alone.',
  },
  kind: {
    kind: 'dict',
    required: true,
    values: EVENT_KINDS,
    attribute: 'nightjar.event.kind',
    about: 'What the event is about.',
  },
  method: { kind: 'dict', attribute: 'mcp.method.name', about: 'MCP method.' },
  tool: { kind: 'dict', attribute: 'gen_ai.tool.name', about: 'Tool called.' },
  prompt: { kind: 'dict', attribute: 'gen_ai.prompt.name', about: 'Prompt asked for.' },
  resource: {
    kind: 'text',
    attribute: 'mcp.resource.uri',
    about: 'Resource URI, scrubbed of secrets, user info and query values.',
  },
  target: {
    kind: 'text',
    attribute: 'nightjar.target',
    about: 'What the call reads or changes (path, URI, table), scrubbed.',
  },
  targetHash: {
    kind: 'bytes',
    width: 8,
    attribute: 'nightjar.target.hash',
    about: 'Keyed hash of the unscrubbed target; equal targets have equal hashes.',
  },
  destination: {
    kind: 'dict',
    unique: true,
    attribute: 'nightjar.destination',
    about: 'Host the call sends data to, where the arguments name one.',
  },
  server: {
    kind: 'dict',
    attribute: 'nightjar.server.name',
    about: 'MCP server as named by the vantage; self-asserted.',
  },
  serverVersion: {
    kind: 'dict',
    attribute: 'nightjar.server.version',
    about: 'Version the server reports.',
  },
  serverKey: {
    kind: 'dict',
    attribute: 'nightjar.server.key',
    about: 'Strongest identity known: digest, package@version, URL or command; never the label.',
  },
  serverAddress: {
    kind: 'dict',
    attribute: 'server.address',
    about: 'Host and port of a remote server.',
  },
  transport: {
    kind: 'dict',
    values: TRANSPORTS,
    attribute: 'network.transport',
    about: 'MCP transport.',
  },
  principal: { kind: 'dict', attribute: 'enduser.id', about: 'Who acts.' },
  principalKind: {
    kind: 'dict',
    values: PRINCIPAL_KINDS,
    attribute: 'nightjar.principal.kind',
    about: 'What kind of actor the principal is.',
  },
  principalTrust: {
    kind: 'dict',
    values: PRINCIPAL_TRUSTS,
    attribute: 'nightjar.principal.trust',
    about: 'How the principal is known.',
  },
  agent: { kind: 'dict', attribute: 'gen_ai.agent.name', about: 'Agent within the client.' },
  client: { kind: 'dict', attribute: 'nightjar.client.name', about: 'MCP client; self-asserted.' },
  clientVersion: {
    kind: 'dict',
    attribute: 'nightjar.client.version',
    about: 'Version the client reports.',
  },
  host: { kind: 'dict', attribute: 'host.name', about: 'Host of the vantage.' },
  session: {
    kind: 'dict',
    unique: true,
    attribute: 'mcp.session.id',
    about: 'Keyed hash of the MCP transport session id.',
  },
  conversation: {
    kind: 'dict',
    unique: true,
    attribute: 'gen_ai.conversation.id',
    about: 'Conversation of the client or agent.',
  },
  requestId: { kind: 'text', attribute: 'jsonrpc.request.id', about: 'JSON-RPC request id.' },
  callId: { kind: 'text', attribute: 'gen_ai.tool.call.id', about: "Model's id of the tool call." },
  traceId: { kind: 'bytes', width: 16, attribute: 'nightjar.trace_id', about: 'W3C trace id.' },
  spanId: { kind: 'bytes', width: 8, attribute: 'nightjar.span_id', about: 'W3C span id.' },
  parentSpanId: {
    kind: 'bytes',
    width: 8,
    attribute: 'nightjar.parent_span_id',
    about: 'Span id of the parent.',
  },
  protocolVersion: {
    kind: 'dict',
    attribute: 'mcp.protocol.version',
    about: 'MCP revision in use.',
  },
  vantage: {
    kind: 'dict',
    required: true,
    values: VANTAGES,
    attribute: 'nightjar.vantage',
    about: 'From where it was seen.',
  },
  emitter: {
    kind: 'dict',
    required: true,
    attribute: 'nightjar.emitter.name',
    about: 'Dialect that recognised the record.',
  },
  emitterVersion: {
    kind: 'dict',
    attribute: 'nightjar.emitter.version',
    about: 'Version of the emitting software.',
  },
  argsState: {
    kind: 'dict',
    values: CONTENT_STATES,
    attribute: 'nightjar.args.state',
    about: 'How much of the arguments reached us.',
  },
  argsBytes: {
    kind: 'count',
    attribute: 'nightjar.args.size',
    about: 'Size of the arguments in bytes.',
  },
  argsHash: {
    kind: 'bytes',
    width: 16,
    attribute: 'nightjar.args.hash',
    about: 'Keyed HMAC-SHA-256 (first 16 bytes) of the canonical arguments.',
  },
  argsKeys: {
    kind: 'dict',
    attribute: 'nightjar.args.keys',
    about: 'Argument names, sorted, comma separated.',
  },
  argsPreview: {
    kind: 'text',
    attribute: 'gen_ai.tool.call.arguments',
    about: 'Redacted, bounded preview of the arguments.',
  },
  resultState: {
    kind: 'dict',
    values: CONTENT_STATES,
    attribute: 'nightjar.result.state',
    about: 'How much of the result reached us.',
  },
  resultBytes: {
    kind: 'count',
    attribute: 'nightjar.result.size',
    about: 'Size of the result in bytes.',
  },
  resultHash: {
    kind: 'bytes',
    width: 16,
    attribute: 'nightjar.result.hash',
    about: 'Keyed HMAC-SHA-256 (first 16 bytes) of the canonical result.',
  },
  resultPreview: {
    kind: 'text',
    attribute: 'gen_ai.tool.call.result',
    about: 'Redacted, bounded preview of the result.',
  },
  outcome: {
    kind: 'dict',
    required: true,
    values: OUTCOMES,
    attribute: 'nightjar.outcome',
    about: 'How it ended.',
  },
  outcomeBasis: {
    kind: 'dict',
    attribute: 'nightjar.outcome.basis',
    about: 'Which evidence the outcome rests on.',
  },
  errorCode: {
    kind: 'dict',
    attribute: 'rpc.response.status_code',
    about: 'JSON-RPC or HTTP status code of the error.',
  },
  errorType: { kind: 'dict', attribute: 'error.type', about: 'Class of the error.' },
  errorMessage: {
    kind: 'text',
    attribute: 'nightjar.error.message',
    about: 'Error text, scrubbed and bounded.',
  },
  decision: {
    kind: 'dict',
    values: DECISIONS,
    attribute: 'nightjar.decision',
    about: 'Approval decision on the call.',
  },
  decisionSource: {
    kind: 'dict',
    values: DECISION_SOURCES,
    attribute: 'nightjar.decision.source',
    about: 'Who or what decided.',
  },
  scopes: {
    kind: 'list',
    attribute: 'enduser.scope',
    about: 'Scopes granted to the principal at the call.',
  },
  scopesRequired: {
    kind: 'list',
    attribute: 'nightjar.scopes.required',
    about: 'Scopes the server asked for in a challenge.',
  },
  durationUs: { kind: 'count', attribute: 'nightjar.duration', about: 'Duration in microseconds.' },
  manifestHash: {
    kind: 'dict',
    attribute: 'nightjar.manifest.hash',
    about: 'Hash of the manifest a list response carried.',
  },
  labels: {
    kind: 'list',
    attribute: 'nightjar.tool.labels',
    about: 'What the call can do: read, write, egress, exec, destructive, private, untrusted.',
  },
  signals: {
    kind: 'list',
    attribute: 'nightjar.signals',
    about: 'Ids of content judgements made before redaction.',
  },
  quality: {
    kind: 'list',
    attribute: 'nightjar.capture.quality',
    about: 'What is known to be missing from this capture.',
  },
  lost: {
    kind: 'count',
    attribute: 'nightjar.capture.lost',
    about: 'Records the emitter says it lost before this one.',
  },
})

export type ColumnName = keyof typeof EVENT_COLUMNS
export const COLUMN_NAMES = Object.keys(EVENT_COLUMNS) as ColumnName[]

/** The table's name of a column: `argsBytes` is `args_bytes`. */
export function sqlName(name: ColumnName): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** The spec of a column, widened so that optional keys can be read. */
export function columnSpec(name: ColumnName): ColumnSpec {
  return EVENT_COLUMNS[name]
}
