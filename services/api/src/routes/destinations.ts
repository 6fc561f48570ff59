import { randomBytes } from 'node:crypto'
import { type CommandBody, type Destination, SEVERITIES } from '@nightjar/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { answerCommand, readUntil } from '../commands/answer.ts'
import type { ApiContext } from '../context.ts'
import type { App } from '../http/app.ts'
import { notFound } from '../http/problems.ts'
import { idParams, optionalBody, paging, reasonBody } from '../params.ts'
import {
  DestinationPage,
  Destination as DestinationSchema,
  NewDestination,
  Pending,
  PROBLEMS,
} from '../schemas.ts'

const TAGS = ['destinations']
const SECRET_BYTES = 32

const webhookUrl = z.url({ protocol: /^https?$/, error: 'An http or https URL.' }).max(2000)
const secret = z.string().regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, {
  error: 'whsec_ and 24 to 64 bytes in base64, as Standard Webhooks has it.',
})
const settings = {
  name: z.string().trim().min(1).max(100),
  url: webhookUrl,
  secret,
  minSeverity: z.enum(SEVERITIES),
}
const newDestination = z.strictObject({
  ...settings,
  type: z.enum(['webhook']),
  secret: secret.optional().meta({ description: 'Made and shown once where it is absent.' }),
  minSeverity: settings.minSeverity.default('low'),
})
const changedDestination = z.strictObject({ ...settings, enabled: z.boolean() }).partial()

/** A destination as anyone may see it. */
function viewOf({ sealedSecret: _, ...view }: Destination): Omit<Destination, 'sealedSecret'> {
  return view
}

function answerWith<V>(
  context: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
  body: CommandBody,
  options: { view: (item: Destination) => V; status?: number },
) {
  return answerCommand<Destination, V>(context, request, reply, body, {
    find: () => context.options.queries.destination(context.tenant, body.id),
    version: ({ version }) => version,
    location: ({ id }) => `/api/v1/destinations/${id}`,
    ...options,
  })
}

function createRoute(app: App, context: ApiContext): void {
  app.post(
    '/api/v1/destinations',
    {
      schema: {
        summary: 'Deliver alerts to a webhook',
        tags: TAGS,
        body: newDestination,
        response: { 201: NewDestination, 202: Pending, ...PROBLEMS },
      },
    },
    (request, reply) => {
      const { secret: given, ...rest } = request.body
      const made = given ?? `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
      const id = `dst_${randomBytes(12).toString('hex')}`
      const sealedSecret = context.options.sealer.seal(made)
      const shown = given === undefined ? { secret: made } : {}
      return answerWith(
        context,
        request,
        reply,
        { type: 'destination.put', id, destination: { id, ...rest, sealedSecret, enabled: true } },
        { status: 201, view: (item) => ({ ...viewOf(item), ...shown }) },
      )
    },
  )
}

function changeRoute(app: App, context: ApiContext): void {
  app.patch(
    '/api/v1/destinations/:id',
    {
      schema: {
        summary: 'Change a destination',
        tags: TAGS,
        params: idParams,
        body: changedDestination,
        response: { 200: DestinationSchema, 202: Pending, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const old = await context.options.queries.destination(context.tenant, id)
      if (old === undefined) throw notFound('destination with this id')
      const { secret: given, ...changes } = request.body
      const sealed = given && { sealedSecret: context.options.sealer.seal(given) }
      const destination = { ...changes, ...sealed }
      return answerWith(
        context,
        request,
        reply,
        { type: 'destination.put', id, destination },
        { view: viewOf },
      )
    },
  )
}

function removeRoute(app: App, context: ApiContext): void {
  app.delete(
    '/api/v1/destinations/:id',
    {
      schema: {
        summary: 'Stop delivering; the ledger stays',
        tags: TAGS,
        params: idParams,
        body: optionalBody(reasonBody.partial()),
        response: {
          202: Pending,
          204: z.undefined().meta({ description: 'Removed.' }),
          ...PROBLEMS,
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { queries } = context.options
      const reason = request.body.reason ?? 'removed through the API'
      const sent = await context.commands.send(
        { type: 'destination.remove', id, reason },
        request.caller?.actor ?? 'admin',
      )
      if (sent.type === 'pending')
        return reply.code(202).send({ commandId: sent.commandId, status: 'pending' as const })
      await readUntil(
        () => queries.destination(context.tenant, id),
        (found) => found === undefined,
      )
      return reply.code(204).send()
    },
  )
}

/** Where alerts go. */
export function destinationRoutes(app: App, context: ApiContext): void {
  const { queries } = context.options
  app.get(
    '/api/v1/destinations',
    {
      schema: {
        summary: 'Where alerts go',
        tags: TAGS,
        querystring: z.strictObject(paging),
        response: { 200: DestinationPage, ...PROBLEMS },
      },
    },
    async ({ query }) => {
      const page = await queries.destinations({ ...query, tenant: context.tenant })
      return { ...page, items: page.items.map(viewOf) }
    },
  )
  app.get(
    '/api/v1/destinations/:id',
    {
      schema: {
        summary: 'One destination',
        tags: TAGS,
        params: idParams,
        response: { 200: DestinationSchema, ...PROBLEMS },
      },
    },
    async ({ params: { id } }) => {
      const found = await queries.destination(context.tenant, id)
      if (found === undefined) throw notFound('destination with this id')
      return viewOf(found)
    },
  )
  createRoute(app, context)
  changeRoute(app, context)
  removeRoute(app, context)
}
