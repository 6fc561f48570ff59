import { randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import Fastify from 'fastify'
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { createFailureCount, guard } from './auth/guard.ts'
import type { ApiContext } from './context.ts'
import type { App } from './http/app.ts'
import {
  handleErrors,
  handleUnknownRoutes,
  refuseUnparsed,
  refuseUnreadable,
} from './http/error-handling.ts'
import { describeApi, openApiRoute } from './openapi.ts'
import { LIMITS } from './options.ts'
import { accessRoutes } from './routes/access.ts'
import { alertRoutes } from './routes/alerts.ts'
import { dashboardRoutes } from './routes/dashboard.ts'
import { deliveryRoutes } from './routes/deliveries.ts'
import { destinationRoutes } from './routes/destinations.ts'
import { healthRoutes } from './routes/health.ts'
import { observationRoutes } from './routes/observations.ts'
import { ruleRoutes } from './routes/rules.ts'
import { serverRoutes } from './routes/servers.ts'
import { streamRoutes } from './routes/stream.ts'
import { suppressionRoutes } from './routes/suppressions.ts'

const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    // The component library writes its variables into style elements.
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
}

function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w.:-]{1,64}$/.test(header) ? header : randomUUID()
}

function acceptJsonOnly(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else void parse(request, body as string, done)
  })
}

function observe(app: App, { logger, metrics }: ApiContext): void {
  app.addHook('onSend', async (request, reply) => {
    void reply.header('x-request-id', request.id)
    if (request.url.startsWith('/api')) void reply.header('cache-control', 'no-store')
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none')
    const labels = { method: request.method, route, status: String(reply.statusCode) }
    metrics.add('nightjar_api_requests_total', 1, labels)
    metrics.add('nightjar_api_request_milliseconds_total', reply.elapsedTime, { route })
    logger.debug({ ...labels, ms: reply.elapsedTime, requestId: request.id }, 'answered')
  })
}

const ROUTES: readonly ((app: App, context: ApiContext) => void)[] = [
  observationRoutes,
  alertRoutes,
  serverRoutes,
  ruleRoutes,
  suppressionRoutes,
  destinationRoutes,
  deliveryRoutes,
  accessRoutes,
  healthRoutes,
  streamRoutes,
  openApiRoute,
]

/** Builds the server with all its routes; it does not listen yet. `names` are those it may be asked under. */
export async function buildServer(
  shared: Omit<ApiContext, 'countFailure'>,
  names: readonly string[],
): Promise<App> {
  const app: App = Fastify({
    logger: false,
    bodyLimit: LIMITS.bodyBytes,
    requestTimeout: 30_000,
    forceCloseConnections: true,
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    routerOptions: { maxParamLength: 1024 },
    frameworkErrors: refuseUnreadable,
    clientErrorHandler: refuseUnparsed,
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  // Answers are our own values; tests hold them against their schemas.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value))
  acceptJsonOnly(app)
  await app.register(cookie)
  await app.register(helmet, {
    contentSecurityPolicy: CONTENT_SECURITY_POLICY,
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  })
  await app.register(rateLimit, { global: false })
  const context = { ...shared, countFailure: createFailureCount(app, shared.metrics) }
  handleUnknownRoutes(app)
  handleErrors(app, context.logger)
  observe(app, context)
  guard(app, context, names)
  await describeApi(app, context.options.version)
  for (const routes of ROUTES) routes(app, context)
  await dashboardRoutes(app, context)
  return app
}
