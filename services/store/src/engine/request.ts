import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { EngineError } from './engine-error.ts'

/** A request to ClickHouse's HTTP interface, taken apart; the body is still to be read. */
export interface EngineRequest {
  /** The `query` parameter of the URL, `''` where the SQL is the body. */
  readonly query: string
  readonly database: string
  readonly format: string
  readonly queryId: string
  readonly params: Map<string, string>
  readonly settings: ReadonlyMap<string, string>
}

/** URL parameters that are the interface's own, not settings of the engine. */
const OWN = new Set([
  'query',
  'database',
  'default_format',
  'query_id',
  'user',
  'password',
  'session_id',
  'session_timeout',
  'session_check',
  'role',
  'quota_key',
  'compress',
  'decompress',
  'stacktrace',
  'wait_end_of_query',
  'buffer_size',
  'enable_http_compression',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
])

function single(value: string | string[] | undefined): string {
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '')
}

/** Reads the URL and headers of a request. */
export function parseRequest(request: IncomingMessage): EngineRequest {
  const { searchParams } = new URL(request.url ?? '/', 'http://engine')
  const params = new Map<string, string>()
  const settings = new Map<string, string>()
  for (const [name, value] of searchParams) {
    if (name.startsWith('param_')) params.set(name.slice('param_'.length), value)
    else if (!OWN.has(name)) settings.set(name, value)
  }
  return {
    query: searchParams.get('query') ?? '',
    database:
      (searchParams.get('database') ?? single(request.headers['x-clickhouse-database'])) ||
      'default',
    format:
      (searchParams.get('default_format') ?? single(request.headers['x-clickhouse-format'])) ||
      'TabSeparated',
    queryId: searchParams.get('query_id') ?? '',
    params,
    settings,
  }
}

function givenCredentials(request: IncomingMessage): { user: string; key: string } {
  const { headers } = request
  const basic = /^Basic (.+)$/i.exec(headers.authorization ?? '')?.[1]
  if (basic !== undefined) {
    const [user = '', ...rest] = Buffer.from(basic, 'base64').toString('utf8').split(':')
    return { user, key: rest.join(':') }
  }
  const { searchParams } = new URL(request.url ?? '/', 'http://engine')
  return {
    user: single(headers['x-clickhouse-user']) || (searchParams.get('user') ?? ''),
    key: single(headers['x-clickhouse-key']) || (searchParams.get('password') ?? ''),
  }
}

function equal(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Throws AUTHENTICATION_FAILED unless the request names the user with its key. Without a user set, all may enter. */
export function authenticate(request: IncomingMessage, user: string, key: string): void {
  if (user === '') return
  const given = givenCredentials(request)
  if (!equal(given.user, user) || !equal(given.key, key))
    throw new EngineError(
      516,
      'Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)',
    )
}
