import { type AuditEventInput, batchOf } from '@nightjar/core'
import { parseRules, replay, StateWorld } from '@nightjar/detect'
import { describe, expect, it } from 'vitest'
import { call, detection, rulesOf } from './support.ts'

const fits = (selection: string, event: AuditEventInput, placeholders = {}): boolean => {
  const rules = parseRules([{ file: 'rule.yml', text: detection(selection) }], { placeholders })
  return replay(rules, [batchOf([call(1, 0, event)])]).length === 1
}

type Row = readonly [name: string, selection: string, event: AuditEventInput, fits: boolean]

const ROWS: readonly Row[] = [
  ['a string whatever its case', 'gen_ai.tool.name: Read_File', { tool: 'read_FILE' }, true],
  ['a whole string only', 'gen_ai.tool.name: read', { tool: 'read_file' }, false],
  ['cased', 'gen_ai.tool.name|cased: Read', { tool: 'read' }, false],
  ['cased, the same', 'gen_ai.tool.name|cased: Read', { tool: 'Read' }, true],
  ['* in the middle', "gen_ai.tool.name: 're*le'", { tool: 'read_file' }, true],
  ['? is one character', "gen_ai.tool.name: 'read?file'", { tool: 'read_file' }, true],
  ['? is not none', "gen_ai.tool.name: 'read?'", { tool: 'read' }, false],
  ['an escaped wildcard', "gen_ai.tool.name: 'a\\*b'", { tool: 'a*b' }, true],
  ['an escaped wildcard is none', "gen_ai.tool.name: 'a\\*b'", { tool: 'axb' }, false],
  ['a backslash before a wildcard', "nightjar.target: 'C:\\\\*'", { target: 'C:\\x' }, true],
  ['a plain backslash', "nightjar.target: 'C:\\x'", { target: 'c:\\X' }, true],
  ['parts in order', "gen_ai.tool.name: '*a*b*a*'", { tool: 'xaybza' }, true],
  ['parts that overlap', "gen_ai.tool.name: 'ab*ba'", { tool: 'aba' }, false],
  ['contains', 'nightjar.target|contains: ssh', { target: '/home/x/.ssh/id' }, true],
  ['startswith', 'nightjar.target|startswith: /etc', { target: '/etc/passwd' }, true],
  ['startswith elsewhere', 'nightjar.target|startswith: etc', { target: '/etc/passwd' }, false],
  ['endswith', 'nightjar.target|endswith: .pem', { target: '/a/KEY.PEM' }, true],
  ['any of a list', 'gen_ai.tool.name: [a, b]', { tool: 'b' }, true],
  ['all of a list', 'nightjar.target|contains|all: [a, b]', { target: 'xaxb' }, true],
  ['not all of a list', 'nightjar.target|contains|all: [a, b]', { target: 'xax' }, false],
  [
    'any element of an array field',
    'nightjar.tool.labels: egress',
    { labels: ['read', 'egress'] },
    true,
  ],
  ['no element of an array field', 'nightjar.tool.labels: egress', { labels: ['read'] }, false],
  [
    'all over an array field',
    'nightjar.tool.labels|all: [read, private]',
    { labels: ['private', 'read'] },
    true,
  ],
  ['neq', 'gen_ai.tool.name|neq: [a, b]', { tool: 'c' }, true],
  ['neq, one of them', 'gen_ai.tool.name|neq: [a, b]', { tool: 'b' }, false],
  ['neq on a number', 'nightjar.args.size|neq: 5', { argsBytes: 6 }, true],
  ['null', 'gen_ai.tool.name: null', {}, true],
  ['null, present', 'gen_ai.tool.name: null', { tool: 'a' }, false],
  ['the empty string', "enduser.scope: ''", { scopes: [] }, true],
  ['exists', 'nightjar.target|exists: true', { target: '/x' }, true],
  ['exists, absent', 'nightjar.target|exists: true', {}, false],
  ['does not exist', 'enduser.scope|exists: false', {}, true],
  ['a hash exists', 'nightjar.target.hash|exists: true', { targetHash: '00000000000000ff' }, true],
  ['a number', 'nightjar.args.size: 12', { argsBytes: 12 }, true],
  ['gt', 'nightjar.args.size|gt: 12', { argsBytes: 12 }, false],
  ['gte', 'nightjar.args.size|gte: 12', { argsBytes: 12 }, true],
  ['lt of an absent number', 'nightjar.args.size|lt: 12', {}, false],
  ['lte', 'nightjar.args.size|lte: 12', { argsBytes: 12 }, true],
  ['a number in a string field', 'rpc.response.status_code|gte: 400', { errorCode: '403' }, true],
  ['a negative code', 'rpc.response.status_code: -32020', { errorCode: '-32020' }, true],
  ['both sizes together', 'nightjar.io.size|gt: 10', { argsBytes: 6, resultBytes: 6 }, true],
  ['re, case-sensitive', "gen_ai.tool.name|re: '^Read'", { tool: 'read' }, false],
  ['re|i', "gen_ai.tool.name|re|i: '^Read'", { tool: 'read_file' }, true],
  ['re|m', "nightjar.error.message|re|m: '^b$'", { errorMessage: 'a\nb\nc' }, true],
  ['re|s', "nightjar.error.message|re|s: 'a.b'", { errorMessage: 'a\nb' }, true],
  ['re, anywhere', "gen_ai.tool.name|re: 'a+'", { tool: 'xaay' }, true],
  ['windash', "nightjar.target|windash|contains: ' -exec'", { target: 'find /exec' }, true],
  ['base64', 'nightjar.target|base64|contains: password', { target: 'x=cGFzc3dvcmQ=' }, true],
  [
    'base64offset, 0',
    'nightjar.target|base64offset|contains: secret',
    { target: Buffer.from('secret!').toString('base64') },
    true,
  ],
  [
    'base64offset, 1',
    'nightjar.target|base64offset|contains: secret',
    { target: Buffer.from('.secret!').toString('base64') },
    true,
  ],
  [
    'base64offset, 2',
    'nightjar.target|base64offset|contains: secret',
    { target: Buffer.from('..secret!').toString('base64') },
    true,
  ],
  [
    'wide|base64offset',
    'nightjar.target|wide|base64offset|contains: cmd',
    { target: Buffer.from('xcmd', 'utf16le').toString('base64') },
    true,
  ],
  [
    'utf16be|base64',
    'nightjar.target|utf16be|base64: cmd',
    { target: Buffer.from('cmd', 'utf16le').swap16().toString('base64') },
    true,
  ],
  ['cidr', 'server.address|cidr: 10.0.0.0/8', { serverAddress: '10.1.2.3:8080' }, true],
  ['cidr, outside', 'server.address|cidr: 10.0.0.0/8', { serverAddress: '11.1.2.3' }, false],
  ['cidr, IPv6', 'server.address|cidr: fd00::/8', { serverAddress: '[fd12::1]:443' }, true],
  ['fieldref', 'gen_ai.tool.name|fieldref: gen_ai.prompt.name', { tool: 'a', prompt: 'A' }, true],
  [
    'fieldref|neq',
    'gen_ai.tool.name|fieldref|neq: gen_ai.prompt.name',
    { tool: 'a', prompt: 'b' },
    true,
  ],
  ['hour', 'nightjar.event.time|hour: 9', {}, true],
  ['hour with a comparison', 'nightjar.event.time|hour|gte: 10', {}, false],
  [
    'year, month, day',
    'nightjar.event.time|year: 2026\nnightjar.event.time|month: 11\nnightjar.event.time|day: 21',
    {},
    true,
  ],
  ['week', 'nightjar.event.time|week: 47', {}, true],
  [
    'a list of maps is any of them',
    '- gen_ai.tool.name: a\n- gen_ai.tool.name: b',
    { tool: 'b' },
    true,
  ],
  ['keywords', '- id_rsa\n- shadow', { target: '/home/x/.ssh/id_rsa' }, true],
  ['keywords look at errors too', '- shadow', { errorMessage: 'cannot open /etc/shadow' }, true],
  ['keywords do not look at names of hosts', '- build', { host: 'build-1' }, false],
  ['keywords, all', "'|all': [etc, shadow]", { target: '/etc/shadow' }, true],
  ['keywords, not all', "'|all': [etc, shadow]", { target: '/etc/passwd' }, false],
  [
    'the actor, without a principal',
    "nightjar.actor: 'cli@box'",
    { client: 'cli', host: 'box' },
    true,
  ],
  ['other fields too', 'gen_ai.tool.name: a\nenduser.id: x', { tool: 'a', principal: 'y' }, false],
]

describe('a selection fits', () => {
  for (const [name, selection, event, expected] of ROWS)
    it(`${name}: ${expected}`, () => {
      expect(fits(selection, event)).toBe(expected)
    })

  it('placeholders of the configuration', () => {
    const values = { admins: ['root', 'adm*'] }
    expect(fits("enduser.id|expand: '%admins%'", { principal: 'adm_x' }, values)).toBe(true)
    expect(fits("enduser.id|expand: 'the-%admins%'", { principal: 'the-root' }, values)).toBe(true)
    expect(fits("enduser.id|expand: '%admins%'", { principal: 'user' }, values)).toBe(false)
  })
})

describe('a condition', () => {
  const run = (condition: string, tool: string): boolean => {
    const text = `title: T
name: t
logsource: {product: mcp}
detection:
  sel_a: {gen_ai.tool.name|contains: a}
  sel_b: {gen_ai.tool.name|contains: b}
  _c: {gen_ai.tool.name|contains: c}
  condition: ${condition}
`
    return replay(rulesOf(text), [batchOf([call(1, 0, { tool })])]).length === 1
  }

  it.each([
    ['1 of sel_* and not _c', 'a', true],
    ['1 of sel_* and not _c', 'ac', false],
    ['all of sel_* or _c', 'ab', true],
    ['all of sel_* or _c', 'a', false],
    ['1 of them or (_c and _c)', 'b', true],
    ['all of them and not _c', 'ab', true],
    ['sel_a or sel_b and _c', 'a', true],
    ['(sel_a or sel_b) and _c', 'a', false],
    ['not sel_a and not (sel_b or _c)', 'x', true],
    ['["sel_a and sel_b", "_c"]', 'c', true],
  ])('%s of "%s" is %s', (condition, tool, expected) => {
    expect(run(condition, tool)).toBe(expected)
  })
})

it('a rule looks at events of its service only', () => {
  const rules = rulesOf(
    detection('gen_ai.tool.name: a').replace('{product: mcp}', '{product: mcp, service: auth}'),
  )
  const events = [call(1, 0, { tool: 'a' }), call(2, 10, { tool: 'a', kind: 'auth' })]
  expect(replay(rules, [batchOf(events)])).toHaveLength(1)
})

it('a filter leaves events out', () => {
  const filter = `---
title: Not the build host
logsource: {product: mcp}
filter:
  rules: [t]
  selection: {host.name: build-1}
  condition: not selection
`
  const rules = rulesOf(detection('gen_ai.tool.name: a') + filter)
  const events = [
    call(1, 0, { tool: 'a', host: 'build-1' }),
    call(2, 10, { tool: 'a', host: 'laptop' }),
  ]
  expect(replay(rules, [batchOf(events)]).map(({ entity }) => entity.host)).toEqual(['laptop'])
})

it('the state of servers and the policy are those of the tenant', () => {
  const rules = rulesOf(
    detection('nightjar.server.state: rejected\nnightjar.policy.enforce_allow_list: true'),
  )
  const world = new StateWorld()
  world.apply({
    key: 'server:acme:s',
    tenant: 'acme',
    type: 'server',
    value: { name: 's', state: 'rejected' },
  })
  world.apply({
    key: 'policy:acme',
    tenant: 'acme',
    type: 'policy',
    value: { enforceAllowList: true },
  })
  const events = [call(1, 0, { server: 's' }), call(2, 10, { server: 's', tenant: 'other' })]
  expect(replay(rules, [batchOf(events)], { world }).map(({ tenant }) => tenant)).toEqual(['acme'])
  world.apply({ key: 'server:acme:s', tenant: 'acme', type: 'server', value: null })
  expect(replay(rules, [batchOf(events)], { world })).toEqual([])
})
