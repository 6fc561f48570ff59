import { Buffer } from 'node:buffer'
import { keyOf } from '../keys.ts'
import type { OtlpRecord } from '../record.ts'
import { parseStructured } from '../redact/structure.ts'
import { NAMES, SERVICE_NAME, SERVICE_VERSION } from './attribute-keys.ts'
import { writeCallFacts, writeTarget } from './call-columns.ts'
import { writeContent } from './content-columns.ts'
import type { Dialect } from './dialect.ts'
import { eventNameOf } from './event-name.ts'
import { writeOutcome } from './outcome.ts'
import { type PrincipalKinds, writePrincipal } from './principal.ts'
import type { Row } from './row.ts'
import { transportOf } from './transport.ts'

const SCOPE_PREFIX = 'com.anthropic.claude_code'
const NAME_PREFIX = 'claude_code.'
/** Stands for every tool of the user's own servers, unless details are switched on. */
const SOME_TOOL = 'mcp_tool'
const MAX_PARAMETERS = 16 * 1024

const K = {
  sequence: keyOf('event.sequence'),
  session: keyOf('session.id'),
  toolName: keyOf('tool_name'),
  toolUseId: keyOf('tool_use_id'),
  toolSource: keyOf('tool_source'),
  toolParameters: keyOf('tool_parameters'),
  toolInput: keyOf('tool_input'),
  inputSize: keyOf('tool_input_size_bytes'),
  resultSize: keyOf('tool_result_size_bytes'),
  decision: keyOf('decision'),
  source: keyOf('source'),
  decisionType: keyOf('decision_type'),
  decisionSource: keyOf('decision_source'),
  success: keyOf('success'),
  duration: keyOf('duration_ms'),
  errorType: keyOf('error_type'),
  errorCode: keyOf('error_code'),
  errorCategory: keyOf('error_category'),
  error: keyOf('error'),
  status: keyOf('status'),
  transportType: keyOf('transport_type'),
  serverName: keyOf('server_name'),
  toMode: keyOf('to_mode'),
  action: keyOf('action'),
  identitySource: keyOf('identity.source'),
  appVersion: keyOf('app.version'),
} as const

/** Who decided, by Claude Code's words. `config` is an allow rule, managed policy or a prompt nobody could answer. */
const SOURCES: ReadonlyMap<string, string> = new Map([
  ['config', 'policy'],
  ['hook', 'hook'],
  ['user_permanent', 'user'],
  ['user_temporary', 'user'],
  ['user_abort', 'user'],
  ['user_reject', 'user'],
])

/** Our words for the states of a connection. */
const CONNECTION_STATES: ReadonlyMap<string, string> = new Map([
  ['connected', 'opened'],
  ['disconnected', 'closed'],
])

const INSTALL: PrincipalKinds = { enduserId: 'user', userId: 'install' }
const SIGNED_IN: PrincipalKinds = { enduserId: 'user', userId: 'user' }

/** Log events of Claude Code about MCP; built-in tools are skipped. Its beta spans are claimed, so that nobody takes them for calls, and skipped. */
export const claudeCodeDialect: Dialect = {
  name: 'claude-code',
  claims: (record) =>
    record.scopeName().startsWith(SCOPE_PREFIX) ||
    (record.signal === 'log' &&
      (record.resource.text(SERVICE_NAME).startsWith('claude-code') ||
        eventNameOf(record).startsWith(NAME_PREFIX))),
  write(row) {
    if (row.record.signal !== 'log') return false
    const event = shortName(row.record)
    const written = EVENTS.get(event)?.(row) ?? false
    if (written) writeCommon(row, event)
    return written
  },
}

const EVENTS: ReadonlyMap<string, (row: Row) => boolean> = new Map([
  ['tool_decision', writeDecision],
  ['tool_result', writeResult],
  ['mcp_server_connection', writeConnection],
  ['permission_mode_changed', writeModeChange],
  ['auth', writeAuth],
])

function shortName(record: OtlpRecord): string {
  const name = eventNameOf(record)
  return name.startsWith(NAME_PREFIX) ? name.slice(NAME_PREFIX.length) : name
}

function writeCommon(row: Row, event: string): void {
  const { attributes, resource } = row
  row.word('emitter', 'claude-code')
  row.word('vantage', 'client')
  const signedIn = attributes.text(K.identitySource) === 'gateway-oidc'
  writePrincipal(row, signedIn ? SIGNED_IN : INSTALL)
  row.nameFrom('conversation', attributes, [K.session])
  row.nameFrom('agent', attributes, NAMES.agent)
  if (!row.nameFrom('client', resource, [SERVICE_NAME])) row.word('client', 'claude-code')
  if (!row.nameFrom('clientVersion', attributes, [K.appVersion]))
    row.nameFrom('clientVersion', resource, [SERVICE_VERSION])
  row.idFrom('callId', [K.toolUseId])
  const session = attributes.text(K.session)
  const sequence = attributes.text(K.sequence)
  if (session !== '' && sequence !== '')
    row.logIdentity = [
      event,
      session,
      sequence,
      attributes.text(K.toolUseId),
      String(row.record.timeUs),
    ].join('\0')
}

interface McpTool {
  readonly server: string
  readonly tool: string
}

/** The MCP tool of a tool event; undefined for the client's own tools. */
function mcpTool({ attributes }: Row): McpTool | undefined {
  const name = attributes.text(K.toolName)
  const source = attributes.text(K.toolSource)
  if (source === 'builtin') return undefined
  const details = parametersOf(attributes.text(K.toolParameters))
  if (details.tool !== '') return details
  if (name.startsWith('mcp__')) {
    const [server = '', ...tool] = name.slice(5).split('__')
    return { server, tool: tool.join('__') }
  }
  if (name === SOME_TOOL) return details
  return source === 'mcp' ? { ...details, tool: name } : undefined
}

function parametersOf(text: string): McpTool {
  const value = text.length <= MAX_PARAMETERS ? parseStructured(text) : undefined
  const { mcp_server_name: server, mcp_tool_name: tool } = (value ?? {}) as Readonly<
    Record<string, unknown>
  >
  return {
    server: typeof server === 'string' ? server : '',
    tool: typeof tool === 'string' ? tool : '',
  }
}

function writeTool(row: Row, { server, tool }: McpTool): void {
  if (tool === '') row.flag('tool_hidden')
  else row.name('tool', tool)
  if (server !== '') row.name('server', server)
}

function writeDecided(row: Row, decision: string, source: string): void {
  row.word('decision', decision === 'reject' ? 'deny' : 'allow')
  row.word('decisionSource', SOURCES.get(source) ?? '')
}

/** A denial stands for the call, which gets no other record; an approval is followed by the call's own. */
function writeDecision(row: Row): boolean {
  const { attributes } = row
  const decision = attributes.text(K.decision)
  const tool = mcpTool(row)
  if (tool === undefined || (decision !== 'accept' && decision !== 'reject')) return false
  row.word('kind', 'decision')
  writeTool(row, tool)
  writeDecided(row, decision, attributes.text(K.source))
  if (decision === 'reject') {
    row.word('method', 'tools/call')
    writeCallFacts(row, undefined, '')
    writeOutcome(row, { outcome: 'denied', basis: 'decision' })
  } else writeOutcome(row, { outcome: 'unknown', basis: 'decision' })
  return true
}

function writeResult(row: Row): boolean {
  const { attributes } = row
  const tool = mcpTool(row)
  if (tool === undefined) return false
  row.word('kind', 'call')
  row.word('method', 'tools/call')
  writeTool(row, tool)
  if (attributes.text(K.decisionType) !== '')
    writeDecided(row, attributes.text(K.decisionType), attributes.text(K.decisionSource))
  const durationUs = row.amount(K.duration) * 1000
  row.count('durationUs', durationUs)
  row.beganBeforeUs = durationUs
  writeSizes(row)
  writeSuccess(row)
  return true
}

/**
 * The input is cut at 512 characters a value and 4K in all; its size, which counts UTF-16 units whatever its name
 * says, tells whether it was.
 */
function writeSizes(row: Row): void {
  const input = row.attributes.text(K.toolInput)
  const size = row.amount(K.inputSize)
  const whole = size === 0 || size === input.length
  const args = writeContent(row, 'args', input, {
    state: whole ? 'full' : 'truncated',
    size: whole && input !== '' ? Buffer.byteLength(input) : size,
    redactsItself: true,
  })
  writeCallFacts(row, args, '')
  writeContent(row, 'result', '', { size: row.amount(K.resultSize), redactsItself: true })
}

function writeSuccess(row: Row): void {
  const { attributes } = row
  const success = attributes.bool(K.success)
  const type = attributes.text(K.errorType)
  if (type !== '') row.name('errorType', type)
  if (success === undefined) writeOutcome(row, { outcome: 'unknown', basis: 'none' })
  else if (success) writeOutcome(row, { outcome: 'success', basis: 'success_attr' })
  else
    writeOutcome(
      row,
      // Its one type for a result with `isError`, whatever went wrong in the server.
      { outcome: type === 'McpToolCallError' ? 'tool_error' : 'error', basis: 'success_attr' },
      attributes.text(K.error),
    )
}

function writeConnection(row: Row): boolean {
  const { attributes } = row
  const status = attributes.text(K.status)
  row.word('kind', 'connection')
  if (status !== '') row.text('target', `connection/${CONNECTION_STATES.get(status) ?? status}`)
  row.nameFrom('server', attributes, [K.serverName])
  const transport = transportOf(attributes.text(K.transportType))
  if (transport !== '') row.word('transport', transport)
  row.count('durationUs', row.amount(K.duration) * 1000)
  row.nameFrom('errorCode', attributes, [K.errorCode])
  if (status !== 'disconnected') row.word('method', 'initialize')
  writeOutcome(row, {
    outcome: status === 'connected' ? 'success' : status === 'failed' ? 'error' : 'unknown',
    basis: status === 'disconnected' || status === '' ? 'none' : 'status_attr',
  })
  return true
}

function writeModeChange(row: Row): boolean {
  row.word('kind', 'control')
  writeTarget(row, `permission_mode/${row.attributes.text(K.toMode)}`)
  writeOutcome(row, { outcome: 'success', basis: 'event' })
  return true
}

function writeAuth(row: Row): boolean {
  const { attributes } = row
  const success = attributes.bool(K.success)
  row.word('kind', 'auth')
  writeTarget(row, `auth/${attributes.text(K.action)}`)
  row.nameFrom('errorType', attributes, [K.errorCategory])
  writeOutcome(row, {
    outcome: success === undefined ? 'unknown' : success ? 'success' : 'error',
    basis: success === undefined ? 'none' : 'success_attr',
  })
  return true
}
