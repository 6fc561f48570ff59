import { expect, test } from 'vitest'
import { RecordingMetrics } from '../../../support/otlp.ts'
import { mapPlain, type PlainRecord, RECEIVED_US } from '../../../support/otlp-request.ts'

const call = (tool: string, args: object = {}, more: object = {}): PlainRecord => ({
  kind: 2,
  attributes: {
    'mcp.method.name': 'tools/call',
    'gen_ai.tool.name': tool,
    'gen_ai.tool.call.arguments': args,
    ...more,
  },
})

function one(record: PlainRecord) {
  const { events } = mapPlain({ signal: 'traces', records: [record] })
  return events[0] ?? expect.fail('no row')
}

test.each([
  ['read_file', ['read']],
  ['readMultipleFiles', ['read']],
  ['get-user', ['read']],
  ['HTTPRequest', ['egress']],
  ['slack_post_message', ['egress', 'private']],
  ['read_email', ['read', 'private']],
  ['email_customer', ['egress', 'private']],
  ['read_and_send', ['read', 'egress']],
  ['fetch_url', ['egress', 'untrusted']],
  ['drop_table', ['destructive']],
  ['run_shell', ['exec']],
  ['github.create_issue', ['write', 'untrusted']],
  ['already', undefined],
  ['constructor', undefined],
])('the name %s says %j', (tool, labels) => {
  expect(one(call(tool)).labels).toEqual(labels)
})

test.each([
  [{ path: '/a', url: 'https://x.example' }, '/a', 'x.example'],
  [{ to: 'Eve <eve@Mail.Example>' }, undefined, 'mail.example'],
  [{ recipients: ['a@b.example', 'c@d.example'] }, undefined, 'b.example'],
  [
    { url: 'https://u:p@[2001:db8::1]:8443/x?q=secret1' },
    'https://[2001:db8::1]:8443/x?q=[redacted]',
    '2001:db8::1',
  ],
  [{ host: 'DB.example:5432' }, undefined, 'db.example'],
  [{ url: 'file:///etc/hosts' }, 'file:///etc/hosts', undefined],
  [{ url: 'https://bücher.example/x' }, 'https://bücher.example/x', 'xn--bcher-kva.example'],
  [{ to: 'tomorrow', endpoint: 7 }, undefined, undefined],
  [{ url: `https://${'a'.repeat(300)}.example` }, expect.any(String), undefined],
])('arguments %j name a target and a destination', (args, target, destination) => {
  const event = one(call('do', args))
  expect([event.target, event.destination]).toEqual([target, destination])
})

test('only what leaves the machine is egress', () => {
  expect(one(call('do', { url: 'http://127.0.0.1:3000/x' })).labels).toBeUndefined()
  expect(one(call('do', { host: 'db.example' })).labels).toBeUndefined()
  expect(one(call('do', { webhook: 'https://x.example' })).labels).toEqual(['egress'])
})

test.each([
  ['/home/a/.ssh/id_rsa', 'path.sensitive'],
  ['C:\\Users\\a\\.aws\\credentials', 'path.sensitive'],
  ['.env', 'path.sensitive'],
  ['/proc/self/environ', 'path.sensitive'],
  ['/etc/shadow', 'path.sensitive'],
  ['certs/server.pem', 'path.sensitive'],
  ['../../secret.txt', 'path.traversal'],
  ['%2e%2e%2fetc', 'path.traversal'],
  ['http://169.254.169.254/latest', 'net.metadata'],
  ['safe\u202etxt.exe', 'text.hidden'],
])('the path %s gives the signal %s', (path, signal) => {
  expect(one(call('do', { path })).signals).toContain(signal)
})

test.each([
  '/srv/environment/readme.md',
  'src/process.env.ts',
  '../neighbour/file.ts',
  '/etc/hosts',
  'docs/authorized_keys_howto.md',
  'my.ssh-notes.txt',
])('the path %s gives none', (path) => {
  expect(one(call('do', { path })).signals).toBeUndefined()
})

test('large and encoded content is told', () => {
  const blob = 'QUJD'.repeat(200)
  expect(one(call('do', { data: blob })).signals).toEqual(['data.encoded'])
  expect(one(call('do', { text: 'words and words '.repeat(5000) })).signals).toEqual(['data.large'])
})

test('equal targets have equal hashes, whatever else differs, and sessions are hashed', () => {
  const session = { 'mcp.session.id': 'S-1' }
  const a = one(call('read', { path: '/x' }, session))
  const b = one(call('write', { path: '/x', text: 'y' }, session))
  const c = one(call('read', { path: '/X' }))
  expect(a.targetHash).toBe(b.targetHash)
  expect(a.targetHash).not.toBe(c.targetHash)
  expect(a.session).toMatch(/^[0-9a-f]{16}$/)
  expect(a.session).toBe(b.session)
})

test.each([
  ['1999-12-31T00:00:00Z', 'clock_skew'],
  ['2026-11-21T09:35:00Z', 'clock_skew'],
  ['1970-01-01T00:00:00Z', 'time_missing'],
  ['2026-11-21T09:33:00Z', undefined],
])('a span of %s has the quality %s', (start, quality) => {
  const metrics = new RecordingMetrics()
  const nanos = `${BigInt(Date.parse(start)) * 1_000_000n}`
  const { events } = mapPlain(
    { signal: 'traces', records: [{ ...call('x'), startTimeUnixNano: nanos }] },
    metrics,
  )
  expect(events[0]?.quality).toEqual(quality === undefined ? undefined : [quality])
  const ours = new Date(RECEIVED_US / 1000).toISOString()
  expect(events[0]?.time).toBe(quality === undefined ? new Date(start).toISOString() : ours)
  expect(metrics.values.get('nightjar_otlp_time_replaced_total')).toBe(
    quality === undefined ? undefined : 1,
  )
})

test('the same log record has one id, another has another', () => {
  const log = (n: number): PlainRecord => ({
    attributes: {
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'x',
      'jsonrpc.request.id': `${n}`,
    },
  })
  const map = (records: PlainRecord[]) => mapPlain({ signal: 'logs', records }).events
  const [first, second, again] = map([log(1), log(2), log(1)])
  expect(first?.id).toBe(again?.id)
  expect(first?.id).not.toBe(second?.id)
  expect(map([log(1)])[0]?.id).toBe(first?.id)
})

test('hostile sizes end in bounded rows', () => {
  const long = 'x'.repeat(2_000_000)
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
  const event = one(
    call(
      long,
      { [long]: long },
      {
        'gen_ai.tool.call.result': deep,
        'error.type': long,
        'enduser.scope': `${long} b`,
        'server.address': long,
      },
    ),
  )
  for (const [field, value] of Object.entries(event)) {
    const size = JSON.stringify(value).length
    expect(size, field).toBeLessThan(field === 'argsKeys' ? 4000 : 1200)
  }
  expect(event.argsState).toBe('truncated')
  expect(event.resultHash).toBeUndefined()
})

test('names that every object has are names like any other', () => {
  const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty']
  const logs = mapPlain({
    signal: 'logs',
    records: names.flatMap((name) => [
      { body: `claude_code.${name}`, attributes: { tool_name: 'mcp_tool' } },
      { body: 'claude_code.mcp_server_connection', attributes: { status: name } },
    ]),
  })
  expect(logs.events.map(({ target }) => target)).toEqual(names.map((name) => `connection/${name}`))
  const spans = mapPlain({
    signal: 'traces',
    scope: { name: 'constructor' },
    records: names.map((name) =>
      call(name, JSON.parse(`{"${name}": "x"}`), { 'mcp.transport': name }),
    ),
  })
  expect(spans.events.map(({ tool, argsKeys }) => [tool, argsKeys])).toEqual(
    names.map((name) => [name, name]),
  )
  expect(spans.events.map(({ transport }) => transport)).toEqual(names.map(() => undefined))
})
