import {
  type CommandBody,
  type ManifestVersion,
  SERVER_STATES,
  type Server,
  type TenantPolicy,
} from '@nightjar/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { answerCommand, readUntil, type Unsettled } from '../commands/answer.ts'
import type { ApiContext } from '../context.ts'
import type { App } from '../http/app.ts'
import { notFound } from '../http/problems.ts'
import { pageOf } from '../page-of.ts'
import { anyOf, flag, idParams, oneOf, paging, reasonBody, text } from '../params.ts'
import {
  ManifestPage,
  Pending,
  Policy,
  PROBLEMS,
  ServerPage,
  Server as ServerSchema,
} from '../schemas.ts'

const serversQuery = z.strictObject({
  ...paging,
  q: text('Words that must all occur in the record.'),
  state: oneOf(SERVER_STATES, 'State.'),
  transport: anyOf('MCP transport.'),
  name: anyOf('Name.'),
  drift: flag('Whether a changed manifest waits for a judgement.'),
})
const TAGS = ['servers']

function readRoutes(app: App, { options: { queries }, tenant }: ApiContext): void {
  const find = async (id: string) => {
    const server = await queries.server(tenant, id)
    if (server === undefined) throw notFound('server with this id')
    return server
  }
  app.get(
    '/api/v1/servers',
    {
      schema: {
        summary: 'MCP servers, with what declares, runs and calls them',
        tags: TAGS,
        querystring: serversQuery,
        response: { 200: ServerPage, ...PROBLEMS },
      },
    },
    ({ query }) => queries.servers({ ...query, tenant }),
  )
  app.get(
    '/api/v1/servers/:id',
    {
      schema: {
        summary: 'One server',
        tags: TAGS,
        params: idParams,
        response: { 200: ServerSchema, ...PROBLEMS },
      },
    },
    ({ params: { id } }) => find(id),
  )
  app.get(
    '/api/v1/servers/:id/manifests',
    {
      schema: {
        summary: 'Manifests a server was seen with, newest first',
        tags: TAGS,
        params: idParams,
        querystring: z.strictObject(paging),
        response: { 200: ManifestPage, ...PROBLEMS },
      },
    },
    async ({ params: { id }, query }) => {
      const [manifests] = await Promise.all([queries.manifests(tenant, id), find(id)])
      return pageOf(`manifests ${id}`, manifests, ({ hash }) => hash, query)
    },
  )
}

function judgementRoutes(app: App, context: ApiContext): void {
  const { queries } = context.options
  for (const verdict of ['approve', 'reject', 'quarantine'] as const)
    app.post(
      `/api/v1/servers/:id/${verdict}`,
      {
        schema: {
          summary: `Judge a server: ${verdict}`,
          tags: TAGS,
          params: idParams,
          body: reasonBody,
          response: { 200: ServerSchema, 202: Pending, ...PROBLEMS },
        },
      },
      (request, reply) =>
        answerCommand<Server, Server>(
          context,
          request,
          reply,
          { type: `server.${verdict}`, id: request.params.id, ...request.body },
          {
            find: () => queries.server(context.tenant, request.params.id),
            view: (server) => server,
            version: ({ revision }) => revision,
          },
        ),
    )
  for (const verdict of ['approve', 'reject'] as const)
    app.post(
      `/api/v1/servers/:id/manifests/:hash/${verdict}`,
      {
        schema: {
          summary: `Judge a manifest: ${verdict}`,
          tags: TAGS,
          params: idParams.extend({ hash: z.string().min(1).max(200) }),
          body: reasonBody,
          response: { 200: ServerSchema, 202: Pending, ...PROBLEMS },
        },
      },
      (request, reply) =>
        judgeManifest(context, request, reply, {
          type: `manifest.${verdict}`,
          ...request.params,
          ...request.body,
        }),
    )
}

/** The owner may reply with the server or with the manifest; the answer is the server, once a read shows both. */
async function judgeManifest(
  { commands, options: { queries }, tenant }: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
  body: Extract<CommandBody, { type: `manifest.${string}` }>,
): Promise<Server | Unsettled> {
  const sent = await commands.send(body, request.caller?.actor ?? 'admin')
  const { commandId } = sent
  if (sent.type === 'pending') {
    void reply.code(202)
    return { commandId, status: 'pending' }
  }
  const result = sent.result as Partial<Server & ManifestVersion> | undefined
  const revision = result?.revision ?? 0
  if (result?.serverId !== undefined)
    await readUntil(
      () => queries.manifests(tenant, body.id),
      (all) => all.some((one) => one.hash === result.hash && one.revision >= revision),
    )
  const wanted = result?.serverId === undefined ? revision : 0
  const server = await readUntil(
    () => queries.server(tenant, body.id),
    (found) => found !== undefined && found.revision >= wanted,
  )
  if (server) return server
  void reply.code(202)
  return { commandId, status: 'done' }
}

function policyRoutes(app: App, context: ApiContext): void {
  const { tenant } = context
  const read = async (): Promise<TenantPolicy> => {
    const state = await context.options.stream.readLatest('nightjar.state.v1')
    const value = state.get(`policy:${tenant}`)?.value as Partial<TenantPolicy> | null | undefined
    return { enforceAllowList: value?.enforceAllowList === true }
  }
  const response = { 200: Policy, ...PROBLEMS }
  app.get('/api/v1/policy', { schema: { summary: 'What is enforced', tags: TAGS, response } }, () =>
    read(),
  )
  app.put(
    '/api/v1/policy',
    {
      schema: {
        summary: 'Put the allow-list in force, or out of it',
        tags: TAGS,
        body: reasonBody.extend({ enforceAllowList: z.boolean() }),
        response: { ...response, 202: Pending },
      },
    },
    (request, reply) =>
      answerCommand<TenantPolicy, TenantPolicy>(
        context,
        request,
        reply,
        { type: 'policy.set', id: tenant, ...request.body },
        {
          async find() {
            const policy = await read()
            return policy.enforceAllowList === request.body.enforceAllowList ? policy : undefined
          },
          view: ({ enforceAllowList }) => ({ enforceAllowList }),
          version: () => 0,
        },
      ),
  )
}

/** Servers, their manifests, and what is judged of them. */
export function serverRoutes(app: App, context: ApiContext): void {
  readRoutes(app, context)
  judgementRoutes(app, context)
  policyRoutes(app, context)
}
