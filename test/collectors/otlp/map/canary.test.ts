import { expect, test } from 'vitest'
import { mapPlain, type PlainRecord } from '../../../support/otlp-request.ts'

/** Made-up secrets of every kind the tables know. */
const SECRETS = {
  aws: 'AKIAIOSFODNN7FAKEKEY',
  github: 'ghp_fakefakefakefakefakefakefake1234',
  gitlab: 'glpat-fakefakefakefake12',
  slack: 'xoxb-1234567890-fakefakefake',
  anthropic: 'sk-ant-api03-fakefakefakefake',
  google: 'AIzaSyFakeFakeFakeFakeFakeFakeFakeFake12',
  jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJmYWtlIn0.c2lnbmF0dXJlZmFrZQ',
  url: 'postgres://svc:fakepw-in-url@db.example/app',
  pem: '-----BEGIN RSA PRIVATE KEY-----\nMIIEfakefakefakefake\n-----END RSA PRIVATE KEY-----',
}
const BEARER = 'abcdef0123456789fakebearer'
/** The part of each that must be nowhere. */
const TRACES = [
  'AKIAIOSFODNN7FAKEKEY',
  'fakefakefakefakefake',
  'fakefakefakefake12',
  'fakefakefake',
  'SyFakeFake',
  'eyJzdWIi',
  'fakebearer',
  'fakepw-in-url',
  'MIIEfake',
  'plain-password-7',
]

const prose = `failed with ${Object.values(SECRETS).join(' and ')} Bearer ${BEARER} password=plain-password-7`
const args = {
  note: prose,
  nested: { list: [prose, { password: 'plain-password-7', pin: 7777 }] },
  json: JSON.stringify({ client_secret: 'plain-password-7', text: prose }),
  command: ['login', '--password', 'plain-password-7'],
  env: [{ name: 'API_TOKEN', value: 'plain-password-7' }],
}

const attributes = {
  'mcp.method.name': 'tools/call',
  'gen_ai.tool.name': 'run',
  'error.type': `E ${SECRETS.github}`,
  'rpc.response.status_code': '-32000',
  'mcp.resource.uri': `https://u:fakepw-in-url@h.example/x?token=${BEARER}&a=plain-password-7`,
  'server.address': 'https://u:fakepw-in-url@h.example',
  'url.full': `https://u:fakepw-in-url@h.example/mcp?key=${SECRETS.google}`,
  'mcp.server.name': `server ${SECRETS.slack}`,
  'mcp.client.name': `client ${SECRETS.jwt}`,
  'gen_ai.agent.name': `agent token=${BEARER}`,
  'gen_ai.conversation.id': `c ${SECRETS.aws}`,
  'jsonrpc.request.id': `r ${SECRETS.anthropic}`,
  'gen_ai.tool.call.id': `t ${SECRETS.gitlab}`,
  'enduser.id': `who ${SECRETS.github}`,
  'enduser.scope': `read ${SECRETS.github}`,
}

const record = (more: object): PlainRecord => ({
  name: prose,
  kind: 3,
  status: { code: 2, message: prose },
  events: [{ name: 'exception', attributes: { 'exception.message': prose } }],
  attributes: { ...attributes, ...more },
})

const full = JSON.stringify(args)
const cuts = Array.from({ length: 60 }, (_, i) => full.slice(0, Math.floor((full.length * i) / 60)))

test('a planted secret is in no column, wherever it stood and wherever it was cut', () => {
  const { events } = mapPlain({
    signal: 'traces',
    resource: { 'service.name': `svc ${SECRETS.github}`, 'host.name': `h ${SECRETS.slack}` },
    scope: { name: 'x', version: `1 ${SECRETS.github}` },
    records: [
      record({ 'gen_ai.tool.call.arguments': args, 'gen_ai.tool.call.result': args }),
      record({ 'gen_ai.tool.call.arguments': full, 'gen_ai.tool.call.result': prose }),
      record({ 'gen_ai.tool.call.arguments': JSON.stringify({ [SECRETS.github]: 1 }) }),
      ...cuts.map((text) => record({ 'gen_ai.tool.call.arguments': text })),
      ...cuts.map((text) =>
        record({ 'gen_ai.tool.call.result': `x ${text.slice(0, text.lastIndexOf(' ') + 1)}` }),
      ),
    ],
  })
  expect(events).toHaveLength(123)
  for (const event of events) {
    const text = JSON.stringify(event)
    for (const trace of TRACES) expect(text).not.toContain(trace)
    expect(text).not.toContain('7777')
  }
})

test('what was found is told as signals', () => {
  const { events } = mapPlain({
    signal: 'traces',
    records: [record({ 'gen_ai.tool.call.arguments': args, 'gen_ai.tool.call.result': args })],
  })
  const kinds = [
    'aws_key',
    'github_token',
    'slack_token',
    'api_key',
    'jwt',
    'bearer',
    'private_key',
  ]
  for (const kind of [...kinds, 'basic_auth', 'credential']) {
    expect(events[0]?.signals).toContain(`secret.${kind}.args`)
    expect(events[0]?.signals).toContain(`secret.${kind}.result`)
  }
})

test('the logs of Claude Code and of the tap are scrubbed alike', () => {
  const logs = [
    { body: 'claude_code.tool_result', success: 'false', tool_name: 'mcp_tool', error: prose },
    { body: 'claude_code.tool_decision', decision: 'reject', tool_name: `mcp__${prose}__x` },
    { body: 'claude_code.auth', action: prose, success: 'false', error_category: prose },
    { body: 'claude_code.permission_mode_changed', to_mode: prose },
  ].map(({ body, ...attributes }) => ({ body, attributes }))
  const claude = mapPlain({ signal: 'logs', records: logs })
  const tap = mapPlain({
    signal: 'logs',
    scope: { name: 'nightjar-tap' },
    records: ['notification', 'connection', 'capture.loss'].map((name) => ({
      eventName: `nightjar.${name}`,
      attributes: { ...attributes, 'nightjar.error.message': prose, 'nightjar.server.key': prose },
    })),
  })
  expect(claude.events).toHaveLength(4)
  expect(tap.events).toHaveLength(3)
  const text = JSON.stringify([claude.events, tap.events])
  for (const trace of TRACES) expect(text).not.toContain(trace)
})
