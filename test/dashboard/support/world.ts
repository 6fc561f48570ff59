import {
  type Alert,
  alertSchema,
  auditEventSchema,
  callViewSchema,
  type Delivery,
  type Destination,
  deliverySchema,
  findingSchema,
  healthViewSchema,
  manifestVersionSchema,
  overviewSchema,
  pageSchema,
  problemSchema,
  ruleViewSchema,
  type Server,
  type Suppression,
  serverSchema,
  sessionViewSchema,
  suppressionSchema,
} from '@nightjar/core'
import { z } from 'zod'
import { calls, health, overview, rules, sessions } from './activity.ts'
import { alerts, event } from './alerts.ts'
import { manifests, servers } from './inventory.ts'

/** An answer of the API. */
export interface Reply {
  readonly status: number
  readonly body?: unknown
}
interface Asked {
  readonly ids: readonly string[]
  readonly query: URLSearchParams
  readonly body: Record<string, unknown>
}
type Route = readonly [method: string, path: RegExp, answer: (asked: Asked) => Reply]

const destinationView = z.object({ id: z.string(), name: z.string(), status: z.string() })
const detailSchema = z.object({
  alert: alertSchema,
  findings: z.array(findingSchema),
  events: z.array(auditEventSchema),
})

function ok<T extends z.ZodType>(schema: T, body: unknown): Reply {
  return { status: 200, body: schema.parse(body) }
}

function problem(status: number, title: string, detail: string, hint?: string): Reply {
  const code = `API_${status}`
  const body = { type: 'about:blank', title, status, detail, code, requestId: 'req-1', hint }
  return { status, body: problemSchema.parse(body) }
}

/** What each list may be asked with, as the API has it: it refuses the rest. */
const PAGING = ['limit', 'cursor']
const QUERIES: Record<string, readonly string[]> = {
  alerts: [...PAGING, 'q', 'state', 'severity', 'suppressed', 'sort'],
  sessions: [...PAGING, 'q', 'principal', 'client', 'server'],
  calls: [...PAGING, 'session'],
  servers: [...PAGING, 'q', 'state', 'drift', 'name'],
  rules: PAGING,
  suppressions: PAGING,
  destinations: PAGING,
  deliveries: [...PAGING, 'destinationId'],
}

/** The state behind the fixtures. Each answer is checked against the dictionary's schema before it leaves. */
export class World {
  readonly now = Date.now()
  readonly alerts: Alert[] = alerts(this.now)
  readonly servers: Server[] = servers(this.now)
  readonly commands: { path: string; body: Record<string, unknown> }[] = []
  readonly suppressions: Suppression[] = []
  readonly destinations: Omit<Destination, 'sealedSecret'>[] = []
  readonly deliveries: Delivery[] = []
  mood: 'busy' | 'quiet' | 'empty' = 'busy'
  signedIn = true
  enforceAllowList = false

  answer(method: string, path: string, query: URLSearchParams, text: string): Reply {
    if (!this.signedIn) return problem(401, 'Not signed in', 'No session.')
    const body = (text ? JSON.parse(text) : {}) as Record<string, unknown>
    if (method !== 'GET') this.commands.push({ path, body })
    const known = QUERIES[path.split('/')[1] ?? ''] ?? []
    const unknown = [...query.keys()].find((key) => !known.includes(key))
    if (unknown) return problem(400, 'Not valid', `The query has no ${unknown}.`)
    for (const [wanted, pattern, answer] of this.#routes) {
      const match = wanted === method ? pattern.exec(path) : null
      if (match) return answer({ ids: match.slice(1).map(decodeURIComponent), query, body })
    }
    return problem(404, 'Not found', `${method} ${path} leads nowhere.`)
  }

  #page<T extends z.ZodType>(schema: T, all: unknown[], { query }: Asked): Reply {
    const items = this.mood === 'empty' ? [] : all
    const from = Number(query.get('cursor') ?? 0)
    const limit = Number(query.get('limit') ?? 50)
    const next = from + limit < items.length ? String(from + limit) : null
    const body = { items: items.slice(from, from + limit), nextCursor: next, total: items.length }
    return ok(pageSchema(schema), body)
  }

  #found(asked: Asked): Alert[] {
    const states = asked.query.get('state')?.split(',') ?? []
    const severities = asked.query.get('severity')?.split(',') ?? []
    const words = (asked.query.get('q') ?? '').toLowerCase()
    return this.alerts
      .filter(
        (alert) =>
          (states.length === 0 || states.includes(alert.state)) &&
          (severities.length === 0 || severities.includes(alert.severity)) &&
          `${alert.title} ${Object.values(alert.entity).join(' ')}`.toLowerCase().includes(words),
      )
      .sort((a, b) => b.risk.score - a.risk.score)
  }

  #triage({ ids: [id = '', action = ''], body }: Asked): Reply {
    const index = this.alerts.findIndex((alert) => alert.id === id)
    const alert = this.alerts[index]
    if (!alert) return problem(404, 'No such alert', id)
    if (action === 'acknowledge' && alert.state !== 'open')
      return problem(409, 'Wrong state', `The alert is ${alert.state}.`)
    const changed: Record<string, Partial<Alert>> = {
      acknowledge: { state: 'acknowledged', owner: 'admin' },
      close: { state: 'closed', closeReason: body.closeReason as 'test' },
      reopen: { state: 'open' },
      assign: { owner: String(body.owner) },
      comment: {},
    }
    const line = {
      time: new Date().toISOString(),
      actor: 'admin',
      action: action === 'close' ? 'closed' : `${action}ed`,
      detail: String(body.comment ?? body.closeReason ?? ''),
    }
    const next = {
      ...alert,
      ...changed[action],
      history: [...alert.history, line],
      version: alert.version + 1,
    }
    this.alerts[index] = next
    return ok(alertSchema, next)
  }

  #judge({ ids, body }: Asked): Reply {
    const index = this.servers.findIndex(({ id }) => id === ids[0])
    const server = this.servers[index]
    if (!server) return problem(404, 'No such server', ids[0] ?? '')
    if (!body.reason) return problem(400, 'A reason is needed', 'Say why.', 'Give `reason`.')
    const { drift: _, ...rest } = server
    const verdict = ids.at(-1)
    const next: Server =
      ids.length === 3
        ? { ...rest, approvedHash: verdict === 'approve' ? (ids[1] ?? '') : server.approvedHash }
        : { ...server, state: verdict === 'approve' ? 'approved' : 'rejected' }
    this.servers[index] = next
    return ok(serverSchema, next)
  }

  #alertDetail({ ids: [id = ''] }: Asked): Reply {
    const alert = this.alerts.find((each) => each.id === id)
    if (!alert) return problem(404, 'No such alert', `Nothing has the id ${id}.`)
    const drift = alert.family === 'manifest-drift'
    const events = drift ? [] : Array.from({ length: 30 }, (_, index) => event(this.now, index))
    return ok(detailSchema, { alert, findings: [alert.finding], events })
  }

  #addDestination({ body }: Asked): Reply {
    const time = new Date().toISOString()
    const made = {
      id: `dst_${this.destinations.length}`,
      tenant: 'default',
      name: String(body.name),
      type: 'webhook' as const,
      url: String(body.url),
      minSeverity: body.minSeverity as 'low',
      enabled: true,
      status: 'ok' as const,
      statusDetail: '',
      createdAt: time,
      updatedAt: time,
      version: 1,
    }
    this.destinations.push(made)
    return { status: 201, body: made }
  }

  #deliver(destinationId: string): Reply {
    const time = new Date().toISOString()
    const delivery: Delivery = {
      id: `dlv_${this.deliveries.length}`,
      tenant: 'default',
      destinationId,
      alertId: 'alt_test',
      alertVersion: 1,
      messageId: 'msg_1',
      state: 'delivered',
      test: true,
      attempts: 1,
      responseStatus: 204,
      error: '',
      createdAt: time,
      updatedAt: time,
      latencyMs: 41,
      version: 1,
    }
    this.deliveries.unshift(delivery)
    return ok(deliverySchema, delivery)
  }

  #suppress({ body }: Asked): Reply {
    const made = {
      ...(body as Pick<Suppression, 'match' | 'reason' | 'expiresAt'>),
      id: `sup_${this.suppressions.length}`,
      tenant: 'default',
      author: 'admin',
      createdAt: new Date().toISOString(),
      hidden: 1,
      version: 1,
    }
    this.suppressions.push(suppressionSchema.parse(made))
    return { status: 201, body: made }
  }

  readonly #routes: Route[] = [
    ['GET', /^\/overview$/, () => ok(overviewSchema, this.#overview())],
    ['GET', /^\/health$/, () => ok(healthViewSchema, this.#health())],
    ['GET', /^\/alerts$/, (asked) => this.#page(alertSchema, this.#found(asked), asked)],
    ['GET', /^\/alerts\/([^/]+)$/, (asked) => this.#alertDetail(asked)],
    ['POST', /^\/alerts\/([^/]+)\/(\w+)$/, (asked) => this.#triage(asked)],
    ['GET', /^\/sessions$/, (asked) => this.#page(sessionViewSchema, sessions(this.now), asked)],
    [
      'GET',
      /^\/sessions\/([^/]+)$/,
      ({ ids }) =>
        ok(
          sessionViewSchema,
          sessions(this.now).find(({ id }) => id === ids[0]),
        ),
    ],
    ['GET', /^\/calls$/, (asked) => this.#page(callViewSchema, calls(this.now), asked)],
    ['GET', /^\/servers$/, (asked) => this.#page(serverSchema, this.#inventory(asked), asked)],
    [
      'GET',
      /^\/servers\/([^/]+)$/,
      ({ ids }) =>
        ok(
          serverSchema,
          this.servers.find(({ id }) => id === ids[0]),
        ),
    ],
    [
      'GET',
      /^\/servers\/([^/]+)\/manifests$/,
      (asked) => {
        const server = this.servers.find(({ id }) => id === asked.ids[0])
        return this.#page(manifestVersionSchema, server ? manifests(this.now, server) : [], asked)
      },
    ],
    ['POST', /^\/servers\/([^/]+)\/manifests\/([^/]+)\/(\w+)$/, (asked) => this.#judge(asked)],
    ['POST', /^\/servers\/([^/]+)\/(\w+)$/, (asked) => this.#judge(asked)],
    [
      'GET',
      /^\/policy$/,
      () => ({ status: 200, body: { enforceAllowList: this.enforceAllowList } }),
    ],
    [
      'PUT',
      /^\/policy$/,
      ({ body }) => {
        this.enforceAllowList = body.enforceAllowList === true
        return { status: 200, body: { enforceAllowList: this.enforceAllowList } }
      },
    ],
    ['GET', /^\/rules$/, (asked) => this.#page(ruleViewSchema, rules(), asked)],
    ['GET', /^\/suppressions$/, (asked) => this.#page(suppressionSchema, this.suppressions, asked)],
    ['POST', /^\/suppressions$/, (asked) => this.#suppress(asked)],
    [
      'GET',
      /^\/destinations$/,
      (asked) => this.#page(destinationView.loose(), this.destinations, asked),
    ],
    ['POST', /^\/destinations$/, (asked) => this.#addDestination(asked)],
    ['POST', /^\/destinations\/([^/]+)\/test$/, ({ ids }) => this.#deliver(ids[0] ?? '')],
    ['GET', /^\/deliveries$/, (asked) => this.#page(deliverySchema, this.deliveries, asked)],
    [
      'POST',
      /^\/sign-out$/,
      () => {
        this.signedIn = false
        return { status: 204 }
      },
    ],
  ]

  #overview(): unknown {
    return overview(this.now, this.mood)
  }

  #health(): unknown {
    const view = health(this.now)
    return this.mood === 'empty' ? { ...view, sources: [] } : view
  }

  #inventory({ query }: Asked): Server[] {
    const state = query.get('state')
    return this.servers.filter(
      (server) =>
        (!state || server.state === state) && (query.get('drift') !== 'true' || server.drift),
    )
  }
}
