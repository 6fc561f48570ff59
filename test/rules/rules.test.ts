import { loadRules, type RuleTestResult, runRuleTests } from '@nightjar/detect'
import { describe, expect, it } from 'vitest'

const rules = loadRules('rules')
const byRule = new Map<string, RuleTestResult[]>()
for (const result of runRuleTests(rules)) {
  const list = byRule.get(result.rule) ?? []
  list.push(result)
  byRule.set(result.rule, list)
}

for (const [rule, results] of byRule)
  describe(rule, () => {
    for (const result of results)
      it(result.name, () => {
        expect(result.message).toBe('')
        expect(result.ok).toBe(true)
      })
  })
