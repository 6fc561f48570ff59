/** What an event is about. */
export const EVENT_KINDS = [
  'call', // tools/call, resources/read, prompts/get, completion/complete
  'list', // tools/list, resources/list, prompts/list, server/discover
  'connection', // initialize, connect, disconnect
  'notification',
  'interaction', // sampling, elicitation, roots: the server asks the client
  'decision', // an approval or denial without its call
  'auth',
  'control', // permission mode, policy, capture loss
] as const

/** How a call ended. Denied and cancelled calls are calls too. */
export const OUTCOMES = [
  'success',
  'tool_error',
  'error',
  'denied',
  'cancelled',
  'input_required',
  'unknown',
] as const

/** From where an event was seen. A proxy, and so our tap, is a gateway. */
export const VANTAGES = ['client', 'gateway', 'server'] as const

/** How much of arguments or result reached us. Hashes exist only for `full`. */
export const CONTENT_STATES = [
  'full',
  'truncated',
  'redacted',
  'keys_only',
  'size_only',
  'text',
  'absent',
] as const

export const PRINCIPAL_KINDS = ['user', 'service', 'oauth_client', 'install', 'unknown'] as const
/** `verified` by the party that checked a credential, `reported` by the client, `none` when nobody is named. */
export const PRINCIPAL_TRUSTS = ['verified', 'reported', 'none'] as const
export const DECISIONS = ['allow', 'deny', 'modify'] as const
export const DECISION_SOURCES = ['user', 'policy', 'hook', 'auto'] as const
export const TRANSPORTS = ['stdio', 'http', 'sse', 'websocket'] as const

/** Severity, lowest first, as Sigma's `level`. */
export const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]
export type Outcome = (typeof OUTCOMES)[number]
export type EventKind = (typeof EVENT_KINDS)[number]
export type Vantage = (typeof VANTAGES)[number]
export type ContentState = (typeof CONTENT_STATES)[number]
