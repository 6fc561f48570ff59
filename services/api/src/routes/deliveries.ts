import { type Delivery, deliverySchema } from '@nightjar/core'
import { z } from 'zod'
import { answerCommand } from '../commands/answer.ts'
import type { ApiContext } from '../context.ts'
import type { App } from '../http/app.ts'
import { anyOf, flag, idParams, oneOf, optionalBody, paging, range } from '../params.ts'
import { DeliveryPage, Delivery as DeliverySchema, Pending, PROBLEMS } from '../schemas.ts'

const STATES = deliverySchema.shape.state.options as [string, ...string[]]

/** The answer waits for the receiver's. */
const TEST_TIMEOUT_MS = 20_000

const deliveriesQuery = z.strictObject({
  ...paging,
  ...range,
  destinationId: anyOf('Destination.'),
  alertId: anyOf('Alert.'),
  state: oneOf(STATES, 'State.'),
  test: flag('Whether it was a test.'),
})

/** The ledger, test events and redelivery. */
export function deliveryRoutes(app: App, context: ApiContext): void {
  const { options, tenant } = context
  const shown = {
    find: async (delivery: Delivery | undefined) =>
      delivery && options.queries.delivery(tenant, delivery.id),
    view: (delivery: Delivery) => delivery,
    version: ({ version }: Delivery) => version,
  }
  app.get(
    '/api/v1/deliveries',
    {
      schema: {
        summary: 'What became of each alert version at each destination',
        tags: ['destinations'],
        querystring: deliveriesQuery,
        response: { 200: DeliveryPage, ...PROBLEMS },
      },
    },
    ({ query }) => options.queries.deliveries({ ...query, tenant }),
  )
  app.post(
    '/api/v1/destinations/:id/test',
    {
      schema: {
        summary: 'Send a test event and tell what became of it',
        tags: ['destinations'],
        params: idParams,
        body: optionalBody(z.strictObject({})),
        response: { 200: DeliverySchema, 202: Pending, ...PROBLEMS },
      },
    },
    (request, reply) =>
      answerCommand<Delivery, Delivery>(
        context,
        request,
        reply,
        { type: 'destination.test', id: request.params.id },
        { ...shown, timeoutMs: TEST_TIMEOUT_MS },
      ),
  )
  app.post(
    '/api/v1/deliveries/:id/redeliver',
    {
      schema: {
        summary: 'Send a delivery again under the same message id',
        tags: ['destinations'],
        params: idParams,
        body: optionalBody(z.strictObject({})),
        response: { 200: DeliverySchema, 202: Pending, ...PROBLEMS },
      },
    },
    (request, reply) =>
      answerCommand<Delivery, Delivery>(
        context,
        request,
        reply,
        { type: 'delivery.redeliver', id: request.params.id },
        shown,
      ),
  )
}
