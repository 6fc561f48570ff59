import { NightjarError } from '@nightjar/core'
import { parseRules } from '@nightjar/detect'
import { describe, expect, it } from 'vitest'
import { faultsOf } from './support.ts'

const GOOD = `title: A read of a key
id: 5f3c1c5e-6a7e-4b35-9a43-1f7f6c1f2a11
name: key-read
status: test
level: high
tags: [attack.t1552.001]
logsource:
  product: mcp
  service: call
detection:
  selection:
    gen_ai.tool.name|contains: read
    nightjar.outcome: success
  filter:
    host.name: build-1
  condition: selection and not filter
`
const CORRELATED = `${GOOD}---
title: Many reads
name: many
correlation:
  type: event_count
  rules: [key-read]
  group-by: [enduser.id]
  timespan: 5m
  condition:
    gt: 10
`

interface Case {
  readonly name: string
  readonly change: readonly [string, string]
  readonly at: string
  readonly says: string
  readonly of?: string
}

const CASES: readonly Case[] = [
  {
    name: 'an unknown top-level key',
    change: ['level:', 'levle:'],
    at: '5:1',
    says: '"levle" is not a key here (did you mean "level"?)',
  },
  {
    name: 'an unknown field',
    change: ['gen_ai.tool.name|', 'gen_ai.tool.nam|'],
    at: '12:5',
    says: 'did you mean "gen_ai.tool.name"?',
  },
  {
    name: 'a field by its short name',
    change: ['gen_ai.tool.name|contains', 'tool|contains'],
    at: '12:5',
    says: '"tool" is not a field',
  },
  {
    name: 'an unknown modifier',
    change: ['|contains', '|contain'],
    at: '12:5',
    says: '"contain" is not a modifier (did you mean "contains"?)',
  },
  {
    name: 'a value that the field never has',
    change: ['nightjar.outcome: success', 'nightjar.outcome: sucess'],
    at: '13:23',
    says: 'did you mean "success"?',
  },
  {
    name: 'an invalid level',
    change: ['level: high', 'level: hihg'],
    at: '5:8',
    says: 'did you mean "high"?',
  },
  {
    name: 'an invalid status',
    change: ['status: test', 'status: tset'],
    at: '4:9',
    says: 'did you mean "test"?',
  },
  {
    name: 'an invalid tag',
    change: ['attack.t1552.001', 'T1552'],
    at: '6:8',
    says: 'namespace.name',
  },
  {
    name: 'a wrong type',
    change: ['title: A read of a key', 'title: [1]'],
    at: '1:8',
    says: 'title must be a string',
  },
  {
    name: 'a missing title',
    change: ['title: A read of a key\n', ''],
    at: '1:1',
    says: 'title is missing',
  },
  {
    name: 'another product',
    change: ['product: mcp', 'product: windows'],
    at: '8:12',
    says: '"windows" is not a value of product',
  },
  {
    name: 'an unknown service',
    change: ['service: call', 'service: calls'],
    at: '9:12',
    says: 'did you mean "call"?',
  },
  {
    name: 'an identifier the condition does not define',
    change: ['not filter', 'not filters'],
    at: '16:14',
    says: 'the condition uses "filters", which is not defined (did you mean "filter"?)',
  },
  {
    name: 'an identifier that is not used',
    change: ['selection and not filter', 'selection'],
    at: '14:3',
    says: '"filter" is not used by the condition',
  },
  {
    name: 'a condition with a pipe',
    change: ['selection and not filter', 'selection | count() > 5'],
    at: '16:14',
    says: 'write a correlation',
  },
  {
    name: 'a condition that ends too early',
    change: ['not filter', 'not'],
    at: '16:14',
    says: 'ends too early',
  },
  {
    name: 'a parenthesis that is not closed',
    change: ['selection and not filter', '(selection and not filter'],
    at: '16:14',
    says: 'not closed',
  },
  {
    name: 'lookaround',
    change: ['|contains: read', "|re: 'a(?=b)'"],
    at: '12:26',
    says: 'lookaround is not in RE2',
  },
  {
    name: 'a back reference',
    change: ['|contains: read', "|re: '(a)\\1'"],
    at: '12:26',
    says: 'back references are not in RE2',
  },
  {
    name: 'an expression that is none',
    change: ['|contains: read', "|re: '(a'"],
    at: '12:26',
    says: 'not an RE2 expression',
  },
  {
    name: 'all with one value',
    change: ['|contains: read', '|contains|all: read'],
    at: '12:5',
    says: 'all needs a list',
  },
  {
    name: 'exists with a string',
    change: ['|contains: read', '|exists: maybe'],
    at: '12:30',
    says: 'exists is true or false',
  },
  {
    name: 'modifiers that exclude each other',
    change: ['|contains: read', '|contains|re: read'],
    at: '12:5',
    says: 'contains and re cannot be used together',
  },
  {
    name: 'a bad network',
    change: ['gen_ai.tool.name|contains: read', 'server.address|cidr: 10.0.0.0'],
    at: '12:26',
    says: 'is not a network',
  },
  {
    name: 'a comparison with a string',
    change: ['gen_ai.tool.name|contains: read', 'nightjar.args.size|gt: many'],
    at: '12:28',
    says: 'compared with a number',
  },
  {
    name: 'an unknown placeholder',
    change: ['|contains: read', "|expand: '%tools%'"],
    at: '12:30',
    says: 'no placeholder %tools% is configured',
  },
  {
    name: 'a reference to a field that is not there',
    change: ['|contains: read', '|fieldref: gen_ai.prompt'],
    at: '12:32',
    says: 'did you mean "gen_ai.prompt.name"?',
  },
  {
    name: 'a duplicate key',
    change: ['level: high', 'level: high\nlevel: low'],
    at: '6:1',
    says: 'unique',
  },
  {
    name: 'a stable rule without tests',
    change: ['status: test', 'status: stable'],
    at: '4:9',
    says: 'there are 0 and 0',
  },
  {
    name: 'an unknown correlation type',
    of: CORRELATED,
    change: ['event_count', 'event_counts'],
    at: '21:9',
    says: 'did you mean "event_count"?',
  },
  {
    name: 'a type that is not run',
    of: CORRELATED,
    change: ['event_count', 'value_percentile'],
    at: '21:9',
    says: '"value_percentile" is not a value of type',
  },
  {
    name: 'a rule that is not there',
    of: CORRELATED,
    change: ['rules: [key-read]', 'rules: [key-raed]'],
    at: '22:11',
    says: 'no rule is called "key-raed" (did you mean "key-read"?)',
  },
  {
    name: 'an invalid timespan',
    of: CORRELATED,
    change: ['timespan: 5m', 'timespan: 5 min'],
    at: '24:13',
    says: 'e.g. 15m',
  },
  {
    name: 'a timespan beyond an hour',
    of: CORRELATED,
    change: ['timespan: 5m', 'timespan: 2h'],
    at: '24:13',
    says: 'at most 1h',
  },
  {
    name: 'a condition without a bound',
    of: CORRELATED,
    change: ['    gt: 10', '    {}'],
    at: '26:5',
    says: 'event_count needs a condition',
  },
  {
    name: 'a field in a count',
    of: CORRELATED,
    change: ['    gt: 10', '    gt: 10\n    field: enduser.id'],
    at: '27:12',
    says: 'event_count takes no field',
  },
  {
    name: 'a sum of something that is no number',
    of: CORRELATED.replace('event_count', 'value_sum'),
    change: ['    gt: 10', '    gt: 10\n    field: enduser.id'],
    at: '27:12',
    says: 'enduser.id is not a number',
  },
  {
    name: 'a name that is taken',
    of: CORRELATED,
    change: ['name: many', 'name: key-read'],
    at: '19:7',
    says: 'name "key-read" is taken by rule.yml:1',
  },
  {
    name: 'an unknown group-by',
    of: CORRELATED,
    change: ['[enduser.id]', '[enduser.di]'],
    at: '23:14',
    says: 'did you mean "enduser.id"?',
  },
]

describe('a rule with a fault is refused, with place and remedy', () => {
  it('the good ones load', () => {
    expect(faultsOf(GOOD)).toEqual([])
    expect(faultsOf(CORRELATED)).toEqual([])
  })

  for (const { name, change, at, says, of = GOOD } of CASES)
    it(name, () => {
      expect(of).toContain(change[0])
      const faults = faultsOf(of.replace(change[0], change[1]))
      const texts = faults.map(({ line, column, message }) => `${line}:${column} ${message}`)
      const hit = texts.filter((text) => text.startsWith(`${at} `) && text.includes(says))
      expect(hit, texts.join('\n')).toHaveLength(1)
    })
})

it('all faults of all files are told at once, in order', () => {
  const sources = [
    {
      file: 'b.yml',
      text: GOOD.replace('level: high', 'level: x').replace('status: test', 'status: x'),
    },
    { file: 'a.yml', text: 'title: [' },
  ]
  expect(() => parseRules(sources)).toThrowError(/a\.yml:1:\d+: .*\nb\.yml:4:9: .*\nb\.yml:5:8: /s)
})

it('a refusal has a stable code and a hint', () => {
  try {
    parseRules([{ file: 'x.yml', text: '' }])
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(NightjarError)
    expect(error).toMatchObject({
      code: 'DETECT_RULE_INVALID',
      message: 'x.yml:1:1: the file holds no rule',
    })
    expect((error as NightjarError).hint).not.toBe('')
  }
})

it('correlations that feed each other are refused', () => {
  const circle = (name: string, from: string) =>
    `title: ${name}\nname: ${name}\ncorrelation: {type: event_count, rules: [${from}], timespan: 1m, condition: {gt: 1}}\n`
  const faults = faultsOf(`${circle('one', 'two')}---\n${circle('two', 'one')}`)
  expect(faults.map(({ message }) => message)).toEqual([
    'these correlations feed each other in a circle',
    'these correlations feed each other in a circle',
  ])
})

it('rules of one family must agree whose alert it is', () => {
  const second = GOOD.replace('key-read', 'other').replace(/^id: .*\n/m, '')
  const family = (text: string, more = '') => `${text}custom: {family: same${more}}\n`
  expect(faultsOf(`${family(GOOD)}---\n${family(second)}`)).toEqual([])
  const faults = faultsOf(`${family(GOOD)}---\n${family(second, ', entity: [host.name]')}`)
  expect(faults[0]?.message).toContain('share alerts')
})
