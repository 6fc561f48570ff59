import type { Socket } from 'node:net'
import type { Logger } from '@nightjar/core'
import { messageOf } from '@nightjar/core'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import type { App } from './app.ts'
import { ApiError, type Fault, problemOf, toApiError } from './problems.ts'

/** Sends an error as a problem. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: ApiError) {
  if (error.status === 503) void reply.header('retry-after', '2')
  return reply
    .code(error.status)
    .header('x-request-id', request.id)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(problemOf(error, request.id)))
}

/** Answers a request whose path cannot be decoded. */
export function refuseUnreadable(_: Error, request: FastifyRequest, reply: FastifyReply): void {
  void sendProblem(request, reply, new ApiError('API_BAD_REQUEST', 'The path cannot be read.'))
}

/** Answers bytes that are not HTTP, and ends the connection. */
export function refuseUnparsed(_: Error, socket: Socket): void {
  if (!socket.writable) return
  const error = new ApiError('API_BAD_REQUEST', 'The request is not HTTP.')
  const body = JSON.stringify(problemOf(error, ''))
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

function faultsOf(error: unknown): readonly Fault[] | undefined {
  if (!hasZodFastifySchemaValidationErrors(error)) return undefined
  return error.validation.map(({ instancePath, message, params }) => {
    const unknownKeys = (params as { keys?: unknown } | undefined)?.keys
    const key = Array.isArray(unknownKeys) ? `/${String(unknownKeys[0])}` : ''
    return {
      pointer: `${instancePath.replace(/\/$/, '')}${key}` || '/',
      detail: message ?? 'not valid',
    }
  })
}

/** What fastify itself refuses, by its code. */
function refusalOf(error: FastifyError): ApiError | undefined {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ApiError('API_TOO_LARGE', 'A body may have 1 MiB.')
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ApiError('API_MEDIA_TYPE', 'Send application/json.')
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new ApiError('API_BAD_REQUEST', 'The body is not valid JSON.')
    default:
      return typeof error.statusCode === 'number' && error.statusCode < 500
        ? new ApiError('API_BAD_REQUEST', 'The request cannot be read.')
        : undefined
  }
}

function asApiError(error: unknown): ApiError {
  const faults = faultsOf(error)
  if (faults)
    return new ApiError('API_BAD_REQUEST', 'Some of the request is not valid.', {
      hint: '/api/v1/openapi.json describes every field.',
      faults,
    })
  const known = toApiError(error)
  if (known.code !== 'API_INTERNAL') return known
  return refusalOf(error as FastifyError) ?? known
}

/** Makes every error a problem and keeps its cause for the log. */
export function handleErrors(app: App, logger: Logger): void {
  app.setErrorHandler((error, request, reply) => {
    const answer = asApiError(error)
    if (answer.status >= 500)
      logger.error(
        {
          requestId: request.id,
          route: request.routeOptions.url ?? '',
          code: (error as { code?: string }).code ?? '',
          reason: messageOf(error),
        },
        'A request could not be answered.',
      )
    return sendProblem(request, reply, answer)
  })
}

interface Pattern {
  readonly regex: RegExp
  readonly methods: Set<string>
}

/** Answers what no route takes: 405 where another method would be, else 404. Call it before routes are added. */
export function handleUnknownRoutes(app: App): void {
  const patterns = new Map<string, Pattern>()
  app.addHook('onRoute', ({ url, method }) => {
    const known = patterns.get(url) ?? {
      regex: new RegExp(`^${url.replace(/[.+?^$()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')}$`),
      methods: new Set<string>(),
    }
    for (const one of [method].flat()) known.methods.add(one)
    patterns.set(url, known)
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const allowed = [...patterns.values()]
      .filter(({ regex }) => regex.test(path))
      .flatMap(({ methods }) => [...methods])
    if (allowed.length === 0)
      return sendProblem(
        request,
        reply,
        new ApiError('API_NOT_FOUND', 'There is nothing under this path.', {
          hint: '/api/v1/openapi.json lists every path.',
        }),
      )
    const allow = [...new Set(allowed)].join(', ')
    void reply.header('allow', allow)
    return sendProblem(
      request,
      reply,
      new ApiError('API_METHOD_NOT_ALLOWED', `This path takes ${allow}.`),
    )
  })
}
