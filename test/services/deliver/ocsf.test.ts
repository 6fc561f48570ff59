import { ALERT_STATES, type Alert, SEVERITIES } from '@nightjar/core'
import {
  type Activity,
  attacksOf,
  type DetectionFinding,
  detectionFinding,
  MAX_BODY_BYTES,
  webhookBody,
} from '@nightjar/deliver'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alert, NOON } from './samples.ts'

type Json = Record<string, unknown>

/** OCSF 1.8.0, class 2004: attributes that must be there, and objects of which one attribute at least must be. */
const REQUIRED: readonly string[] = [
  'activity_id',
  'category_uid',
  'class_uid',
  'finding_info',
  'metadata',
  'severity_id',
  'time',
  'type_uid',
]
const NESTED_REQUIRED: readonly [path: string, attribute: string][] = [
  ['metadata', 'product'],
  ['metadata', 'version'],
  ['finding_info', 'uid'],
  ['finding_info.analytic', 'type_id'],
  ['evidences.api', 'operation'],
]
const AT_LEAST_ONE: readonly [path: string, attributes: string[]][] = [
  ['metadata.product', ['name', 'uid']],
  ['evidences', ['actor', 'api', 'resources', 'src_endpoint', 'user', 'data']],
  ['evidences.actor', ['user', 'session', 'app_name', 'app_uid', 'process', 'invoked_by']],
  ['evidences.actor.user', ['account', 'name', 'uid']],
  ['finding_info.attacks', ['tactic', 'technique', 'sub_technique']],
  ['finding_info.attacks.technique', ['name', 'uid']],
  ['resources', ['name', 'uid']],
]
/** Attributes of the class that Nightjar writes; the class is closed, so there may be no other. */
const ATTRIBUTES = new Set([
  ...REQUIRED,
  ...['activity_name', 'category_name', 'class_name', 'type_name', 'severity', 'status_id'],
  ...['status', 'message', 'count', 'start_time', 'end_time', 'is_alert', 'confidence'],
  ...['confidence_id', 'confidence_score', 'risk_score', 'risk_level', 'risk_level_id'],
  ...['evidences', 'resources', 'unmapped'],
])

/** The objects at a path, every item of a list on the way. */
function objectsAt(root: Json, path: string): Json[] {
  return path.split('.').reduce<Json[]>(
    (found, key) =>
      found.flatMap((object) => {
        const value = object[key]
        if (value === undefined) return []
        return (Array.isArray(value) ? value : [value]) as Json[]
      }),
    [root],
  )
}

/** What is wrong with a finding by the schema's rules. */
function faultsOf(finding: DetectionFinding): string[] {
  const root = finding as unknown as Json
  return [
    ...REQUIRED.filter((name) => root[name] === undefined),
    ...Object.keys(root).filter((name) => !ATTRIBUTES.has(name)),
    ...NESTED_REQUIRED.flatMap(([path, name]) =>
      objectsAt(root, path).flatMap((object) =>
        object[name] === undefined ? [`${path}.${name}`] : [],
      ),
    ),
    ...AT_LEAST_ONE.flatMap(([path, names]) =>
      objectsAt(root, path).flatMap((object) =>
        names.some((name) => object[name] !== undefined) ? [] : [`${path}: none of ${names}`],
      ),
    ),
  ]
}

const context = { activity: 'created', productVersion: '0.1.0' } as const

describe('an alert as OCSF Detection Finding', () => {
  it('has the class’s required attributes and constraints for every state, severity and activity', () => {
    for (const state of ALERT_STATES)
      for (const severity of SEVERITIES)
        for (const activity of ['created', 'updated', 'closed'] as Activity[])
          expect(
            faultsOf(detectionFinding(alert({ state, severity }), { ...context, activity })),
          ).toEqual([])
  })

  it('keeps the constraints when nothing is known of who or where', () => {
    const finding = detectionFinding(alert({ entity: {}, tags: [], eventIds: [] }), context)
    expect(faultsOf(finding)).toEqual([])
    expect(finding.resources).toBeUndefined()
  })

  it('maps the fields as OCSF names them', () => {
    const mapped = detectionFinding(alert(), { ...context, baseUrl: 'http://127.0.0.1:4680/' })
    expect(mapped).toMatchObject({
      class_uid: 2004,
      category_uid: 2,
      type_uid: 200401,
      activity_id: 1,
      time: NOON,
      start_time: NOON - 5000,
      end_time: NOON,
      severity_id: 4,
      severity: 'High',
      status_id: 1,
      message: 'alice read 300 files in 5 s',
      count: 1,
      is_alert: true,
      confidence_id: 3,
      risk_score: 80,
      risk_level_id: 3,
      metadata: {
        version: '1.8.0',
        uid: 'alt_0123456789abcdef01234567:1',
        tenant_uid: 'default',
        product: { name: 'Nightjar', vendor_name: 'Nightjar', version: '0.1.0' },
      },
      finding_info: {
        uid: 'alt_0123456789abcdef01234567',
        types: ['exfiltration-burst'],
        first_seen_time: NOON - 5000,
        last_seen_time: NOON,
        created_time: NOON,
        analytic: { uid: 'exfiltration-burst-calls', type_id: 1 },
        src_url: 'http://127.0.0.1:4680/alerts?alert=alt_0123456789abcdef01234567',
      },
      evidences: [
        {
          actor: { user: { uid: 'alice' }, app_name: 'claude-code' },
          api: { operation: 'tools/call', service: { name: 'filesystem' } },
          data: { tool: 'read_file', observed: 300, threshold: 100, event_ids: ['e1', 'e2'] },
        },
      ],
      resources: [
        { name: 'filesystem', type: 'MCP Server' },
        { name: 'read_file', type: 'MCP Tool' },
      ],
      unmapped: {
        'gen_ai.tool.name': 'read_file',
        'nightjar.alert.version': 1,
        'nightjar.rule.ids': ['exfiltration-burst-calls'],
      },
    })
    expect(mapped.metadata.profiles).toBeUndefined()
  })

  it.each<[Activity, Partial<Alert>, number, number]>([
    ['created', {}, 200401, 1],
    ['updated', { state: 'acknowledged' }, 200402, 2],
    ['updated', { suppressed: true }, 200402, 3],
    ['closed', { state: 'closed', closeReason: 'false_positive' }, 200403, 4],
  ])('says %s of %j as type %d, status %d', (activity, changes, type, status) => {
    const finding = detectionFinding(alert(changes), { ...context, activity })
    expect(finding).toMatchObject({ type_uid: type, status_id: status })
  })

  it('calls the analytic of manifest drift fingerprinting', () => {
    const finding = detectionFinding(alert({ family: 'manifest-drift' }), context)
    expect(finding.finding_info).toMatchObject({ analytic: { type_id: 5 } })
  })

  it.each([
    ['attack.t1567', { version: '19', technique: { uid: 'T1567' } }],
    [
      'attack.t1567.002',
      { version: '19', technique: { uid: 'T1567' }, sub_technique: { uid: 'T1567.002' } },
    ],
    ['attack.ta0010', { version: '19', tactic: { uid: 'TA0010' } }],
    ['attack.command-and-control', { version: '19', tactic: { name: 'Command and Control' } }],
    ['atlas.aml-t0086', { version: 'ATLAS 2026.09', technique: { uid: 'AML.T0086' } }],
    [
      'atlas.aml.t0110.001',
      {
        version: 'ATLAS 2026.09',
        technique: { uid: 'AML.T0110' },
        sub_technique: { uid: 'AML.T0110.001' },
      },
    ],
  ])('reads the tag %s', (tag, attack) => {
    expect(attacksOf([tag, 'owasp-mcp.mcp10'])).toEqual([attack])
  })

  it('puts foreign text on one line, without controls and marks that turn it', () => {
    const summary = 'ok\r\nCEF:0|forged|1\u001b[2J\u202egnp.exe'
    const body = webhookBody(alert({ summary, entity: { tool: 'a\nb\u0000c' } }), context)
    const { data } = JSON.parse(body)
    expect(data.message).toBe('ok CEF:0|forged|1 [2J gnp.exe')
    expect(data.evidences[0].data.tool).toBe('a b c')
    expect(data.unmapped['gen_ai.tool.name']).toBe('a b c')
  })
})

describe('a webhook body', () => {
  const hostile = fc.string({ unit: 'binary', minLength: 2000, maxLength: 4000 })
  const big = (text: string): Alert => {
    const base = alert()
    const many = (count: number) =>
      Array.from({ length: count }, (_, i) => `${i}${text.slice(0, 200)}`)
    return alert({
      title: text,
      summary: text,
      owner: text,
      eventIds: many(100),
      tags: many(64),
      ruleIds: many(64),
      entity: Object.fromEntries(many(30).map((key) => [key, text])),
      finding: { ...base.finding, ruleTitle: text, data: { diff: many(100), deep: { text } } },
    })
  }

  it('stays under 20 KB whatever the alert holds, and stays JSON', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const body = webhookBody(big(text), context)
        expect(Buffer.byteLength(body)).toBeLessThan(MAX_BODY_BYTES)
        expect(faultsOf(JSON.parse(body).data)).toEqual([])
      }),
      { numRuns: 50 },
    )
    for (const worst of ['"', '\\', '\u4e2d', '\ud800', '\u{1f426}'])
      expect(Buffer.byteLength(webhookBody(big(worst.repeat(4000)), context))).toBeLessThan(
        MAX_BODY_BYTES,
      )
  })

  it('says how much evidence it left out', () => {
    const { data } = JSON.parse(webhookBody(big('x'.repeat(4000)), context))
    expect(data.unmapped['nightjar.evidence.omitted_events']).toBeGreaterThan(0)
    expect(data.unmapped['nightjar.evidence.claim_omitted']).toBe(true)
  })

  it('leaves nothing out of an ordinary alert', () => {
    const { data } = JSON.parse(webhookBody(alert(), context))
    expect(data.unmapped['nightjar.evidence.omitted_events']).toBeUndefined()
  })
})
