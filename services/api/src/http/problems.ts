import { NightjarError, type Problem } from '@nightjar/core'

/** Every code of this room with the status and title it is answered with. Codes are never reused. */
export const API_PROBLEMS = {
  API_BAD_REQUEST: [400, 'The request is not valid'],
  API_BAD_CURSOR: [400, 'The cursor does not fit'],
  API_BAD_TIME: [400, 'The time is not valid'],
  API_BAD_SESSION: [400, 'The session id is not valid'],
  API_UNAUTHENTICATED: [401, 'Sign in first'],
  API_SIGN_IN_FAILED: [401, 'The sign-in link does not work any more'],
  API_CROSS_SITE: [403, 'The request came from another site'],
  API_NOT_FOUND: [404, 'Not found'],
  API_METHOD_NOT_ALLOWED: [405, 'The method is not allowed here'],
  API_WRONG_STATE: [409, 'It is not in a state for that'],
  API_TOO_LARGE: [413, 'The body is too large'],
  API_MEDIA_TYPE: [415, 'The body is not JSON'],
  API_WRONG_HOST: [421, 'Asked under a foreign name'],
  API_REFUSED: [422, 'The owner refused the command'],
  API_TOO_MANY_ATTEMPTS: [429, 'Too many attempts'],
  API_INTERNAL: [500, 'Something went wrong here'],
  API_BUSY: [503, 'Too much at once'],
  API_UNAVAILABLE: [503, 'Not available now'],
  STORE_QUERY_TOO_WIDE: [422, 'The question is too wide'],
} as const satisfies Record<string, readonly [status: number, title: string]>
export type ApiCode = keyof typeof API_PROBLEMS

/** One fault in a request: where, as a JSON pointer, and what. */
export interface Fault {
  readonly pointer: string
  readonly detail: string
}

/** An error that says its own status. */
export class ApiError extends NightjarError {
  readonly status: number
  readonly title: string
  readonly faults: readonly Fault[]

  constructor(
    code: ApiCode,
    detail: string,
    options: { hint?: string; faults?: readonly Fault[]; as?: string } = {},
  ) {
    super(options.as ?? code, detail, options.hint === undefined ? {} : { hint: options.hint })
    const [status, title] = API_PROBLEMS[code]
    this.status = status
    this.title = title
    this.faults = options.faults ?? []
  }
}

/** No such thing. */
export function notFound(what: string): ApiError {
  return new ApiError('API_NOT_FOUND', `There is no ${what}.`)
}

const isApiCode = (code: string): code is ApiCode => Object.hasOwn(API_PROBLEMS, code)

/** The error as this room answers it. What is not known becomes API_INTERNAL without a word of its own. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof NightjarError) {
    const options = error.hint === '' ? {} : { hint: error.hint }
    if (isApiCode(error.code)) return new ApiError(error.code, error.message, options)
    if (error.retryable)
      return new ApiError('API_UNAVAILABLE', 'A part this needs does not answer now.', {
        hint: 'Try again in some seconds; /readyz names the part.',
        as: error.code,
      })
  }
  return new ApiError('API_INTERNAL', 'The request could not be answered.', {
    hint: 'The log of the service names the reason under this requestId.',
  })
}

/** The RFC 9457 body of an error. */
export function problemOf(error: ApiError, requestId: string): Problem {
  return {
    type: `/problems/${error.code.toLowerCase().replaceAll('_', '-')}`,
    title: error.title,
    status: error.status,
    detail: error.message,
    code: error.code,
    ...(error.hint === '' ? {} : { hint: error.hint }),
    requestId,
    ...(error.faults.length === 0 ? {} : { errors: [...error.faults] }),
  }
}
