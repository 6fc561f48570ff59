import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply } from 'fastify'
import type { ApiContext } from '../context.ts'
import type { App } from '../http/app.ts'
import { UNBUILT_PAGE } from './sign-in-page.ts'

/** Paths the dashboard routes by itself. */
const CONSOLE = [
  'alerts',
  'sessions',
  'servers',
  'drift',
  'rules',
  'destinations',
  'health',
  'settings',
]

/** The dashboard's files, and its page for every path it routes by itself. */
export async function dashboardRoutes(app: App, { options }: ApiContext): Promise<void> {
  const root = options.dashboardDir
  const built = root !== undefined && existsSync(join(root, 'index.html'))
  if (built)
    await app.register(fastifyStatic, {
      root,
      index: false,
      wildcard: false,
      cacheControl: false,
      setHeaders(reply, path) {
        const hashed = path.includes('/assets/') || path.includes('\\assets\\')
        reply.setHeader(
          'cache-control',
          hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
        )
      },
    })
  const page = (_: unknown, reply: FastifyReply) =>
    built
      ? reply.sendFile('index.html')
      : reply
          .header('cache-control', 'no-store')
          .type('text/html; charset=utf-8')
          .send(UNBUILT_PAGE)
  const schema = { hide: true }
  app.get('/', { schema }, page)
  for (const name of CONSOLE) {
    app.get(`/${name}`, { schema }, page)
    app.get(`/${name}/*`, { schema }, page)
  }
}
