import {
  type AssembledManifest,
  type Implementation,
  isListMethod,
  ManifestAssembler,
  type McpRequest,
  type McpResponse,
  readMessages,
} from '@nightjar/mcp'
import { contentAttributes } from './content.ts'
import { type PendingRequest, PendingTable } from './pending.ts'
import type { Attributes, Direction, Instant, LogRecord, SpanRecord, TapRecord } from './record.ts'

/** What is known of a server before it says anything. */
export interface ServerIdentity {
  /** Name to use until the server gives its own. */
  readonly label: string
  /** Name that overrides the server's own. */
  readonly name?: string | undefined
  readonly key: string
  readonly transport: 'pipe' | 'tcp'
  readonly address?: string | undefined
  readonly port?: number | undefined
  /** OS user; `''` when unknown. */
  readonly user: string
}

/** How a message reached us, where it is more than a line. */
export interface MessageOrigin {
  /** HTTP exchange; `''` on stdio. */
  readonly scope?: string
  readonly session?: string | undefined
}

/** Why requests are given up without an answer. */
export interface GivenUp {
  readonly outcome: 'unknown' | 'cancelled' | 'error' | 'denied'
  readonly code?: string
  readonly message?: string
  readonly attributes?: Attributes
}

/** Manifest changes that follow each other this closely are told once: a client asks for all lists in a row. */
const MANIFEST_SETTLE_MS = 200

const other = (direction: Direction): Direction =>
  direction === 'client_to_server' ? 'server_to_client' : 'client_to_server'

/**
 * Folds the messages of one conversation (a stdio server's life, an HTTP session) into records. Text in, records out;
 * no I/O. Its tables are bounded.
 */
export class Observer {
  readonly #identity: ServerIdentity
  readonly #pending = new PendingTable()
  readonly #assembler = new ManifestAssembler()
  #server: Implementation | undefined
  #client: Implementation | undefined
  #protocolVersion: string | undefined
  #session: string | undefined
  #manifest: { readonly assembled: AssembledManifest; readonly dueMs: number } | undefined
  #invalid = 0

  constructor(identity: ServerIdentity) {
    this.#identity = identity
  }

  /** Texts that were no JSON-RPC message so far. */
  get invalid(): number {
    return this.#invalid
  }

  /** Folds a line, body or event. */
  observe(
    direction: Direction,
    text: string,
    at: Instant,
    origin: MessageOrigin = {},
  ): readonly TapRecord[] {
    this.#session = origin.session ?? this.#session
    const records: TapRecord[] = [...this.settle(at)]
    for (const message of readMessages(text)) {
      if (message.type === 'request') {
        records.push(...this.#request(direction, message, at, origin.scope ?? ''))
      } else if (message.type === 'response') {
        records.push(...this.#response(direction, message, at, origin.scope ?? ''))
      } else if (message.type === 'notification') {
        records.push(...this.#notification(direction, message, at, origin.scope ?? ''))
      } else this.#invalid++
    }
    return records
  }

  /** The manifest, once it has settled (at once with `now` undefined). */
  settle(now: Instant | undefined): readonly TapRecord[] {
    const waiting = this.#manifest
    if (waiting === undefined || (now !== undefined && now.monotonicMs < waiting.dueMs)) return []
    this.#manifest = undefined
    const { canonical, hash } = waiting.assembled
    return [
      this.#log('nightjar.manifest', now?.epochMs, { 'nightjar.manifest.hash': hash }, canonical),
    ]
  }

  /** Gives up the requests of a scope (all without one) that were not answered. */
  giveUp(at: Instant, why: GivenUp, scope?: string): readonly TapRecord[] {
    return this.#pending.takeAll(scope).map((pending) => this.#unanswered(pending, at, why))
  }

  /** A connection event: the greeting, or the end of the server. */
  connection(at: Instant, attributes: Attributes): LogRecord {
    return this.#log('nightjar.connection', at.epochMs, attributes)
  }

  #request(
    direction: Direction,
    request: McpRequest,
    at: Instant,
    scope: string,
  ): readonly TapRecord[] {
    this.#client = request.client ?? this.#client
    const evicted = this.#pending.add({ request, direction, scope, at })
    return evicted === undefined ? [] : [this.#unanswered(evicted, at, { outcome: 'unknown' })]
  }

  #notification(
    direction: Direction,
    message: McpRequest,
    at: Instant,
    scope: string,
  ): readonly TapRecord[] {
    // Progress says nothing of what is done, and a long call sends thousands.
    if (message.method === 'notifications/progress') return []
    const cancelled =
      message.cancels === undefined
        ? undefined
        : this.#pending.take(direction, scope, message.cancels)
    const record = this.#log('nightjar.notification', at.epochMs, {
      'mcp.method.name': message.method,
      'mcp.resource.uri': message.uri,
      'jsonrpc.request.id': message.cancels?.slice(2),
      'nightjar.direction': direction,
    })
    if (cancelled === undefined) return [record]
    return [record, this.#unanswered(cancelled, at, { outcome: 'cancelled' })]
  }

  #response(
    direction: Direction,
    response: McpResponse,
    at: Instant,
    scope: string,
  ): readonly TapRecord[] {
    const pending = this.#pending.take(other(direction), scope, response.idKey)
    if (pending === undefined) return []
    const { request } = pending
    this.#server = response.server ?? this.#server
    const greets = request.method === 'initialize' || request.method === 'server/discover'
    if (request.method === 'initialize') this.#protocolVersion = response.protocolVersion
    const list = isListMethod(request.method)
    if ((greets || list) && response.outcome === 'success') this.#fold(request, response, at)
    const span = this.#span(pending, at, {
      ...outcomeAttributes(response),
      ...contentAttributes('result', response.resultJson),
      'nightjar.manifest.hash': list ? this.#assembler.current?.hash : undefined,
    })
    const records: TapRecord[] = [span]
    if (greets && response.outcome === 'success') {
      records.push(this.connection(at, { 'nightjar.connection.state': 'opened' }))
    }
    return [...records, ...this.#embedded(pending, response, at)]
  }

  #fold(request: McpRequest, response: McpResponse, at: Instant): void {
    const { method, cursor } = request
    const assembled = this.#assembler.fold({ method, cursor, result: response.resultJson })
    if (assembled === undefined) return
    this.#manifest = { assembled, dueMs: at.monotonicMs + MANIFEST_SETTLE_MS }
  }

  /** What the server asks within an `input_required` result: the same interactions that older eras send as requests. */
  #embedded(pending: PendingRequest, response: McpResponse, at: Instant): readonly TapRecord[] {
    return response.inputRequests.map(({ key, method, paramsJson }) =>
      this.#span(
        {
          request: {
            ...pending.request,
            method,
            id: `${pending.request.id}/${key}`,
            argsJson: paramsJson,
            tool: '',
            prompt: '',
            uri: '',
          },
          direction: 'server_to_client',
          scope: pending.scope,
          at,
        },
        at,
        { 'nightjar.outcome': 'unknown', ...contentAttributes('result', undefined) },
      ),
    )
  }

  #unanswered(pending: PendingRequest, at: Instant, why: GivenUp): SpanRecord {
    return this.#span(pending, at, {
      'nightjar.outcome': why.outcome,
      'error.type': why.code,
      'rpc.response.status_code': why.code,
      'nightjar.error.message': why.message,
      ...contentAttributes('result', undefined),
      ...why.attributes,
    })
  }

  #span({ request, direction, at }: PendingRequest, end: Instant, more: Attributes): SpanRecord {
    const target = request.tool || request.prompt
    const error = more['error.type']
    return {
      signal: 'span',
      name: target ? `${request.method} ${target}` : request.method,
      startMs: at.epochMs,
      durationMs: Math.max(0, end.monotonicMs - at.monotonicMs),
      traceparent: request.traceparent,
      error: error === undefined ? undefined : String(error),
      attributes: {
        'mcp.method.name': request.method,
        'gen_ai.operation.name': request.method === 'tools/call' ? 'execute_tool' : undefined,
        'gen_ai.tool.name': request.tool,
        'gen_ai.prompt.name': request.prompt,
        'mcp.resource.uri': request.uri,
        'jsonrpc.request.id': request.id,
        'nightjar.direction': direction,
        ...contentAttributes('args', request.argsJson),
        ...this.#common(request),
        ...more,
      },
    }
  }

  #log(
    eventName: LogRecord['eventName'],
    timeMs: number | undefined,
    attributes: Attributes,
    body?: string,
  ): LogRecord {
    return {
      signal: 'log',
      eventName,
      timeMs: timeMs ?? Date.now(),
      attributes: { ...this.#common(), ...attributes },
      ...(body !== undefined && { body }),
    }
  }

  #common(request?: McpRequest): Attributes {
    const identity = this.#identity
    const client = request?.client ?? this.#client
    return {
      'mcp.protocol.version':
        (request?.era === 'stateless' ? request.protocolVersion : undefined) ??
        this.#protocolVersion ??
        request?.protocolVersion,
      'mcp.session.id': this.#session,
      'network.transport': identity.transport,
      'nightjar.server.name': identity.name || this.#server?.name || identity.label,
      'nightjar.server.version': this.#server?.version,
      'nightjar.server.key': identity.key,
      'server.address': identity.address,
      'server.port': identity.port,
      'nightjar.client.name': client?.name,
      'nightjar.client.version': client?.version,
      'enduser.id': identity.user || undefined,
      'nightjar.principal.kind': identity.user ? 'user' : undefined,
    }
  }
}

function outcomeAttributes(response: McpResponse): Attributes {
  const code = response.errorCode || undefined
  return {
    'nightjar.outcome': response.outcome,
    'error.type': response.outcome === 'tool_error' ? 'tool_error' : code,
    'rpc.response.status_code': code,
    'nightjar.error.message': response.errorMessage,
  }
}
