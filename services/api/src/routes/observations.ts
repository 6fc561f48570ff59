import { EVENT_KINDS, OUTCOMES, VANTAGES } from '@nightjar/core'
import { sessionKeyOf } from '@nightjar/store'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import type { App } from '../http/app.ts'
import { notFound } from '../http/problems.ts'
import { anyOf, idParams, oneOf, paging, range, text, traceId } from '../params.ts'
import { CallPage, EventPage, Overview, PROBLEMS, SessionPage, SessionView } from '../schemas.ts'

const SEARCH = 'Words that must all occur in tool, server, error text or a preview.'

const eventsQuery = z.strictObject({
  ...paging,
  ...range,
  q: text(SEARCH),
  kind: oneOf(EVENT_KINDS, 'What the event is about.'),
  method: anyOf('MCP method.'),
  tool: anyOf('Tool.'),
  server: anyOf('Server, as named by the vantage.'),
  principal: anyOf('Who acts.'),
  client: anyOf('MCP client.'),
  host: anyOf('Host of the vantage.'),
  outcome: oneOf(OUTCOMES, 'How it ended.'),
  vantage: oneOf(VANTAGES, 'From where it was seen.'),
  session: anyOf('MCP session, as its keyed hash.'),
  conversation: anyOf('Conversation.'),
  traceId,
  signal: text('Id of a content judgement.'),
  label: text('What the call can do: read, write, egress …'),
})

const callsQuery = z.strictObject({
  ...paging,
  ...range,
  q: text(SEARCH),
  method: anyOf('MCP method.'),
  tool: anyOf('Tool.'),
  server: anyOf('Server.'),
  principal: anyOf('Who acts.'),
  client: anyOf('MCP client.'),
  outcome: oneOf(OUTCOMES, 'How it ended, all vantages considered.'),
  session: anyOf(
    'Id of a session of /sessions (its timeline), or an MCP session as its keyed hash.',
  ),
  sessionKey: text('Id of a session of /sessions: its timeline.'),
  conversation: anyOf('Conversation.'),
  traceId,
})

const sessionsQuery = z.strictObject({
  ...paging,
  ...range,
  q: text('Words that must all occur in who, with what, or which servers and tools.'),
  principal: anyOf('Who acts.'),
  client: anyOf('MCP client.'),
  host: anyOf('Host.'),
  server: anyOf('Server that was used.'),
  tool: anyOf('Tool that was used.'),
})

/** A `session` that is the id of a session of /sessions means its timeline. */
function withSessionKey(query: z.output<typeof callsQuery>) {
  const [only, ...others] = query.session ?? []
  if (only === undefined || others.length > 0 || sessionKeyOf(only) === undefined) return query
  const { session: _, ...rest } = query
  return { ...rest, sessionKey: only }
}

/** What was seen: events, calls, sessions and the overview. */
export function observationRoutes(app: App, { options: { queries }, tenant }: ApiContext): void {
  app.get(
    '/api/v1/events',
    {
      schema: {
        summary: 'Observations, newest first, each once',
        tags: ['observations'],
        querystring: eventsQuery,
        response: { 200: EventPage, ...PROBLEMS },
      },
    },
    ({ query }) => queries.events({ ...query, tenant }),
  )
  app.get(
    '/api/v1/calls',
    {
      schema: {
        summary: 'Calls, newest first, the vantages of each folded into one',
        tags: ['observations'],
        querystring: callsQuery,
        response: { 200: CallPage, ...PROBLEMS },
      },
    },
    ({ query }) => queries.calls({ ...withSessionKey(query), tenant }),
  )
  app.get(
    '/api/v1/sessions',
    {
      schema: {
        summary: 'Calls that belong together, newest first',
        tags: ['observations'],
        querystring: sessionsQuery,
        response: { 200: SessionPage, ...PROBLEMS },
      },
    },
    ({ query }) => queries.sessions({ ...query, tenant }),
  )
  app.get(
    '/api/v1/sessions/:id',
    {
      schema: {
        summary: 'One session; its timeline is /calls?session=ID',
        tags: ['observations'],
        params: idParams,
        response: { 200: SessionView, ...PROBLEMS },
      },
    },
    async ({ params: { id } }) => {
      const session = await queries.session(tenant, id)
      if (session === undefined) throw notFound('session with this id')
      return session
    },
  )
  app.get(
    '/api/v1/overview',
    {
      schema: {
        summary: 'Is now normal, and what needs a person',
        tags: ['observations'],
        querystring: z.strictObject({}),
        response: { 200: Overview, ...PROBLEMS },
      },
    },
    () => queries.overview(tenant),
  )
}
