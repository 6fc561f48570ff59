import type { CallView, HealthView, Outcome, Overview, RuleView, SessionView } from '@nightjar/core'
import { ago, event, HOSTILE } from './alerts.ts'

const MINUTE = 60_000
const OUTCOMES: Outcome[] = [
  'success',
  'success',
  'success',
  'success',
  'tool_error',
  'success',
  'denied',
  'success',
]

/** The sessions, newest first. */
export function sessions(now: number): SessionView[] {
  const people = ['ana@example.org', 'svc-build', HOSTILE, 'ivo@example.org', '']
  return people.map((principal, index) => ({
    id: `ses_${index}`,
    principal,
    client: ['claude-code', 'ci-agent', '<i>client</i>', 'cursor', 'unknown-client'][index] ?? '',
    host: `ws-0${index}1`,
    servers: ['filesystem', 'github', 'slack', 'postgres-analytics'].slice(0, 1 + (index % 4)),
    firstTime: ago(now, (index + 1) * 31 * MINUTE),
    lastTime: ago(now, (index + 1) * 31 * MINUTE - 18 * MINUTE),
    calls: 64 + index * 13,
    errors: index,
    denied: index % 2,
    argsBytes: 18_220,
    resultBytes: 14_900_000 >> index,
    tools: ['read_file', 'create_issue', 'query'],
  }))
}

/** The calls of the first session: bursts with pauses between. */
export function calls(now: number): CallView[] {
  const lanes = ['filesystem', 'github', 'slack', HOSTILE]
  let at = now - 31 * MINUTE
  return Array.from({ length: 64 }, (_, index): CallView => {
    at += index % 16 === 15 ? 3 * MINUTE : 180 + ((index * 97) % 700)
    const server = lanes[index % 9 === 8 ? 3 : index % 3] ?? ''
    const outcome = OUTCOMES[index % OUTCOMES.length] ?? 'success'
    const durationUs = (40 + ((index * 131) % 900)) * 1000
    const time = new Date(at).toISOString()
    const seen = { server, outcome, durationUs, time, receivedTime: time }
    const events = [
      event(now, index, { ...seen, id: (0xc000 + index).toString(16).padStart(32, '0') }),
      event(now, index, {
        ...seen,
        id: (0xd000 + index).toString(16).padStart(32, '0'),
        vantage: 'client',
        emitter: 'claude-code',
      }),
    ]
    return {
      id: `call_${index}`,
      time,
      method: 'tools/call',
      tool: ['read_file', 'create_issue', 'post_message'][index % 3] ?? '',
      outcome,
      principal: 'ana@example.org',
      server,
      client: 'claude-code',
      durationUs,
      vantages: ['client', 'gateway'],
      events,
    }
  })
}

const NONE = { critical: 0, high: 0, medium: 0, low: 0, informational: 0 }

/** The overview of a busy day, or of a fresh install. */
export function overview(now: number, kind: 'busy' | 'quiet' | 'empty'): Overview {
  const busy = kind === 'busy'
  const some = kind !== 'empty'
  const start = Math.floor(now / 900_000) * 900_000 - 95 * 900_000
  return {
    openAlerts: busy ? { critical: 2, high: 4, medium: 7, low: 6, informational: 3 } : NONE,
    servers: { total: some ? 7 : 0, pending: busy ? 3 : 0, drift: busy ? 1 : 0 },
    calls: {
      last24h: some ? 18_204 : 0,
      previous24h: some ? 13_190 : 0,
      errors24h: some ? 311 : 0,
      denied24h: some ? 48 : 0,
    },
    principals24h: some ? 14 : 0,
    series: Array.from({ length: 96 }, (_, index) => {
      const wave = Math.round(160 + 120 * Math.sin(index / 9) + ((index * 37) % 41))
      const burst = index === 88 ? 420 : 0
      return {
        time: new Date(start + index * 900_000).toISOString(),
        calls: some ? wave + burst : 0,
        errors: some ? (index * 7) % 9 : 0,
        denied: some && index > 70 && index < 78 ? 6 : 0,
      }
    }),
    topServers: some
      ? [
          { server: 'filesystem', calls: 9_412, errors: 12 },
          { server: 'github', calls: 4_310, errors: 204 },
          { server: 'postgres-analytics', calls: 2_204, errors: 61 },
          { server: HOSTILE, calls: 12, errors: 0 },
        ]
      : [],
    topTools: some
      ? [
          { server: 'filesystem', tool: 'read_file', calls: 8_020, errors: 3 },
          { server: 'github', tool: 'search_code', calls: 2_810, errors: 188 },
          { server: 'postgres-analytics', tool: 'query', calls: 2_100, errors: 61 },
          { server: 'slack', tool: 'post_message', calls: 910, errors: 0 },
        ]
      : [],
  }
}

/** Health. */
export function health(now: number): HealthView {
  return {
    status: 'ok',
    version: '0.1.0',
    startedAt: ago(now, 26 * 60 * MINUTE),
    ingest: {
      events: 1_204_311,
      lastEventTime: ago(now, 900),
      lastReceivedTime: ago(now, 700),
      lagMs: 212,
      duplicates: 3_812,
      rejected: 4,
      skipped: 91_220,
      retryLater: 0,
    },
    detect: { lagEvents: 0, rules: 8, windowsEvicted: 0 },
    deliver: { pending: 1, held: 0 },
    store: { engine: 'chdb', rows: 1_204_311, bytes: 181_400_000, restarts: 0 },
    sources: [
      {
        emitter: 'nightjar-tap',
        host: 'ws-041',
        lastSeen: ago(now, 900),
        events24h: 12_400,
        lost24h: 0,
        quality: [],
      },
      {
        emitter: 'claude-code',
        host: 'ws-007',
        lastSeen: ago(now, 4_000),
        events24h: 5_800,
        lost24h: 17,
        quality: ['arguments truncated', 'no results'],
      },
    ],
  }
}

/** The rules. */
export function rules(): RuleView[] {
  const make = (
    id: string,
    title: string,
    severity: RuleView['severity'],
    type: string,
  ): RuleView => ({
    id: `rule-${id}`,
    title,
    description: `${title}: what it claims, in a sentence or two.`,
    severity,
    family: id,
    type,
    status: 'stable',
    tags: ['attack.exfiltration', 'attack.t1567', 'atlas.aml-t0086', 'owasp-mcp.mcp10'],
    file: `rules/${id}.yml`,
    source: `title: ${title}\nid: rule-${id}\nstatus: stable\nlogsource:\n  product: mcp\ndetection:\n  read:\n    labels|contains: read\n  condition: read\n`,
    tests: 4,
    findings24h: 3,
  })
  return [
    make('exfiltration-burst', 'Burst of distinct resources read', 'critical', 'correlation'),
    make('manifest-drift', 'Manifest drift after approval', 'high', 'drift'),
    make('scope-escalation', 'Scope beyond what was granted before', 'high', 'correlation'),
    make('unapproved-server', 'Call to an unapproved server', 'medium', 'detection'),
  ]
}
