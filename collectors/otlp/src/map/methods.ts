import type { EventKind } from '@nightjar/core'

/** MCP methods of all revisions by what an event about them is. */
const KINDS: Readonly<Record<string, EventKind>> = {
  'tools/call': 'call',
  'resources/read': 'call',
  'prompts/get': 'call',
  'completion/complete': 'call',
  'tools/list': 'list',
  'resources/list': 'list',
  'resources/templates/list': 'list',
  'prompts/list': 'list',
  'server/discover': 'list',
  initialize: 'connection',
  ping: 'connection',
  'resources/subscribe': 'connection',
  'resources/unsubscribe': 'connection',
  'subscriptions/listen': 'connection',
  'logging/setLevel': 'control',
  'tasks/get': 'control',
  'tasks/list': 'control',
  'tasks/result': 'control',
  'tasks/cancel': 'control',
  'tasks/update': 'control',
  'sampling/createMessage': 'interaction',
  'elicitation/create': 'interaction',
  'roots/list': 'interaction',
}

/** Kind of an event about a method. A method nobody knows is a call, so that nothing escapes the rules. */
export function kindOfMethod(method: string): EventKind {
  if (method.startsWith('notifications/')) return 'notification'
  return Object.hasOwn(KINDS, method) ? (KINDS[method] as EventKind) : 'call'
}

/** True for a method of the specification: evidence enough to take `rpc.method` for MCP. */
export function isMcpMethod(method: string): boolean {
  return Object.hasOwn(KINDS, method) || method.startsWith('notifications/')
}

/** Notifications that only a server sends; progress and cancellation go both ways and are taken for the client's. */
const FROM_SERVER: ReadonlySet<string> = new Set([
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
  'notifications/resources/updated',
  'notifications/message',
  'notifications/elicitation/complete',
  'notifications/tasks/status',
  'notifications/subscriptions/acknowledged',
])

/** True where the server speaks first, so that the sender is the server. */
export function isServerInitiated(method: string): boolean {
  return kindOfMethod(method) === 'interaction' || FROM_SERVER.has(method)
}
