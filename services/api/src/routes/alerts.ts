import {
  ALERT_STATES,
  type Alert,
  CLOSE_REASONS,
  type CommandBody,
  SEVERITIES,
} from '@nightjar/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { answerCommand } from '../commands/answer.ts'
import type { ApiContext } from '../context.ts'
import type { App } from '../http/app.ts'
import { notFound } from '../http/problems.ts'
import { anyOf, flag, idParams, oneOf, optionalBody, paging, range, text } from '../params.ts'
import { AlertDetail, AlertPage, Alert as AlertSchema, Pending, PROBLEMS } from '../schemas.ts'

const alertsQuery = z.strictObject({
  ...paging,
  ...range,
  q: text('Words that must all occur in the alert.'),
  state: oneOf(ALERT_STATES, 'State.'),
  severity: oneOf(SEVERITIES, 'Severity.'),
  family: anyOf('Family of rules.'),
  principal: anyOf('Whom it is about.'),
  server: anyOf('Server it is about.'),
  owner: anyOf('Who has it.'),
  fingerprint: text('What its findings share.'),
  ruleId: text('A rule that fired.'),
  suppressed: flag('Whether a suppression hides it.'),
  sort: z
    .enum(['lastSeen', 'risk'])
    .optional()
    .meta({ description: 'lastSeen: newest first (default). risk: highest first.' }),
})

const comment = z.string().trim().max(4000).optional()
const commentBody = optionalBody(z.strictObject({ comment }))

function readRoutes(app: App, { options: { queries }, tenant }: ApiContext): void {
  app.get(
    '/api/v1/alerts',
    {
      schema: {
        summary: 'Alerts',
        tags: ['alerts'],
        querystring: alertsQuery,
        response: { 200: AlertPage, ...PROBLEMS },
      },
    },
    ({ query }) => queries.alerts({ ...query, tenant }),
  )
  app.get(
    '/api/v1/alerts/:id',
    {
      schema: {
        summary: 'One alert with its findings and the events that show it',
        tags: ['alerts'],
        params: idParams,
        response: { 200: AlertDetail, ...PROBLEMS },
      },
    },
    async ({ params: { id } }) => {
      const alert = await queries.alert(tenant, id)
      if (alert === undefined) throw notFound('alert with this id')
      const ids = [...new Set([...alert.finding.eventIds, ...alert.eventIds])]
      const [findings, events] = await Promise.all([
        queries.findingsOf(alert),
        queries.eventsByIds(tenant, ids),
      ])
      return { alert, findings: findings.length > 0 ? findings : [alert.finding], events }
    },
  )
}

const schemaOf = (summary: string) => ({
  summary,
  tags: ['alerts'],
  params: idParams,
  response: { 200: AlertSchema, 202: Pending, ...PROBLEMS },
})

function commandRoutes(app: App, context: ApiContext): void {
  const { options, tenant } = context
  const answer = (request: FastifyRequest, reply: FastifyReply, body: CommandBody) =>
    answerCommand<Alert, Alert>(context, request, reply, body, {
      find: () => options.queries.alert(tenant, body.id),
      view: (alert) => alert,
      version: ({ version }) => version,
    })
  const path = (action: string) => `/api/v1/alerts/:id/${action}`

  app.post(
    path('acknowledge'),
    { schema: { ...schemaOf('Take an alert: acknowledge and assign to you'), body: commentBody } },
    (request, reply) =>
      answer(request, reply, {
        type: 'alert.acknowledge',
        id: request.params.id,
        ...request.body,
      } as CommandBody),
  )
  app.post(
    path('close'),
    {
      schema: {
        ...schemaOf('Close an alert for a reason'),
        body: z.strictObject({ closeReason: z.enum(CLOSE_REASONS), comment }),
      },
    },
    (request, reply) =>
      answer(request, reply, {
        type: 'alert.close',
        id: request.params.id,
        ...request.body,
      } as CommandBody),
  )
  app.post(
    path('reopen'),
    { schema: { ...schemaOf('Open a closed alert again'), body: commentBody } },
    (request, reply) =>
      answer(request, reply, {
        type: 'alert.reopen',
        id: request.params.id,
        ...request.body,
      } as CommandBody),
  )
  app.post(
    path('comment'),
    {
      schema: {
        ...schemaOf('Add a comment'),
        body: z.strictObject({ comment: z.string().trim().min(1).max(4000) }),
      },
    },
    (request, reply) =>
      answer(request, reply, { type: 'alert.comment', id: request.params.id, ...request.body }),
  )
  app.post(
    path('assign'),
    {
      schema: {
        ...schemaOf('Give an alert to somebody; an empty owner gives it back'),
        body: z.strictObject({ owner: z.string().trim().max(200) }),
      },
    },
    (request, reply) =>
      answer(request, reply, { type: 'alert.assign', id: request.params.id, ...request.body }),
  )
}

/** Alerts and what a person does with them. */
export function alertRoutes(app: App, context: ApiContext): void {
  readRoutes(app, context)
  commandRoutes(app, context)
}
