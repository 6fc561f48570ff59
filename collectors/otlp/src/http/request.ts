import type { IncomingMessage } from 'node:http'
import { RPC, type Signal } from '../wire/response.ts'
import { JSON_TYPE, PROTOBUF } from './reply.ts'

/** What the head of a request says, or why it is not an OTLP request. */
export type Head =
  | {
      readonly signal: Signal
      readonly encoding: 'protobuf' | 'json'
      readonly gzip: boolean
    }
  | {
      readonly refusal: number
      readonly rpc: number
      readonly encoding: 'protobuf' | 'json'
      readonly message: string
      readonly headers: Readonly<Record<string, string>>
    }

// The paths without version are those of senders that append only the signal to their endpoint.
const PATHS: ReadonlyMap<string, Signal> = new Map([
  ['/v1/traces', 'traces'],
  ['/v1/logs', 'logs'],
  ['/v1/metrics', 'metrics'],
  ['/traces', 'traces'],
  ['/logs', 'logs'],
  ['/metrics', 'metrics'],
])

const ENCODINGS: ReadonlyMap<string, 'protobuf' | 'json'> = new Map([
  [PROTOBUF, 'protobuf'],
  [JSON_TYPE, 'json'],
])

/** Reads method, path, content type and content encoding (OTLP/HTTP Request). */
export function readHead(request: IncomingMessage): Head {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
  const encoding = ENCODINGS.get(type)
  const no = (
    refusal: number,
    rpc: number,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ): Head => ({ refusal, rpc, encoding: encoding ?? 'json', message, headers })

  const signal = PATHS.get(request.url?.split('?')[0] ?? '')
  if (!signal) return no(404, RPC.unimplemented, 'Post to /v1/traces, /v1/logs or /v1/metrics.')
  if (request.method !== 'POST')
    return no(405, RPC.unimplemented, 'OTLP/HTTP is POST only.', { allow: 'POST' })
  if (!encoding)
    return no(415, RPC.invalidArgument, `The content type must be ${PROTOBUF} or ${JSON_TYPE}.`, {
      'accept-post': `${PROTOBUF}, ${JSON_TYPE}`,
    })
  const coding = request.headers['content-encoding']?.trim().toLowerCase() ?? ''
  if (!['', 'identity', 'gzip', 'x-gzip'].includes(coding))
    return no(415, RPC.invalidArgument, 'The content encoding must be gzip or identity.', {
      'accept-encoding': 'gzip, identity',
    })
  return { signal, encoding, gzip: coding.endsWith('gzip') }
}
