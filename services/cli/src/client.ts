import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, NightjarError, type Page, type Problem } from '@nightjar/core'
import type { Io } from './io.ts'

/** Talks to a running Nightjar: the CLI never opens the store itself. */
export interface ApiClient {
  readonly url: string
  get<T>(path: string): Promise<T>
  send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T>
  /** Items of a list, page after page, up to `limit`. */
  list<T>(path: string, limit: number): Promise<T[]>
}

const NOT_RUNNING = 'Start it with `npm start` (or `nightjar up`), or name it with NIGHTJAR_URL.'

/** The URL and data folder of the Nightjar to talk to. */
export function locate(env: Io['env']): { url: string; data: string } {
  const data = env.NIGHTJAR_DATA ?? './data'
  if (env.NIGHTJAR_URL) return { url: env.NIGHTJAR_URL.replace(/\/$/, ''), data }
  const lock = join(data, 'nightjar.lock')
  if (existsSync(lock)) {
    try {
      const { url } = JSON.parse(readFileSync(lock, 'utf8')) as { url?: string }
      if (url) return { url: url.replace(/\/$/, ''), data }
    } catch {
      // A lock half written is no reason to fail: the default address is tried.
    }
  }
  return { url: `http://127.0.0.1:${env.NIGHTJAR_API_PORT ?? '4680'}`, data }
}

function readToken(env: Io['env'], data: string): string {
  if (env.NIGHTJAR_TOKEN) return env.NIGHTJAR_TOKEN
  const path = env.NIGHTJAR_TOKEN_FILE ?? env.NIGHTJAR_ADMIN_TOKEN_FILE ?? join(data, 'admin-token')
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (cause) {
    throw new NightjarError('CLI_NO_TOKEN', `No token: ${path} cannot be read.`, {
      hint: 'Run the command in the folder Nightjar was started in, or set NIGHTJAR_TOKEN or NIGHTJAR_DATA.',
      cause,
    })
  }
}

async function problemOf(response: Response): Promise<NightjarError> {
  const text = await response.text()
  try {
    const problem = JSON.parse(text) as Problem
    return new NightjarError(problem.code ?? 'CLI_REFUSED', problem.detail || problem.title, {
      ...(problem.hint ? { hint: problem.hint } : {}),
      details: { status: response.status },
    })
  } catch {
    return new NightjarError('CLI_REFUSED', `The server answered ${response.status}.`)
  }
}

/** @throws {NightjarError} CLI_UNREACHABLE, CLI_NO_TOKEN or the code of the server's problem. */
export function createClient(io: Io): ApiClient {
  const { url, data } = locate(io.env)
  const token = readToken(io.env, data)

  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    let response: Response
    try {
      response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      })
    } catch (cause) {
      throw new NightjarError(
        'CLI_UNREACHABLE',
        `No Nightjar answers at ${url} (${messageOf(cause)}).`,
        {
          hint: NOT_RUNNING,
          cause,
        },
      )
    }
    if (!response.ok) throw await problemOf(response)
    return (response.status === 204 ? undefined : await response.json()) as T
  }

  return {
    url,
    get: (path) => call('GET', path),
    send: (method, path, body) => call(method, path, body),
    async list<T>(path: string, limit: number) {
      const items: T[] = []
      let cursor: string | null = null
      do {
        const size = Math.min(1000, limit - items.length)
        const glue = path.includes('?') ? '&' : '?'
        const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
        const page: Page<T> = await call('GET', `${path}${glue}limit=${size}${after}`)
        items.push(...page.items)
        cursor = page.nextCursor
      } while (cursor !== null && items.length < limit)
      return items
    },
  }
}
