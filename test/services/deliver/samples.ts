import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { Alert, Delivery, Finding, Sealer } from '@nightjar/core'

export const NOON = Date.parse('2026-11-21T12:00:00.000Z')
export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

/** Hides nothing, but tells a sealed text from a plain one. */
export const sealer: Sealer = {
  seal: (plain) => `sealed:${Buffer.from(plain).toString('base64url')}`,
  open(sealed) {
    if (!sealed.startsWith('sealed:')) throw new Error('not sealed')
    return Buffer.from(sealed.slice(7), 'base64url').toString('utf8')
  },
}

const at = new Date(NOON).toISOString()

export function alert(changes: Partial<Alert> = {}): Alert {
  const finding: Finding = {
    id: 'f1',
    tenant: 'default',
    ruleId: 'exfiltration-burst-calls',
    ruleTitle: 'Exfiltration burst: many reads in a short time',
    severity: 'high',
    family: 'exfiltration-burst',
    fingerprint: 'f'.repeat(32),
    time: at,
    firstTime: new Date(NOON - 5000).toISOString(),
    summary: 'alice read 300 files in 5 s',
    entity: { principal: 'alice', client: 'claude-code', server: 'filesystem', tool: 'read_file' },
    observed: 300,
    threshold: 100,
    windowMs: 60_000,
    eventIds: ['e1', 'e2'],
    eventCount: 300,
    tags: ['attack.exfiltration', 'attack.t1567.002', 'atlas.aml-t0086', 'owasp-mcp.mcp10'],
  }
  return {
    id: 'alt_0123456789abcdef01234567',
    tenant: 'default',
    fingerprint: finding.fingerprint,
    family: finding.family,
    title: finding.ruleTitle,
    summary: finding.summary,
    severity: 'high',
    state: 'open',
    regressed: false,
    suppressed: false,
    owner: '',
    count: 1,
    firstSeen: finding.firstTime,
    lastSeen: finding.time,
    createdAt: at,
    updatedAt: at,
    ruleIds: [finding.ruleId],
    tags: finding.tags,
    entity: finding.entity,
    risk: { score: 80, severity: 80, criticality: 1, confidence: 1 },
    finding,
    findingIds: [finding.id],
    eventIds: finding.eventIds,
    history: [],
    version: 1,
    ...changes,
  }
}

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly type: string
  readonly data: Record<string, unknown> & { finding_info: { uid: string } }
}

/** A webhook receiver on a port of its own. */
export interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** Answers the next requests; 204 by default. */
  answer: (response: ServerResponse, index: number) => void
  close(): Promise<void>
}

export async function startReceiver(): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString('utf8')
    const { type, data } = JSON.parse(body)
    receiver.received.push({ headers: request.headers, body, type, data })
    receiver.answer(response, receiver.received.length - 1)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hook`,
    received: [],
    answer: (response) => response.writeHead(204).end(),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return receiver
}

/** Delivery rows without what differs from run to run. */
export function stateOf({ state, attempts, alertVersion }: Delivery) {
  return { state, attempts, alertVersion }
}
