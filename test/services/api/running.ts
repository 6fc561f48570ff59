import { randomBytes } from 'node:crypto'
import { type Api, type ApiOptions, createApi } from '@nightjar/api'
import {
  type Alert,
  type Command,
  type HealthView,
  type Reply,
  type RuleView,
  Secret,
} from '@nightjar/core'
import { createQueries, type StoreClient } from '@nightjar/store'
import { createMemoryLog, createMemoryStream, type Stream } from '@nightjar/stream'

export const TOKEN = 'admin-token-of-the-tests'
export const NOW = '2026-03-02T00:00:00.000Z'

export const HEALTH: HealthView = {
  status: 'ok',
  version: '0.1.0',
  startedAt: NOW,
  ingest: {
    events: 0,
    lastEventTime: null,
    lastReceivedTime: null,
    lagMs: null,
    duplicates: 0,
    rejected: 0,
    skipped: 0,
    retryLater: 0,
  },
  detect: { lagEvents: 0, rules: 1, windowsEvicted: 0 },
  deliver: { pending: 0, held: 0 },
  store: { engine: 'embedded', rows: 0, bytes: 0, restarts: 0 },
  sources: [],
}

export const rule = (n: number): RuleView => ({
  id: `rule-${String(n).padStart(3, '0')}`,
  title: `Rule ${n}`,
  description: '',
  severity: n % 2 ? 'high' : 'low',
  family: 'exfiltration-burst',
  type: 'event_count',
  status: 'test',
  tags: ['attack.t1567'],
  file: 'rules/x.yml',
  source: '',
  tests: 4,
  findings24h: 0,
})

export function alert(id: string, changes: Partial<Alert> = {}): Alert {
  return {
    id,
    tenant: 'default',
    fingerprint: 'f'.repeat(32),
    family: 'exfiltration-burst',
    title: 'Exfiltration burst',
    summary: 'ann read 300 files in 5 s',
    severity: 'high',
    state: 'open',
    regressed: false,
    suppressed: false,
    owner: '',
    count: 1,
    firstSeen: NOW,
    lastSeen: NOW,
    createdAt: NOW,
    updatedAt: NOW,
    ruleIds: ['rule-001'],
    tags: [],
    entity: { principal: 'ann' },
    risk: { score: 80, severity: 80, criticality: 1, confidence: 1 },
    finding: {
      id: `fnd_${id}`,
      tenant: 'default',
      ruleId: 'rule-001',
      ruleTitle: 'Rule 1',
      severity: 'high',
      family: 'exfiltration-burst',
      fingerprint: 'f'.repeat(32),
      time: NOW,
      firstTime: NOW,
      summary: 'ann read 300 files in 5 s',
      entity: { principal: 'ann' },
      eventIds: [],
      eventCount: 300,
      tags: [],
    },
    findingIds: [`fnd_${id}`],
    eventIds: [],
    history: [],
    version: 1,
    ...changes,
  }
}

/** The row of an alert in the store. */
export function alertRow(one: Alert): Record<string, unknown> {
  return {
    ...{ tenant: one.tenant, id: one.id, fingerprint: one.fingerprint, family: one.family },
    ...{ severity: one.severity, severity_rank: 3, state: one.state, owner: one.owner },
    ...{ suppressed: one.suppressed, risk: one.risk.score, count: one.count, title: one.title },
    ...{ first_seen: one.firstSeen, last_seen: one.lastSeen, version: one.version },
    ...{ created_at: one.createdAt, updated_at: one.updatedAt, principal: 'ann', server: '' },
    doc: JSON.stringify(one),
  }
}

export interface RunningApi {
  readonly api: Api
  readonly stream: Stream
  readonly commands: Command[]
  /** Asks with the admin token; `init` may say otherwise. */
  ask(path: string, init?: RequestInit): Promise<Response>
  get<T = Record<string, unknown>>(path: string): Promise<T>
  send(method: string, path: string, body?: unknown, headers?: object): Promise<Response>
  /** Answers the commands that follow. */
  owner(
    answer: (command: Command) => Promise<Omit<Reply, 'commandId' | 'tenant'> | undefined>,
  ): void
  stop(): Promise<void>
}

/** The API on a free port over a real store and a memory stream, with an owner that tests decide. */
export async function runApi(
  client: Pick<StoreClient, 'rows'>,
  changes: Partial<ApiOptions> = {},
): Promise<RunningApi> {
  const stream = createMemoryStream({ log: createMemoryLog() })
  const commands: Command[] = []
  let answer: Parameters<RunningApi['owner']>[0] = async () => ({ ok: true })
  await stream.subscribe('nightjar.commands.v1', 'owner', async (records) => {
    for (const { value } of records) {
      commands.push(value)
      const reply = await answer(value)
      if (reply === undefined) continue
      const full = { commandId: value.id, tenant: value.tenant, ...reply }
      await stream.publish('nightjar.replies.v1', [{ key: value.id, value: full }])
    }
  })
  const api = createApi({
    host: '127.0.0.1',
    port: 0,
    queries: createQueries(client),
    stream,
    auth: { adminToken: new Secret(TOKEN), sessionKey: randomBytes(32) },
    sealer: { seal: (text) => `sealed(${text.length})`, open: (text) => text },
    rules: () => [rule(2), rule(1), rule(3)],
    health: async () => HEALTH,
    metricsText: () => 'nightjar_up 1\n',
    ready: async () => ({ ok: true, reasons: [] }),
    version: '0.1.0',
    replyTimeoutMs: 300,
    ...changes,
  })
  await api.start()
  const ask: RunningApi['ask'] = (path, init = {}) =>
    fetch(`${api.url}${path}`, {
      redirect: 'manual',
      ...init,
      headers: { authorization: `Bearer ${TOKEN}`, ...init.headers },
    })
  return {
    api,
    stream,
    commands,
    ask,
    async get<T>(path: string) {
      const response = await ask(`/api/v1${path}`)
      const text = await response.text()
      if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
      return JSON.parse(text) as T
    },
    send: (method, path, body, headers = {}) =>
      ask(`/api/v1${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    owner: (next) => {
      answer = next
    },
    async stop() {
      await api.stop()
      await stream.close()
    },
  }
}
