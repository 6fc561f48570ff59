import { type ContentState, OUTCOMES, type Outcome } from '@nightjar/core'
import { keyOf } from '../keys.ts'
import type { ContentHints } from '../redact/content.ts'
import type { Side } from '../redact/patterns.ts'
import {
  ARGUMENTS,
  ENDUSER_SCOPE,
  METHOD,
  NAMES,
  OUR_SERVER_KEY,
  RESOURCE_URI,
  RESULT,
} from './attribute-keys.ts'
import { writeCallFacts } from './call-columns.ts'
import { writeContentOf } from './content-columns.ts'
import type { Dialect } from './dialect.ts'
import { eventNameOf } from './event-name.ts'
import { sightManifest } from './manifest-sighting.ts'
import { kindOfMethod } from './methods.ts'
import { NO_MARKS, outcomeOf, type Verdict, writeOutcome } from './outcome.ts'
import { USERS, writePrincipal } from './principal.ts'
import type { Row } from './row.ts'
import { writeDuration, writeNames, writeParties, writeSession } from './semconv.ts'
import { LABELS } from './tool-labels.ts'
import { writeTransport } from './transport.ts'

/** Instrumentation scope of our tap. */
const TAP_SCOPE = 'nightjar-tap'

const OUTCOME = keyOf('nightjar.outcome')
const DIRECTION = keyOf('nightjar.direction')
const ERROR_MESSAGE = keyOf('nightjar.error.message')
const MANIFEST_HASH = keyOf('nightjar.manifest.hash')
const SCOPES_REQUIRED = keyOf('nightjar.scopes.required')
const TOOL_LABELS = keyOf('nightjar.tool.labels')
const LOST = keyOf('nightjar.capture.lost')
const REASONS = keyOf('nightjar.capture.reasons')
const STATE_OF_CONNECTION = keyOf('nightjar.connection.state')
const EXIT_CODE = keyOf('process.exit.code')
const PRINCIPAL_KIND = keyOf('nightjar.principal.kind')
const STATE = { args: keyOf('nightjar.args.state'), result: keyOf('nightjar.result.state') }
const SIZE = { args: keyOf('nightjar.args.size'), result: keyOf('nightjar.result.size') }

/** The evidence behind what the tap concludes: it has seen the answer itself. */
const BASIS: Readonly<Record<Outcome, string>> = {
  success: 'result',
  tool_error: 'is_error',
  error: 'rpc_status',
  denied: 'http_status',
  cancelled: 'notification',
  input_required: 'result_type',
  unknown: 'none',
}

/** Our own tap: spans for requests and answers, log records for everything that is not one. */
export const tapDialect: Dialect = {
  name: TAP_SCOPE,
  claims: (record) => record.scopeName() === TAP_SCOPE,
  write(row) {
    if (row.record.signal === 'span') return writeSpan(row)
    switch (eventNameOf(row.record)) {
      case 'nightjar.notification':
        return writeEvent(row, 'notification')
      case 'nightjar.connection':
        return writeConnection(row)
      case 'nightjar.capture.loss':
        row.count('lost', row.amount(LOST))
        row.flag('capture_loss')
        row.nameFrom('errorType', row.attributes, [REASONS])
        return writeEvent(row, 'control')
      case 'nightjar.manifest':
        sightManifest(row, row.attributes.text(MANIFEST_HASH))
        return false
      default:
        return false
    }
  },
}

function writeSpan(row: Row): boolean {
  const { attributes } = row
  const method = attributes.text(METHOD)
  if (method === '') return false
  const toClient = attributes.text(DIRECTION) === 'server_to_client'
  row.word('kind', toClient ? 'interaction' : kindOfMethod(method))
  writeIdentity(row)
  row.nameFrom('tool', attributes, NAMES.tool)
  row.nameFrom('manifestHash', attributes, [MANIFEST_HASH])
  row.addAll('scopes', attributes.text(ENDUSER_SCOPE))
  row.addAll('scopesRequired', attributes.text(SCOPES_REQUIRED))
  const labels = attributes.text(TOOL_LABELS)
  if (labels !== '')
    for (const label of labels.split(/[\s,]+/)) if (LABELS.has(label)) row.add('labels', label)
  writeDuration(row)
  const uri = attributes.text(RESOURCE_URI)
  if (uri !== '') row.columns.resource.set(row.at, row.redactor.scrubber.uri(uri))
  const args = writeContentOf(row, 'args', ARGUMENTS, hintsOf(row, 'args'))
  if (row.value('kind') === 'call') writeCallFacts(row, args, uri)
  writeContentOf(row, 'result', RESULT, hintsOf(row, 'result'))
  writeOutcome(row, verdictOf(row), attributes.text(ERROR_MESSAGE))
  return true
}

function writeEvent(row: Row, kind: 'notification' | 'connection' | 'control'): boolean {
  row.word('kind', kind)
  writeIdentity(row)
  writeOutcome(row, verdictOf(row), row.attributes.text(ERROR_MESSAGE))
  return true
}

function writeConnection(row: Row): boolean {
  const state = row.attributes.text(STATE_OF_CONNECTION)
  if (state !== '') row.text('target', `connection/${state}`)
  const exitCode = row.amount(EXIT_CODE)
  if (exitCode > 0) row.word('errorCode', String(exitCode))
  if (state !== 'opened') return writeEvent(row, 'connection')
  row.word('kind', 'connection')
  writeIdentity(row)
  writeOutcome(row, { outcome: 'success', basis: 'status_attr' })
  return true
}

function writeIdentity(row: Row): void {
  row.word('emitter', TAP_SCOPE)
  row.word('vantage', 'gateway')
  row.nameFrom('method', row.attributes, [METHOD])
  row.nameFrom('serverKey', row.attributes, [OUR_SERVER_KEY])
  writeNames(row)
  writeParties(row, 'gateway')
  writePrincipal(row, {
    ...USERS,
    enduserId: row.attributes.text(PRINCIPAL_KIND) === 'oauth_client' ? 'oauth_client' : 'user',
  })
  writeTransport(row, row.attributes)
  writeSession(row)
}

function hintsOf(row: Row, side: Side): ContentHints {
  const state: ContentState =
    row.attributes.text(STATE[side]) === 'truncated' ? 'truncated' : 'full'
  return { state, size: row.amount(SIZE[side]), redactsItself: false }
}

function verdictOf(row: Row): Verdict {
  const outcome = row.attributes.text(OUTCOME) as Outcome
  const byAttributes = outcomeOf(row.record, NO_MARKS, NO_TYPES)
  if (!OUTCOMES.includes(outcome)) return byAttributes
  // The attribute that agrees says more than that the tap came to this end.
  const basis = byAttributes.outcome === outcome ? byAttributes.basis : BASIS[outcome]
  return { outcome, basis: basis === 'span_end' ? BASIS.success : basis }
}

const NO_TYPES: ReadonlySet<string> = new Set()
