import type { Outcome } from '@nightjar/core'
import { keyOf } from '../keys.ts'
import { type OtlpRecord, VALUE } from '../record.ts'
import type { Members } from '../redact/members.ts'
import { ERROR_TYPE, EXCEPTION_MESSAGE, STATUS_CODE } from './attribute-keys.ts'
import type { Row } from './row.ts'

const IS_ERROR = [keyOf('mcp.tool.result.is_error'), keyOf('mcp.is_error')]
const SUCCESS = keyOf('success')
const HTTP_STATUS = keyOf('http.response.status_code')
const DISPOSITION = keyOf('gen_ai.agent.tool.disposition')

/** How a call ended, and which evidence says so. */
export interface Verdict {
  readonly outcome: Outcome
  readonly basis: string
}

const verdict = (outcome: Outcome, basis: string): Verdict => ({ outcome, basis })
const UNKNOWN = verdict('unknown', 'none')
const RPC_ERROR = verdict('error', 'rpc_status')
const TOOL_ERROR = verdict('tool_error', 'error_type')
const TYPE_ERROR = verdict('error', 'error_type')
const CANCELLED = verdict('cancelled', 'error_type')
const IS_ERROR_TRUE = verdict('tool_error', 'is_error')
const IS_ERROR_FALSE = verdict('success', 'is_error')
const HTTP_DENIED = verdict('denied', 'http_status')
const HTTP_ERROR = verdict('error', 'http_status')
const SUCCESS_FALSE = verdict('error', 'success_attr')
const SUCCESS_TRUE = verdict('success', 'success_attr')
const STATUS_ERROR = verdict('error', 'span_status')
const STATUS_OK = verdict('success', 'span_status')
const SPAN_END = verdict('success', 'span_end')
const INPUT_REQUIRED = verdict('input_required', 'result_type')
const DENIED = verdict('denied', 'decision')

/** Types of errors that mean somebody gave up, not that something failed. */
const CANCELLATIONS: ReadonlySet<string> = new Set([
  'cancelled',
  'canceled',
  'CancelledError',
  'asyncio.CancelledError',
  'AbortError',
  'TaskCanceledException',
  'OperationCanceledException',
])

/** What a parsed MCP result says of itself. */
export interface ResultMarks {
  /** `isError` where the result is a tool's; undefined when there is no such result. */
  readonly isError: boolean | undefined
  readonly inputRequired: boolean
}

/** Nothing is known of the result. */
export const NO_MARKS: ResultMarks = { isError: undefined, inputRequired: false }

const ERROR_MARK: ResultMarks = { isError: true, inputRequired: false }
const NO_ERROR_MARK: ResultMarks = { isError: false, inputRequired: false }

/** Reads the marks of a `tools/call` result (`content`, `isError`) or of an InputRequiredResult (`resultType`). */
export function marksOf(result: Members): ResultMarks {
  let isError: boolean | undefined
  let listed = false
  let inputRequired = false
  for (let i = 0; i < result.count; i++) {
    const name = result.nameAt(i)
    if (name === 'isError') isError = result.boolAt(i)
    else if (name === 'content') listed = result.isListAt(i)
    else if (name === 'resultType')
      inputRequired = !result.isListAt(i) && result.textAt(i) === 'input_required'
  }
  isError ??= listed ? false : undefined
  if (inputRequired) return { isError, inputRequired }
  return isError === undefined ? NO_MARKS : isError ? ERROR_MARK : NO_ERROR_MARK
}

/**
 * The outcome by the conventions' attributes: a denial, then any mark of failure, then an explicit mark of success,
 * then the mere end of a span. Code 0 is an error, as JSON-RPC has codes for errors only. `toolErrors` are types of
 * error that the emitter uses where the wire said `isError`.
 */
export function outcomeOf(
  record: OtlpRecord,
  marks: ResultMarks,
  toolErrors: ReadonlySet<string>,
): Verdict {
  const { attributes } = record
  if (attributes.text(DISPOSITION) === 'deny') return DENIED
  if (marks.inputRequired) return INPUT_REQUIRED
  return failureOf(record, marks, toolErrors) ?? successOf(record, marks)
}

function failureOf(
  { attributes, statusCode }: OtlpRecord,
  marks: ResultMarks,
  toolErrors: ReadonlySet<string>,
): Verdict | undefined {
  if (Number.isInteger(attributes.number(STATUS_CODE))) return RPC_ERROR
  const type = attributes.text(ERROR_TYPE)
  if (type === 'tool_error' || toolErrors.has(type)) return TOOL_ERROR
  if (CANCELLATIONS.has(type)) return CANCELLED
  const http = attributes.number(HTTP_STATUS)
  if (http === 401 || http === 403) return HTTP_DENIED
  if (type !== '') return TYPE_ERROR
  if (marks.isError === true) return IS_ERROR_TRUE
  for (const key of IS_ERROR) if (attributes.bool(key) === true) return IS_ERROR_TRUE
  if (http >= 400) return HTTP_ERROR
  if (attributes.bool(SUCCESS) === false) return SUCCESS_FALSE
  return statusCode === 2 ? STATUS_ERROR : undefined
}

function successOf(record: OtlpRecord, marks: ResultMarks): Verdict {
  const { attributes } = record
  if (marks.isError === false) return IS_ERROR_FALSE
  for (const key of IS_ERROR) if (attributes.bool(key) === false) return IS_ERROR_FALSE
  if (attributes.bool(SUCCESS) === true) return SUCCESS_TRUE
  if (record.signal !== 'span') return UNKNOWN
  if (record.statusCode === 1) return STATUS_OK
  return record.endTimeUs > 0 ? SPAN_END : UNKNOWN
}

const MAX_MESSAGE = 512
const NUMERIC = /^-?\d{1,10}$/

/** Writes the verdict with code, type and message of what went wrong. `message` is preferred to the span's own. */
export function writeOutcome(row: Row, { outcome, basis }: Verdict, message = ''): void {
  row.word('outcome', outcome)
  row.word('outcomeBasis', basis)
  if (outcome === 'success' || outcome === 'input_required') return
  const { record, attributes } = row
  const code = attributes.text(STATUS_CODE)
  const type = attributes.text(ERROR_TYPE)
  if (code !== '') row.name('errorCode', code)
  else if (NUMERIC.test(type)) row.word('errorCode', type)
  else if (attributes.kindOf(HTTP_STATUS) !== VALUE.none)
    row.name('errorCode', attributes.text(HTTP_STATUS))
  if (type !== '') row.name('errorType', type)
  row.text(
    'errorMessage',
    message || record.statusMessage() || exceptionMessage(record),
    MAX_MESSAGE,
  )
}

function exceptionMessage(record: OtlpRecord): string {
  let message = record.attributes.text(EXCEPTION_MESSAGE)
  if (record.statusCode !== 2) return message
  record.eachEvent((event) => {
    if (message === '' && event.name === 'exception')
      message = event.attributes.text(EXCEPTION_MESSAGE)
  })
  return message
}
