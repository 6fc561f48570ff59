import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import type { App } from '../http/app.ts'
import { ApiError } from '../http/problems.ts'
import type { LiveClient } from '../live/hub.ts'
import { LIMITS } from '../options.ts'
import { PROBLEMS } from '../schemas.ts'

const RETRY_MS = 3000

function clientOf(raw: ServerResponse, isValid: () => boolean): LiveClient {
  return {
    isValid,
    write(frame) {
      if (raw.destroyed || raw.writableLength > LIMITS.streamBufferBytes) return false
      raw.write(frame)
      return true
    },
    end() {
      raw.end()
      // A reader that lags does not read the end either.
      setTimeout(() => raw.destroy(), 1000).unref()
    },
  }
}

/** What happens, as it happens: server-sent events. */
export function streamRoutes(app: App, { live, clock }: ApiContext): void {
  app.get(
    '/api/v1/stream',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Alerts and ingest counts as server-sent events',
        description:
          'Events: `alert` (an alert, new or changed), `counts` (ingest counters), `reset` (events were missed: read the lists again), `bye` (the service ends). Last-Event-ID resumes.',
        tags: ['observations'],
        headers: z.object({ 'last-event-id': z.string().max(100).optional() }),
        response: {
          200: {
            description: 'The stream',
            content: { 'text/event-stream': { schema: z.string() } },
          },
          ...PROBLEMS,
        },
      },
    },
    (request, reply) => {
      if (live.isFull())
        throw new ApiError('API_BUSY', 'Too many readers of the live stream.', {
          hint: 'Close other tabs, or ask /alerts from time to time.',
        })
      const { caller } = request
      const headers = {
        ...reply.getHeaders(),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      }
      reply.hijack()
      reply.raw.writeHead(200, headers as Record<string, string>)
      reply.raw.write(`retry: ${RETRY_MS}\n\n`)
      const client = clientOf(reply.raw, () => {
        const inTime = caller?.expiresAt === undefined || clock.now() < caller.expiresAt
        return inTime && caller?.stillValid() === true
      })
      reply.raw.on('close', () => live.remove(client))
      live.add(client, request.headers['last-event-id'])
    },
  )
}
