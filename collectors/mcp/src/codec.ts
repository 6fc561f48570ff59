import { arrayItems, JsonObject, parsed } from './json-span.ts'
import type { Era, InvalidMessage, McpMessage, McpRequest, McpResponse } from './message.ts'
import { readInitializeParams, readInitializeResult } from './rev-2025-11-25/read.ts'
import {
  isEnvelope,
  readEnvelope,
  readInputRequests,
  readServerInfo,
} from './rev-2026-07-28/read.ts'

/** Messages of a batch array (2025-03-26) that are read; the rest is reported as invalid. */
export const MAX_BATCH = 256
const MAX_METHOD = 256
const MAX_NAME = 1024
const MAX_URI = 8192

const invalid = (problem: string): InvalidMessage => ({ type: 'invalid', problem })

function textOf(input: string | object): string {
  return typeof input === 'string' ? input : (JSON.stringify(input) ?? '')
}

function idOf(value: unknown): { id: string; idKey: string } | undefined {
  if (typeof value === 'string') return { id: value.slice(0, MAX_NAME), idKey: `s:${value}` }
  if (typeof value === 'number') return { id: String(value), idKey: `n:${value}` }
  return undefined
}

function eraOf(method: string, meta: JsonObject | undefined): Era {
  return method === 'server/discover' || method === 'subscriptions/listen' || isEnvelope(meta)
    ? 'stateless'
    : 'sessions'
}

/** The parameters that are the arguments of a request: what a caller can put data into. */
function argumentsOf(method: string, params: JsonObject, raw: string): string | undefined {
  switch (method) {
    case 'tools/call':
    case 'prompts/get':
      return params.raw('arguments')
    case 'completion/complete':
      return params.raw('argument')
    case 'sampling/createMessage':
    case 'elicitation/create':
      return raw
    default:
      return undefined
  }
}

function targetOf(method: string, params: JsonObject): Partial<McpRequest> {
  if (method === 'tools/call') return optional({ tool: params.string('name', MAX_NAME) })
  if (method === 'prompts/get') return optional({ prompt: params.string('name', MAX_NAME) })
  if (method.startsWith('resources/') || method.startsWith('notifications/resources/')) {
    return optional({ uri: params.string('uri', MAX_URI) })
  }
  if (method === 'completion/complete') {
    const ref = params.object('ref')
    return optional({ prompt: ref?.string('name', MAX_NAME), uri: ref?.string('uri', MAX_URI) })
  }
  return {}
}

function optional<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}

function readParams(method: string, message: JsonObject): Partial<McpRequest> & { era: Era } {
  const params = message.object('params')
  const meta = params?.object('_meta')
  const era = eraOf(method, meta)
  if (params === undefined) return { era }
  const party = isEnvelope(meta)
    ? readEnvelope(meta)
    : method === 'initialize'
      ? readInitializeParams(params)
      : {}
  return {
    era,
    ...party,
    ...targetOf(method, params),
    ...optional({
      cursor: params.string('cursor', MAX_URI),
      argsJson: argumentsOf(method, params, message.raw('params') ?? ''),
      traceparent: meta?.string('traceparent', 64),
      requestState: params.string('requestState', MAX_URI),
      cancels:
        method === 'notifications/cancelled' ? idOf(params.value('requestId'))?.idKey : undefined,
    }),
  }
}

function readRequest(message: JsonObject): McpMessage {
  const method = message.string('method', MAX_METHOD)
  if (method === undefined) return invalid('method is not a string')
  const hasId = message.has('id')
  const id = hasId ? idOf(message.value('id')) : { id: '', idKey: '' }
  if (id === undefined) return invalid('id is neither string nor number')
  return { type: hasId ? 'request' : 'notification', method, ...id, ...readParams(method, message) }
}

function firstText(result: JsonObject): string | undefined {
  const raw = result.raw('content')
  const first = raw === undefined ? undefined : arrayItems(raw, 1)?.[0]
  if (raw === undefined || first === undefined) return undefined
  return JsonObject.read(raw, first.start, first.end)?.string('text')
}

function outcomeOf(result: JsonObject, resultType: string | undefined): McpResponse['outcome'] {
  if (resultType === 'input_required') return 'input_required'
  if (result.value('isError') === true) return 'tool_error'
  // A task-augmented answer says only that the work began; how it ends comes with tasks/get.
  if (result.has('task') || (resultType !== undefined && resultType !== 'complete')) {
    return 'unknown'
  }
  return 'success'
}

function readResult(id: { id: string; idKey: string }, message: JsonObject): McpResponse {
  const resultJson = message.raw('result') ?? 'null'
  const result = message.object('result')
  if (result === undefined) {
    return {
      type: 'response',
      era: undefined,
      ...id,
      outcome: 'success',
      resultJson,
      inputRequests: [],
    }
  }
  const resultType = result.string('resultType', 64)
  const server = readServerInfo(result)
  const stateless = resultType !== undefined || server !== undefined
  const outcome = outcomeOf(result, resultType)
  const initialized = stateless ? {} : readInitializeResult(result)
  return {
    type: 'response',
    era: stateless ? 'stateless' : initialized.protocolVersion ? 'sessions' : undefined,
    ...id,
    outcome,
    resultJson,
    inputRequests: outcome === 'input_required' ? readInputRequests(result) : [],
    ...initialized,
    ...optional({
      server: server ?? initialized.server,
      errorMessage: outcome === 'tool_error' ? firstText(result) : undefined,
      requestState: result.string('requestState', MAX_URI),
    }),
  }
}

function readResponse(message: JsonObject): McpMessage {
  const value = message.value('id')
  // An error whose request could not be read is answered with a null id (JSON-RPC 2.0 §5).
  const id = idOf(value) ?? (message.has('error') ? { id: '', idKey: '' } : undefined)
  if (id === undefined) return invalid('id is neither string nor number')
  if (!message.has('error')) return readResult(id, message)
  const error = message.object('error')
  const code = error?.value('code')
  return {
    type: 'response',
    era: undefined,
    ...id,
    outcome: 'error',
    errorCode: typeof code === 'number' ? String(code) : '',
    inputRequests: [],
    ...optional({ errorMessage: error?.string('message') }),
  }
}

/** One JSON-RPC message in neutral fields. Never throws: what is none comes back as `invalid` with the problem. */
export function readMessage(input: string | object): McpMessage {
  const text = textOf(input)
  const message = JsonObject.read(text)
  if (message === undefined) {
    return invalid(parsed(text) === undefined ? 'not JSON' : 'not a JSON object')
  }
  if (message.value('jsonrpc') !== '2.0') return invalid('jsonrpc is not "2.0"')
  if (message.has('method')) return readRequest(message)
  if (message.has('result') || message.has('error')) return readResponse(message)
  return invalid('neither method, result nor error')
}

/** The messages of a line or body: one, or those of a batch array (allowed by 2025-03-26 only, tolerated always). */
export function readMessages(input: string | object): readonly McpMessage[] {
  const text = textOf(input)
  const items = /^\s*\[/.test(text) ? arrayItems(text, MAX_BATCH + 1) : undefined
  if (items === undefined) return [readMessage(text)]
  const messages = items
    .slice(0, MAX_BATCH)
    .map((span) => readMessage(text.slice(span.start, span.end)))
  return items.length > MAX_BATCH ? [...messages, invalid('batch is too long')] : messages
}
