import type { RuleView } from '@nightjar/core'
import type { LoadedRules, Rule } from './rule/model.ts'

/** A rule as the API shows it. Rules that only feed others are not shown. */
function viewOf(rule: Rule, findings24h: number): RuleView {
  return {
    id: rule.id,
    title: rule.title,
    description: rule.description,
    severity: rule.severity,
    family: rule.family,
    type: rule.type,
    status: rule.status,
    tags: [...rule.tags],
    file: rule.file,
    source: rule.document.text,
    tests: rule.tests.length,
    findings24h,
  }
}

/** The rules that speak for themselves, by id. `findings` tells how many findings an id gave in the last 24 hours. */
export function ruleViews(
  rules: LoadedRules,
  findings: (ruleId: string) => number = () => 0,
): RuleView[] {
  return rules.rules
    .filter((rule) => rule.emits)
    .map((rule) => viewOf(rule, findings(rule.id)))
    .sort((a, b) => a.id.localeCompare(b.id))
}

const HOUR_MS = 3_600_000
const HOURS = 24

/** Findings per rule in the last 24 hours, by the hour, since the process began. Bounded by the rules there are. */
export class FindingCounts {
  readonly #hours = new Map<string, Map<number, number>>()

  add(ruleId: string, now: number): void {
    const hour = Math.floor(now / HOUR_MS)
    const counts = this.#hours.get(ruleId) ?? new Map<number, number>()
    counts.set(hour, (counts.get(hour) ?? 0) + 1)
    for (const old of counts.keys()) if (old <= hour - HOURS) counts.delete(old)
    this.#hours.set(ruleId, counts)
  }

  last24h(ruleId: string, now: number): number {
    const since = Math.floor(now / HOUR_MS) - HOURS
    let sum = 0
    for (const [hour, count] of this.#hours.get(ruleId) ?? []) if (hour > since) sum += count
    return sum
  }
}
