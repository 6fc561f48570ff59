import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import type { Alert } from '@nightjar/core'
import { type Reply, World } from './world.ts'

const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

/** A server with the API's answers for tests: the built dashboard, fixtures behind `/api/v1`, and the live stream. */
export interface FixtureServer {
  readonly url: string
  readonly world: World
  /** Forgets what was done. */
  readonly reset: () => void
  /** Sends an alert over the live stream, and puts it into the queue. */
  readonly raise: (alert: Alert) => void
  readonly close: () => Promise<void>
}

/** Starts it on a free port of loopback. */
export async function startFixtureServer(dist: string): Promise<FixtureServer> {
  let world = new World()
  const streams = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    void answer(request, response)
  })
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (!url.pathname.startsWith('/api/v1/')) return page(dist, url.pathname, response)
    const path = url.pathname.slice('/api/v1'.length)
    if (path === '/stream' && world.signedIn) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      response.write(': hello\n\n')
      streams.add(response)
      response.on('close', () => streams.delete(response))
      return
    }
    const text = await bodyOf(request)
    const reply = world.answer(request.method ?? 'GET', path, url.searchParams, text)
    send(response, reply)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    get world() {
      return world
    },
    reset: () => {
      world = new World()
    },
    raise: (alert) => {
      world.alerts.unshift(alert)
      for (const stream of streams) {
        stream.write(`event: alert\nid: 1\ndata: ${JSON.stringify(alert)}\n\n`)
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function send(response: ServerResponse, { status, body }: Reply): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json'
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' })
  response.end(body === undefined ? '' : JSON.stringify(body))
}

function page(dist: string, path: string, response: ServerResponse): void {
  const wanted = join(dist, normalize(path))
  const asset = extname(path) !== '' && wanted.startsWith(dist) && existsSync(wanted)
  const file = asset ? wanted : join(dist, 'index.html')
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': CSP,
  })
  response.end(readFileSync(file))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
