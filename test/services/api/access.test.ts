import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { API_PROBLEMS, LIMITS } from '@nightjar/api'
import { problemSchema } from '@nightjar/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningApi, runApi } from './running.ts'

/** A store that has nothing: what is asked here is decided before it. */
const nothing = { rows: async () => [] }

let running: RunningApi
let now = Date.now()
const clock = { now: () => now }

beforeAll(async () => {
  const dashboardDir = mkdtempSync(join(tmpdir(), 'nightjar-dashboard-'))
  mkdirSync(join(dashboardDir, 'assets'))
  writeFileSync(join(dashboardDir, 'index.html'), '<!doctype html><title>Nightjar</title>')
  writeFileSync(join(dashboardDir, 'assets/app-1.js'), 'export {}')
  running = await runApi(nothing, { clock, dashboardDir })
})
afterAll(() => running.stop())

const plain = (path: string, init: RequestInit = {}) =>
  fetch(`${running.api.url}${path}`, { redirect: 'manual', ...init })

/** A request whose Host header says what it likes. */
function askAs(host: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(running.api.url)
    httpRequest({ hostname, port, path, headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })
}

async function signIn(): Promise<string> {
  const answer = await plain(new URL(running.api.signInLink()).href.slice(running.api.url.length))
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/'])
  const cookie = answer.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/HttpOnly/i)
  expect(cookie).toMatch(/SameSite=Strict/i)
  return cookie.split(';')[0] ?? ''
}

describe('what is open', () => {
  it('is nothing under /api but the exchange of a sign-in token', async () => {
    const document = (await (await running.ask('/api/v1/openapi.json')).json()) as {
      paths: Record<string, Record<string, unknown>>
    }
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
    )
    expect(routes.length).toBeGreaterThan(30)
    for (const [method, path] of [...routes, ['GET', '/api/v1/openapi.json'], ['GET', '/api/x']]) {
      const answer = await plain((path ?? '').replace(/\{\w+\}/g, 'x'), { method: method ?? '' })
      const open = ['/healthz', '/readyz'].includes(path ?? '')
      const expected = open ? [200] : path === '/api/v1/sign-in' ? [400, 403] : [401]
      expect([path, expected.includes(answer.status)]).toEqual([path, true])
    }
  })

  it('does not take a wrong token, scheme or cookie', async () => {
    for (const authorization of ['Bearer wrong', 'Basic YWRtaW46eA==', 'Bearer ', 'bearer'])
      expect((await running.ask('/api/v1/me', { headers: { authorization } })).status).toBe(401)
    for (const cookie of ['nightjar_session=x', 'nightjar_session=a.b', 'nightjar_session=e30.e30'])
      expect((await plain('/api/v1/me', { headers: { cookie } })).status).toBe(401)
  })

  it('answers metrics on loopback, but not through a proxy or under a foreign name', async () => {
    expect(await (await plain('/metrics')).text()).toBe('nightjar_up 1\n')
    expect((await plain('/metrics', { headers: { 'x-forwarded-for': '9.9.9.9' } })).status).toBe(
      401,
    )
    expect(await askAs('evil.example', '/metrics')).toBe(421)
    expect(await askAs('evil.example', '/api/v1/health')).toBe(421)
    expect(await askAs('localhost:1', '/metrics')).toBe(200)
    expect(await askAs('[::1]:4680', '/metrics')).toBe(200)
    expect(await askAs('evil.example', '/healthz')).toBe(200)
  })

  it('tells readiness with reasons', async () => {
    const other = await runApi(nothing, { ready: async () => ({ ok: false, reasons: ['store'] }) })
    const answer = await fetch(`${other.api.url}/readyz`)
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { status: 'not_ready', reasons: ['store'] },
    ])
    await other.stop()
  })
})

describe('signing in', () => {
  it('takes a link once, and signs out for good', async () => {
    const { url } = (await (await running.send('POST', '/sign-in-links')).json()) as { url: string }
    const path = url.slice(running.api.url.length)
    const ahead = await plain(path, { headers: { 'sec-purpose': 'prefetch' } })
    expect(ahead.status).toBe(200)
    const first = await plain(path)
    expect(first.status).toBe(303)
    const again = await plain(path)
    expect(again.status).toBe(401)
    expect(await again.text()).toContain('npx nightjar token link')
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? ''
    const me = await plain('/api/v1/me', { headers: { cookie } })
    expect(await me.json()).toMatchObject({ actor: 'admin', role: 'admin' })
    const headers = { cookie, 'sec-fetch-site': 'same-origin' }
    expect((await plain('/api/v1/sign-out', { method: 'POST', headers })).status).toBe(204)
    expect((await plain('/api/v1/me', { headers: { cookie } })).status).toBe(401)
  })

  it('exchanges a token that a page sends, from its own origin alone', async () => {
    const token = new URL(running.api.signInLink()).searchParams.get('token')
    const post = (headers: Record<string, string>) =>
      plain('/api/v1/sign-in', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ token }),
      })
    expect((await post({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    const done = await post({ origin: running.api.url })
    expect([done.status, done.headers.get('set-cookie')?.slice(0, 17)]).toEqual([
      204,
      'nightjar_session=',
    ])
  })

  it('ends a link after ten minutes, an idle session after 8 hours, any after 24', async () => {
    const late = running.api.signInLink()
    const cookie = await signIn()
    const ask = async (value: string) => plain('/api/v1/me', { headers: { cookie: value } })
    now += LIMITS.signInLinkMs
    expect((await plain(late.slice(running.api.url.length))).status).toBe(401)
    now += 7 * 3_600_000
    const fresh = (await ask(cookie)).headers.get('set-cookie')?.split(';')[0] ?? ''
    now += 7 * 3_600_000
    expect([(await ask(cookie)).status, (await ask(fresh)).status]).toEqual([401, 200])
    const fresher = (await ask(fresh)).headers.get('set-cookie')?.split(';')[0] ?? ''
    now += 7 * 3_600_000
    const last = (await ask(fresher)).headers.get('set-cookie')?.split(';')[0] ?? ''
    now += 4 * 3_600_000
    expect((await ask(last)).status).toBe(401)
  })

  it('lets a cookie change something from our own pages only', async () => {
    const cookie = await signIn()
    const status = async (headers: Record<string, string>) =>
      (await plain('/api/v1/sign-in-links', { method: 'POST', headers: { cookie, ...headers } }))
        .status
    expect(await status({ 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await status({ 'sec-fetch-site': 'same-site', origin: running.api.url })).toBe(403)
    expect(await status({ origin: 'http://evil.example' })).toBe(403)
    expect(await status({})).toBe(403)
    expect(await status({ 'sec-fetch-site': 'same-origin' })).toBe(200)
    expect(await status({ origin: running.api.url })).toBe(200)
    const form = await plain('/api/v1/policy', {
      method: 'PUT',
      headers: { cookie, origin: running.api.url, 'content-type': 'text/plain' },
      body: '{}',
    })
    expect(form.status).toBe(415)
  })

  it('slows down who guesses, without locking out who knows', async () => {
    const other = await runApi(nothing)
    const guess = async () => {
      const headers = { authorization: `Bearer ${randomBytes(8).toString('hex')}` }
      return (await other.ask('/api/v1/me', { headers })).status
    }
    const answers: number[] = []
    for (let n = 0; n < LIMITS.failuresPerMinute + 3; n++) answers.push(await guess())
    expect([answers[0], answers.at(-1)]).toEqual([401, 429])
    expect((await other.ask('/api/v1/me')).status).toBe(200)
    await other.stop()
  })
})

describe('problems', () => {
  it.each([
    ['GET', '/api/v1/nothing', undefined, 404, 'API_NOT_FOUND'],
    ['GET', '/api/v1/alerts/alt_0', undefined, 404, 'API_NOT_FOUND'],
    ['GET', '/api/v1/sessions/x', undefined, 404, 'API_NOT_FOUND'],
    ['DELETE', '/api/v1/alerts', undefined, 405, 'API_METHOD_NOT_ALLOWED'],
    ['GET', '/api/v1/events?limit=0', undefined, 400, 'API_BAD_REQUEST'],
    ['GET', '/api/v1/events?limit=1001', undefined, 400, 'API_BAD_REQUEST'],
    ['GET', '/api/v1/events?from=yesterday', undefined, 400, 'API_BAD_REQUEST'],
    ['GET', '/api/v1/events?tol=x', undefined, 400, 'API_BAD_REQUEST'],
    ['GET', '/api/v1/events?outcome=fine', undefined, 400, 'API_BAD_REQUEST'],
    ['GET', '/api/v1/events?cursor=x', undefined, 400, 'API_BAD_CURSOR'],
    ['GET', '/api/v1/calls?sessionKey=x', undefined, 400, 'API_BAD_SESSION'],
    ['GET', '/api/v1/alerts/%E0%A4%A', undefined, 400, 'API_BAD_REQUEST'],
    ['HEAD', '/api/v1/stream', undefined, 405, 'API_METHOD_NOT_ALLOWED'],
    ['POST', '/api/v1/alerts/a/close', '{', 400, 'API_BAD_REQUEST'],
    ['POST', '/api/v1/alerts/a/close', '{}', 400, 'API_BAD_REQUEST'],
    ['POST', '/api/v1/alerts/a/close', '{"__proto__":{}}', 400, 'API_BAD_REQUEST'],
    ['POST', '/api/v1/alerts/a/comment', `"${'x'.repeat(1_100_000)}"`, 413, 'API_TOO_LARGE'],
    ['POST', '/api/v1/destinations', '{"name":"x","type":"webhook","url":"file:///x"}', 400],
  ])('%s %s is a problem', async (method, path, body, status, code = 'API_BAD_REQUEST') => {
    const answer = await running.ask(path, {
      method,
      headers: { 'x-request-id': 'req-1', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    })
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(answer.headers.get('x-request-id')).toBe('req-1')
    if (method === 'HEAD') return expect(answer.status).toBe(status)
    const problem = problemSchema.parse(await answer.json())
    expect([answer.status, problem.status, problem.code]).toEqual([status, status, code])
    expect(problem.requestId).toBe('req-1')
    expect(problem.type).toBe(`/problems/${problem.code.toLowerCase().replaceAll('_', '-')}`)
    expect(JSON.stringify(problem)).not.toMatch(/node_modules|\.ts:|at .*\(/)
    if (code === 'API_BAD_REQUEST' && path.includes('?'))
      expect(problem.errors?.[0]?.pointer).toMatch(/^\/(limit|from|tol|outcome)/)
    if (status === 405) expect(answer.headers.get('allow')).toMatch(/GET/)
  })

  it('refuses what is not HTTP with a problem', async () => {
    const { hostname, port } = new URL(running.api.url)
    const answer = await new Promise<string>((resolve, reject) => {
      let text = ''
      const socket = connect(Number(port), hostname, () => socket.end('NONSENSE\r\n\r\n'))
      socket
        .on('data', (bytes) => {
          text += bytes.toString()
        })
        .on('end', () => resolve(text))
        .on('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('API_BAD_REQUEST')
  })

  it('says nothing of what broke inside, and that a part is away', async () => {
    const broken = await runApi({
      rows: async () => {
        throw new Error('secret of the inside')
      },
    })
    const inside = await (await broken.ask('/api/v1/events')).text()
    expect(inside).toContain('API_INTERNAL')
    expect(inside).not.toContain('secret')
    await broken.stop()
  })

  it('keeps its codes: none is taken back', () => {
    expect(Object.keys(API_PROBLEMS)).toMatchSnapshot()
  })
})

describe('pages', () => {
  it('serves the dashboard with a policy that lets no foreign or inline script run', async () => {
    for (const path of ['/', '/alerts', '/sessions/ses_1', '/drift', '/settings']) {
      const answer = await plain(path)
      expect([path, answer.status, await answer.text()]).toEqual([
        path,
        200,
        '<!doctype html><title>Nightjar</title>',
      ])
      const policy = answer.headers.get('content-security-policy') ?? ''
      expect(policy).toContain("script-src 'self';")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    }
    const asset = await plain('/assets/app-1.js')
    expect(asset.headers.get('cache-control')).toContain('immutable')
    expect((await plain('/assets/../../package.json')).status).toBe(404)
    expect((await plain('/nothing')).status).toBe(404)
    expect((await running.ask('/api/v1/me')).headers.get('cache-control')).toBe('no-store')
  })

  it('says how to build the dashboard where it is not', async () => {
    const other = await runApi(nothing)
    const answer = await fetch(other.api.url)
    expect([answer.status, await answer.text()]).toEqual([
      200,
      expect.stringContaining('npm run build'),
    ])
    await other.stop()
  })

  it('says what to do when its port is taken', async () => {
    const taken = runApi(nothing, { port: running.api.port })
    await expect(taken).rejects.toMatchObject({ code: 'API_CANNOT_LISTEN' })
  })
})
