import type { ServerResponse } from 'node:http'
import type { Answer, Refusal } from '../answer.ts'
import {
  exportResponse,
  exportResponseJson,
  RPC,
  rpcStatus,
  rpcStatusJson,
  type Signal,
} from '../wire/response.ts'

/** Content types of OTLP/HTTP. */
export const PROTOBUF = 'application/x-protobuf'
export const JSON_TYPE = 'application/json'

const REFUSALS: Readonly<Record<Refusal, readonly [http: number, rpc: number]>> = {
  unauthenticated: [401, RPC.unauthenticated],
  invalid: [400, RPC.invalidArgument],
  too_large: [413, RPC.resourceExhausted],
  overloaded: [429, RPC.unavailable],
  unavailable: [503, RPC.unavailable],
  internal: [500, RPC.internal],
}

/** Writes an answer in the request's own encoding (OTLP/HTTP Response). */
export function reply(
  response: ServerResponse,
  signal: Signal,
  encoding: 'protobuf' | 'json',
  answer: Answer,
): void {
  if (answer.status === 'ok') {
    const body =
      encoding === 'json'
        ? exportResponseJson(signal, answer.rejected, answer.message)
        : exportResponse(answer.rejected, answer.message)
    send(response, 200, encoding, body)
    return
  }
  const [code, rpc] = REFUSALS[answer.status]
  const retryMs = answer.retryMs ?? 0
  if (retryMs > 0) response.setHeader('retry-after', Math.max(1, Math.ceil(retryMs / 1000)))
  if (code === 401) response.setHeader('www-authenticate', 'Bearer')
  const { message } = answer
  const body = encoding === 'json' ? rpcStatusJson(rpc, message) : rpcStatus(rpc, message, retryMs)
  send(response, code, encoding, body)
}

/** Refuses a request that is not OTLP/HTTP at all; a google.rpc.Status in the encoding it seems to want. */
export function refuse(
  response: ServerResponse,
  code: number,
  rpc: number,
  encoding: 'protobuf' | 'json',
  message: string,
): void {
  const body = encoding === 'json' ? rpcStatusJson(rpc, message) : rpcStatus(rpc, message)
  send(response, code, encoding, body)
}

function send(
  response: ServerResponse,
  code: number,
  encoding: 'protobuf' | 'json',
  body: string | Buffer,
): void {
  response.statusCode = code
  response.setHeader('content-type', encoding === 'json' ? JSON_TYPE : PROTOBUF)
  response.setHeader('content-length', Buffer.byteLength(body))
  response.end(body)
}
