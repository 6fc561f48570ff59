import { randomBytes } from 'node:crypto'
import { type Suppression, suppressionSchema } from '@nightjar/core'
import { z } from 'zod'
import { answerCommand } from '../commands/answer.ts'
import type { ApiContext } from '../context.ts'
import type { App } from '../http/app.ts'
import { flag, idParams, paging, reasonBody } from '../params.ts'
import { Pending, PROBLEMS, Suppression as Schema, SuppressionPage } from '../schemas.ts'

const suppressionsQuery = z.strictObject({
  ...paging,
  active: flag('Whether it is in force now.'),
})
const newSuppression = reasonBody.extend({
  match: suppressionSchema.shape.match.strict(),
  expiresAt: z.iso.datetime({ offset: true }),
})
const TAGS = ['suppressions']

/** What hides alerts for a while. */
export function suppressionRoutes(app: App, context: ApiContext): void {
  const { options, tenant } = context
  const answer = (id: string, status: number) => ({
    find: (result: Suppression | undefined) =>
      options.queries.suppression(tenant, result?.id ?? id),
    view: (suppression: Suppression) => suppression,
    version: ({ version }: Suppression) => version,
    status,
  })
  app.get(
    '/api/v1/suppressions',
    {
      schema: {
        summary: 'Suppressions, newest first',
        tags: TAGS,
        querystring: suppressionsQuery,
        response: { 200: SuppressionPage, ...PROBLEMS },
      },
    },
    ({ query }) => options.queries.suppressions({ ...query, tenant }),
  )
  app.post(
    '/api/v1/suppressions',
    {
      schema: {
        summary: 'Hide matching alerts until a time',
        tags: TAGS,
        body: newSuppression,
        response: { 201: Schema, 202: Pending, ...PROBLEMS },
      },
    },
    (request, reply) => {
      const id = `sup_${randomBytes(12).toString('hex')}`
      return answerCommand<Suppression, Suppression>(
        context,
        request,
        reply,
        { type: 'suppression.create', id, suppression: request.body },
        answer(id, 201),
      )
    },
  )
  app.post(
    '/api/v1/suppressions/:id/end',
    {
      schema: {
        summary: 'End a suppression before its time',
        tags: TAGS,
        params: idParams,
        body: reasonBody,
        response: { 200: Schema, 202: Pending, ...PROBLEMS },
      },
    },
    (request, reply) =>
      answerCommand<Suppression, Suppression>(
        context,
        request,
        reply,
        { type: 'suppression.end', id: request.params.id, ...request.body },
        answer(request.params.id, 200),
      ),
  )
}
