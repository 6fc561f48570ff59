import type { Alert, Finding, Severity } from '@nightjar/core'

const SEVERITY_POINTS: Readonly<Record<Severity, number>> = {
  informational: 10,
  low: 30,
  medium: 55,
  high: 80,
  critical: 95,
}

/** How sure a claim is, 0.5 to 1: the finding's `data.confidence` where the rule gives one, else 1. */
export function confidenceOf(finding: Finding): number {
  const given = finding.data?.confidence
  if (typeof given !== 'number' || Number.isNaN(given)) return 1
  return Math.min(1, Math.max(0.5, given))
}

/** Risk from 0 to 100 with its parts: severity points × criticality × confidence, capped and rounded. */
export function riskOf(severity: Severity, confidence: number): Alert['risk'] {
  const points = SEVERITY_POINTS[severity]
  const criticality = 1
  const score = Math.min(100, Math.round(points * criticality * confidence))
  return { score, severity: points, criticality, confidence }
}
