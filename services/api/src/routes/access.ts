import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { assertOwnPage, cookieOptions } from '../auth/guard.ts'
import { COOKIE_NAME } from '../auth/session-cookie.ts'
import type { ApiContext } from '../context.ts'
import type { App } from '../http/app.ts'
import { ApiError, toApiError } from '../http/problems.ts'
import { optionalBody } from '../params.ts'
import { Me, PROBLEMS, SignInLink } from '../schemas.ts'
import { SIGN_IN_SCRIPT, signInPage } from './sign-in-page.ts'

const TAGS = ['access']
const noContent = z.undefined().meta({ description: 'Done.' })

function setSession({ cookies, secureCookie }: ApiContext, reply: FastifyReply): void {
  void reply.setCookie(COOKIE_NAME, cookies.issue('admin'), cookieOptions(secureCookie))
}

async function redeem(
  context: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
): Promise<void> {
  if (!context.links.redeem(token)) {
    await context.countFailure(request, reply)
    throw new ApiError('API_SIGN_IN_FAILED', 'The link was used before or is too old.', {
      hint: 'Make another one where Nightjar runs: npx nightjar token link.',
    })
  }
  context.logger.info({ requestId: request.id }, 'A browser signed in by a one-time link.')
  setSession(context, reply)
}

const html = (reply: FastifyReply, status: number, problem?: string) =>
  reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(signInPage(problem))

function pageRoutes(app: App, context: ApiContext): void {
  app.get(
    '/sign-in',
    {
      schema: {
        hide: true,
        querystring: z.object({ token: z.string().max(200).optional() }),
      },
    },
    async (request, reply) => {
      const { token } = request.query
      if (token === undefined) {
        const session = context.cookies.read(request.cookies[COOKIE_NAME])
        return session ? reply.redirect('/', 303) : html(reply, 200)
      }
      // A browser that only looks ahead must not use the link up.
      const purpose = request.headers['sec-purpose'] ?? request.headers.purpose
      if (String(purpose ?? '').includes('prefetch')) return html(reply, 200)
      try {
        await redeem(context, request, reply, token)
      } catch (error) {
        const { status, message } = toApiError(error)
        return html(reply, status, message)
      }
      return reply.header('cache-control', 'no-store').redirect('/', 303)
    },
  )
  app.get('/sign-in.js', { schema: { hide: true } }, (_, reply) =>
    reply.type('text/javascript; charset=utf-8').send(SIGN_IN_SCRIPT),
  )
}

/** Signing in and out, and who one is. */
export function accessRoutes(app: App, context: ApiContext): void {
  pageRoutes(app, context)
  app.post(
    '/api/v1/sign-in-links',
    {
      schema: {
        summary: 'A link that signs one browser in, once, within ten minutes',
        tags: TAGS,
        response: { 200: SignInLink, ...PROBLEMS },
      },
    },
    () => ({ url: context.signInLink() }),
  )
  app.post(
    '/api/v1/sign-in',
    {
      config: { open: true },
      schema: {
        summary: 'Exchange the token of a sign-in link for a session cookie',
        tags: TAGS,
        security: [],
        body: z.strictObject({ token: z.string().min(1).max(200) }),
        response: { 204: noContent, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      assertOwnPage(request)
      await redeem(context, request, reply, request.body.token)
      return reply.code(204).send()
    },
  )
  app.post(
    '/api/v1/sign-out',
    {
      schema: {
        summary: "End this browser's session",
        tags: TAGS,
        body: optionalBody(z.strictObject({})),
        response: { 204: noContent, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const session = context.cookies.read(request.cookies[COOKIE_NAME])
      if (session) context.cookies.revoke(session)
      return reply.clearCookie(COOKIE_NAME, cookieOptions(context.secureCookie)).code(204).send()
    },
  )
  app.get(
    '/api/v1/me',
    {
      schema: { summary: 'Who asks', tags: TAGS, response: { 200: Me, ...PROBLEMS } },
    },
    ({ caller }) => ({
      actor: caller?.actor ?? '',
      role: 'admin' as const,
      expiresAt: caller?.expiresAt ? new Date(caller.expiresAt).toISOString() : null,
    }),
  )
}
