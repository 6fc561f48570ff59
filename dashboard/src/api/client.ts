import type { Problem } from '@nightjar/core'

const BASE = '/api/v1'

/** A request the API refused or did not answer; `problem` says why and what to do (RFC 9457). */
export class ApiError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail || problem.title)
    this.name = 'ApiError'
    this.problem = problem
  }
}

export type Params = Readonly<Record<string, string | number | undefined>>

/** A path under `/api/v1` with its query; empty and undefined values are left out. */
export function pathOf(path: string, params: Params = {}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== '') query.set(name, String(value))
  }
  const text = query.toString()
  return text ? `${path}?${text}` : path
}

/** Asks the API; the session cookie goes along by itself. Throws {@link ApiError}. */
export async function request<T>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${BASE}${path}`, {
    method,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((): never => {
    throw new ApiError(unreachable())
  })
  const text = await response.text()
  const answer: unknown = parse(text)
  if (!response.ok) throw new ApiError(problemOf(response.status, answer))
  return answer as T
}

/** The problem behind an error, whatever was thrown. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem
  const detail = error instanceof Error ? error.message : String(error)
  return { ...unreachable(), title: 'Something went wrong here', detail, code: 'DASHBOARD_FAULT' }
}

function parse(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function problemOf(status: number, answer: unknown): Problem {
  const given = (answer ?? {}) as Partial<Problem>
  return {
    type: given.type ?? 'about:blank',
    title: given.title ?? `The API answered ${status}`,
    status,
    detail: given.detail ?? '',
    code: given.code ?? `HTTP_${status}`,
    requestId: given.requestId ?? '',
    ...(given.hint ? { hint: given.hint } : {}),
    ...(given.errors ? { errors: given.errors } : {}),
  }
}

function unreachable(): Problem {
  return {
    type: 'about:blank',
    title: 'The API does not answer',
    status: 0,
    detail: 'Nothing came back from the address this page was loaded from.',
    code: 'DASHBOARD_UNREACHABLE',
    hint: 'Is Nightjar still running? Start it with `npm start`, or look with `npx nightjar doctor`.',
    requestId: '',
  }
}
