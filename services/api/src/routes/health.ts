import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import type { App } from '../http/app.ts'
import { HealthView, PROBLEMS } from '../schemas.ts'

const Ready = z.object({ status: z.enum(['ready', 'not_ready']), reasons: z.array(z.string()) })

/** How the service is: for people, for orchestrators and for Prometheus. */
export function healthRoutes(app: App, { options }: ApiContext): void {
  app.get(
    '/api/v1/health',
    {
      schema: {
        summary: 'Health of ingest, detection, delivery and store',
        tags: ['health'],
        response: { 200: HealthView, ...PROBLEMS },
      },
    },
    () => options.health(),
  )
  app.get(
    '/healthz',
    {
      schema: {
        summary: 'The process answers',
        tags: ['health'],
        security: [],
        response: { 200: z.object({ status: z.enum(['ok']) }) },
      },
    },
    () => ({ status: 'ok' as const }),
  )
  app.get(
    '/readyz',
    {
      schema: {
        summary: 'Ready to work, or why not',
        tags: ['health'],
        security: [],
        response: { 200: Ready, 503: Ready },
      },
    },
    async (_, reply) => {
      const { ok, reasons } = await options.ready()
      return reply
        .code(ok ? 200 : 503)
        .send({ status: ok ? ('ready' as const) : ('not_ready' as const), reasons: [...reasons] })
    },
  )
  app.get('/metrics', { schema: { hide: true } }, async (_, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await options.metricsText()),
  )
}
