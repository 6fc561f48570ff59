import { type KeyId, keyOf } from '../keys.ts'

const keys = (...names: string[]): readonly KeyId[] => names.map(keyOf)

/** Standard attributes that more than one dialect reads. */
export const METHOD = keyOf('mcp.method.name')
export const TOOL = keyOf('gen_ai.tool.name')
export const ARGUMENTS = keyOf('gen_ai.tool.call.arguments')
export const RESULT = keyOf('gen_ai.tool.call.result')
export const SESSION = keyOf('mcp.session.id')
export const SERVICE_NAME = keyOf('service.name')
export const SERVICE_VERSION = keyOf('service.version')
export const HOST_NAME = keyOf('host.name')
export const ENDUSER_ID = keyOf('enduser.id')
export const ENDUSER_SCOPE = keyOf('enduser.scope')
export const USER_EMAIL = keyOf('user.email')
export const USER_ID = keyOf('user.id')
export const ERROR_TYPE = keyOf('error.type')
export const STATUS_CODE = keyOf('rpc.response.status_code')
export const EVENT_NAME = keyOf('event.name')
export const SERVER_ADDRESS = keyOf('server.address')
export const SERVER_PORT = keyOf('server.port')
export const RESOURCE_URI = keyOf('mcp.resource.uri')
export const OUR_SERVER_NAME = keyOf('nightjar.server.name')
export const OUR_SERVER_VERSION = keyOf('nightjar.server.version')
export const OUR_SERVER_KEY = keyOf('nightjar.server.key')
export const OUR_CLIENT_NAME = keyOf('nightjar.client.name')
export const EXCEPTION_MESSAGE = keyOf('exception.message')

/** Names of a thing by the attributes that carry it, most reliable first. The first that is present is taken. */
export const NAMES = {
  tool: keys('gen_ai.tool.name', 'mcp.tool.name'),
  prompt: keys('gen_ai.prompt.name', 'mcp.prompt.name'),
  server: keys('nightjar.server.name', 'mcp.server.name', 'fastmcp.server.name'),
  serverVersion: keys('nightjar.server.version', 'mcp.server.version'),
  client: keys('nightjar.client.name', 'mcp.client.name'),
  clientVersion: keys('nightjar.client.version', 'mcp.client.version'),
  agent: keys('gen_ai.agent.name', 'gen_ai.agent.id'),
  conversation: keys('gen_ai.conversation.id', 'session.id'),
  protocolVersion: keys('mcp.protocol.version'),
  requestId: keys('jsonrpc.request.id', 'mcp.request.id'),
  callId: keys('gen_ai.tool.call.id'),
} as const

/** What `service.name` says when nobody set it, and names that stand for nobody. */
export const PLACEHOLDERS: ReadonlySet<string> = new Set([
  '',
  'anonymous',
  'unknown',
  'none',
  'null',
  'undefined',
  'unknown_service',
])
