import { readFileSync } from 'node:fs'
import { loadRules, ruleJsonSchema } from '@nightjar/detect'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'

const rules = loadRules('rules').rules

/** Ids of the editions this pack is written for. A newer edition is a change of this list, seen by a person. */
const EDITIONS = {
  // MITRE ATT&CK v19
  attack: [
    ...[
      't1020',
      't1027',
      't1036.005',
      't1059',
      't1069',
      't1078.004',
      't1083',
      't1098.003',
      't1119',
    ],
    ...[
      't1190',
      't1195.001',
      't1195.002',
      't1199',
      't1213',
      't1485',
      't1489',
      't1496.004',
      't1499',
    ],
    ...[
      't1518',
      't1526',
      't1548',
      't1550',
      't1550.001',
      't1552',
      't1552.001',
      't1552.005',
      't1554',
    ],
    ...['t1567', 't1595', 't1685', 't1685.002', 't1689'],
  ],
  // MITRE ATLAS 2026.09
  atlas: [
    ...[
      'aml-t0006.003',
      'aml-t0010.001',
      'aml-t0010.005',
      'aml-t0011.002',
      'aml-t0012',
      'aml-t0025',
    ],
    ...['aml-t0029', 'aml-t0034.000', 'aml-t0034.001', 'aml-t0034.002', 'aml-t0049', 'aml-t0050'],
    ...['aml-t0051.000', 'aml-t0051.001', 'aml-t0051.002', 'aml-t0053', 'aml-t0055', 'aml-t0057'],
    ...['aml-t0061', 'aml-t0068', 'aml-t0073', 'aml-t0074', 'aml-t0080.000', 'aml-t0080.001'],
    ...['aml-t0081', 'aml-t0083', 'aml-t0084.001', 'aml-t0085.001', 'aml-t0086', 'aml-t0091.000'],
    ...['aml-t0094', 'aml-t0096', 'aml-t0098', 'aml-t0099', 'aml-t0101', 'aml-t0103', 'aml-t0105'],
    ...['aml-t0106', 'aml-t0107', 'aml-t0108', 'aml-t0109', 'aml-t0110.000', 'aml-t0110.001'],
    ...['aml-t0110.002', 'aml-t0112.000', 'aml-t0115.002', 'aml-t0118.000', 'aml-t0118.001'],
    ...['aml-t0121', 'aml-t0123', 'aml-t0132', 'aml-t0133'],
  ],
  // OWASP MCP Top 10 2025 (v0.1)
  'owasp-mcp': Array.from({ length: 10 }, (_, i) => `mcp${String(i + 1).padStart(2, '0')}`),
  // OWASP Top 10 for Agentic Applications 2026
  'owasp-asi': Array.from({ length: 10 }, (_, i) => `asi${String(i + 1).padStart(2, '0')}`),
}
const KNOWN = new Set(
  Object.entries(EDITIONS).flatMap(([space, ids]) => ids.map((id) => `${space}.${id}`)),
)

describe('tags', () => {
  it('are ids of the pinned editions', () => {
    const strange = rules.flatMap(({ file, tags }) =>
      tags.filter((tag) => !KNOWN.has(tag)).map((tag) => `${file}: ${tag}`),
    )
    expect(strange).toEqual([])
  })

  it.each([
    'atlas.aml-t0104',
    'attack.t1562',
    'attack.t1562.001',
    'atlas.aml-t0110',
    'owasp-mcp.mcp11',
  ])('%s is retired or never was', (tag) => {
    expect(KNOWN.has(tag)).toBe(false)
  })

  it('every claim has at least one', () => {
    expect(
      rules.filter(({ emits, tags }) => emits && tags.length === 0).map(({ id }) => id),
    ).toEqual([])
  })
})

describe('the pack', () => {
  it('holds the claims that were promised', () => {
    expect(
      rules
        .filter(({ emits }) => emits)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([
      'blocked-server-call',
      'cloud-metadata-access',
      'denied-call-burst',
      'denied-scope-then-success',
      'destructive-burst',
      'exfiltration-burst-bytes',
      'exfiltration-burst-calls',
      'exfiltration-burst-egress',
      'exfiltration-burst-resources',
      'header-mismatch',
      'manifest-drift',
      'path-traversal',
      'scope-escalation',
      'secret-to-egress',
      'sensitive-read-then-egress',
      'toxic-flow',
      'unapproved-server-call',
    ])
  })

  it('is stable, and says in one sentence what was seen', () => {
    for (const { id, emits, status, summary, type } of rules.filter((rule) => rule.emits)) {
      expect([id, emits, status]).toEqual([id, true, 'stable'])
      if (type !== 'drift') expect(summary, id).not.toBe('')
    }
  })

  it('fits its published schema, which is up to date', () => {
    const schema = JSON.parse(readFileSync('rules/schema.json', 'utf8'))
    expect(schema).toEqual(JSON.parse(JSON.stringify(ruleJsonSchema())))
    const validate = new Ajv2020({ strict: false }).compile(schema)
    for (const file of new Set(rules.map((rule) => rule.file)))
      for (const document of parseAllDocuments(readFileSync(`rules/${file}`, 'utf8'))) {
        expect(
          validate(document.toJS()),
          `${file}: ${JSON.stringify(validate.errors?.slice(0, 3))}`,
        ).toBe(true)
      }
  })
})
