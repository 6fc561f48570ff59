/** MCP eras: `sessions` (2025-11-25 and older: initialize, session), `stateless` (2026-07-28: everything per request). */
export type Era = 'sessions' | 'stateless'

/** A name and version a party gives of itself. Self-asserted. */
export interface Implementation {
  readonly name: string
  readonly version: string
}

/** A request the server embeds in an `input_required` result (2026-07-28, multi round trip). */
export interface InputRequest {
  readonly key: string
  readonly method: string
  readonly paramsJson: string
}

/** A JSON-RPC request or notification in neutral fields. */
export interface McpRequest {
  readonly type: 'request' | 'notification'
  readonly era: Era
  /** JSON-RPC id as text; `''` for a notification. */
  readonly id: string
  /** Id that keeps number and string apart: `n:1`, `s:1`. */
  readonly idKey: string
  readonly method: string
  readonly tool?: string
  readonly prompt?: string
  readonly uri?: string
  readonly cursor?: string
  /** JSON text of the arguments as it stood on the wire; of the whole params for server requests. */
  readonly argsJson?: string
  readonly protocolVersion?: string
  readonly client?: Implementation
  /** W3C traceparent of `params._meta`; untrusted. */
  readonly traceparent?: string
  /** Opaque state that joins the rounds of one logical call (2026-07-28). */
  readonly requestState?: string
  /** Request id (as idKey) that `notifications/cancelled` names. */
  readonly cancels?: string
}

/** A JSON-RPC response in neutral fields. */
export interface McpResponse {
  readonly type: 'response'
  readonly era: Era | undefined
  readonly id: string
  readonly idKey: string
  readonly outcome: 'success' | 'tool_error' | 'error' | 'input_required' | 'unknown'
  /** JSON text of the result as it stood on the wire. */
  readonly resultJson?: string
  readonly errorCode?: string
  /** Error text; for a tool error the first text of its content. At most 1,024 characters. */
  readonly errorMessage?: string
  readonly protocolVersion?: string
  readonly server?: Implementation
  readonly requestState?: string
  readonly inputRequests: readonly InputRequest[]
}

/** Text that is no JSON-RPC message, and why. */
export interface InvalidMessage {
  readonly type: 'invalid'
  readonly problem: string
}

export type McpMessage = McpRequest | McpResponse | InvalidMessage
