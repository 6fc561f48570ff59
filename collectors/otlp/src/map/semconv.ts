import type { Vantage } from '@nightjar/core'
import { keyOf } from '../keys.ts'
import { isEmpty, type OtlpRecord, VALUE } from '../record.ts'
import { isAscii, writeHex } from '../redact/text.ts'
import {
  ARGUMENTS,
  ENDUSER_SCOPE,
  METHOD,
  NAMES,
  PLACEHOLDERS,
  RESOURCE_URI,
  RESULT,
  SERVICE_NAME,
  SERVICE_VERSION,
  SESSION,
  TOOL,
} from './attribute-keys.ts'
import { writeCallFacts } from './call-columns.ts'
import { FOREIGN_CONTENT, writeContentOf } from './content-columns.ts'
import type { Dialect } from './dialect.ts'
import { isMcpMethod, isServerInitiated, kindOfMethod } from './methods.ts'
import { marksOf, outcomeOf, writeOutcome } from './outcome.ts'
import { writePrincipal } from './principal.ts'
import type { Row } from './row.ts'
import { emitterOf } from './semconv-emitters.ts'
import { writeServerUrl, writeTransport } from './transport.ts'

const OPERATION = keyOf('gen_ai.operation.name')
const MCP_METHOD = keyOf('mcp.method')
const OLD_METHODS = [MCP_METHOD, keyOf('rpc.method')]
const RPC_SYSTEMS = [keyOf('rpc.system'), keyOf('rpc.system.name')]
const RPC_WORDS: ReadonlySet<string> = new Set(['jsonrpc', 'mcp'])
const METHODS = [METHOD]
const NONE: ReadonlySet<string> = new Set()
const SPAN_KIND = { internal: 1, server: 2, client: 3 } as const
/** From this revision on MCP has no sessions; what is called one is made up per request. */
const SESSIONLESS = '2026-07-28'
const tag = new Uint8Array(8)
const hex = new Uint8Array(16)
const SERVICE_NAMES = [SERVICE_NAME]
const SERVICE_VERSIONS = [SERVICE_VERSION]

/**
 * The OpenTelemetry conventions for MCP and GenAI, as client or server spans, and as log records that carry
 * `mcp.method.name`. A span is never taken for a call by its name alone.
 */
export const semconvDialect: Dialect = {
  name: 'otel-semconv',
  claims: (record) => isMcp(record) || isToolExecution(record),
  write(row) {
    const emitter = emitterOf(row.record.scopeName())
    if (emitter.ignores?.(row.record) === true) return false
    row.word('emitter', emitter.name)
    const method = writeMethod(row)
    if (method === '') row.flag('mcp_unconfirmed')
    const kind = kindOfMethod(method)
    const vantage = vantageOf(row.record, method)
    row.word('kind', kind)
    row.word('vantage', vantage)
    writeNames(row)
    writeTool(row, emitter.nameInSpan)
    writeParties(row, vantage)
    writePrincipal(row, emitter.principals)
    writeTransport(row, row.attributes)
    if (vantage === 'client') writeServerUrl(row, row.attributes)
    writeSession(row)
    row.addAll('scopes', row.attributes.text(ENDUSER_SCOPE))
    writeDuration(row)
    const marks = writeContents(row)
    const result = outcomeOf(row.record, marks, method === 'tools/call' ? emitter.toolErrors : NONE)
    writeOutcome(row, result)
    if (result.basis === 'span_end' && vantage === 'client') row.flag('outcome_weak')
    return true
  },
}

function isMcp({ attributes }: OtlpRecord): boolean {
  if (!isEmpty(attributes, METHOD)) return true
  return OLD_METHODS.some((key) => {
    const method = attributes.text(key)
    return (
      method !== '' &&
      isMcpMethod(method) &&
      (key === MCP_METHOD || RPC_SYSTEMS.some((system) => RPC_WORDS.has(attributes.text(system))))
    )
  })
}

/** Writes the method, by an older name only where it is one of MCP's. */
function writeMethod(row: Row): string {
  const { attributes } = row
  if (!row.nameFrom('method', attributes, METHODS)) {
    const old = OLD_METHODS.map((key) => attributes.text(key)).find(isMcpMethod)
    if (old !== undefined) row.word('method', old)
  }
  return row.value('method')
}

function isToolExecution({ signal, attributes }: OtlpRecord): boolean {
  return (
    signal === 'span' &&
    attributes.text(OPERATION) === 'execute_tool' &&
    attributes.text(TOOL) !== ''
  )
}

/** Who saw it. A CLIENT span is the sender's, and for sampling, elicitation and roots the sender is the server. */
function vantageOf(record: OtlpRecord, method: string): Vantage {
  // SDKs write spans; log records with the method come from the access logs of gateways.
  if (record.signal === 'log') return 'gateway'
  const receives = record.kind === SPAN_KIND.server
  return receives === isServerInitiated(method) ? 'client' : 'server'
}

/** Names and ids that mean the same for every emitter of the conventions. */
export function writeNames(row: Row): void {
  const { attributes } = row
  row.nameFrom('prompt', attributes, NAMES.prompt)
  row.nameFrom('protocolVersion', attributes, NAMES.protocolVersion)
  row.nameFrom('agent', attributes, NAMES.agent)
  row.nameFrom('conversation', attributes, NAMES.conversation)
  row.idFrom('requestId', NAMES.requestId)
  row.idFrom('callId', NAMES.callId)
}

function writeTool(row: Row, nameInSpan: string): void {
  if (row.nameFrom('tool', row.attributes, NAMES.tool) || nameInSpan === '') return
  const method = row.value('method')
  const prefix = `${nameInSpan}${method} `
  const name = row.record.name()
  if (!name.startsWith(prefix)) return
  if (method === 'tools/call') row.name('tool', name.slice(prefix.length))
  else if (method === 'prompts/get' && row.value('prompt') === '')
    row.name('prompt', name.slice(prefix.length))
}

/** Client and server by their own attributes, else by the service that the vantage is. */
export function writeParties(row: Row, vantage: Vantage): void {
  const { attributes, resource } = row
  const service = resource.text(SERVICE_NAME)
  const named = !PLACEHOLDERS.has(service) && !service.startsWith('unknown_service')
  if (row.nameFrom('server', attributes, NAMES.server))
    row.nameFrom('serverVersion', attributes, NAMES.serverVersion)
  else if (named && vantage === 'server') {
    row.nameFrom('server', resource, SERVICE_NAMES)
    row.nameFrom('serverVersion', resource, SERVICE_VERSIONS)
  }
  if (row.nameFrom('client', attributes, NAMES.client))
    row.nameFrom('clientVersion', attributes, NAMES.clientVersion)
  else if (named && vantage === 'client') {
    row.nameFrom('client', resource, SERVICE_NAMES)
    row.nameFrom('clientVersion', resource, SERVICE_VERSIONS)
  }
}

/** The transport session as a keyed hash: whoever knows a session id may use it. */
export function writeSession(row: Row): void {
  const { attributes, record, keyed } = row
  if (isEmpty(attributes, SESSION) || row.value('protocolVersion') >= SESSIONLESS) return
  const start = attributes.startOf(SESSION)
  const end = attributes.endOf(SESSION)
  if (attributes.kindOf(SESSION) === VALUE.string && isAscii(record.bytes, start, end))
    keyed.tagBytes('session', record.bytes, start, end, tag)
  else keyed.tag('session', attributes.text(SESSION), tag)
  writeHex(tag, hex)
  row.columns.session.setBytes(row.at, hex, 0, hex.length)
}

/** Duration of a span. */
export function writeDuration(row: Row): void {
  const { record } = row
  if (record.endTimeUs > record.timeUs) row.count('durationUs', record.endTimeUs - record.timeUs)
}

function writeContents(row: Row): ReturnType<typeof marksOf> {
  const { attributes } = row
  const uri = attributes.text(RESOURCE_URI)
  if (uri !== '') row.columns.resource.set(row.at, row.redactor.scrubber.uri(uri))
  const args = writeContentOf(row, 'args', ARGUMENTS, FOREIGN_CONTENT)
  if (row.value('kind') === 'call') writeCallFacts(row, args, uri)
  return marksOf(writeContentOf(row, 'result', RESULT, FOREIGN_CONTENT).members)
}
