import { z } from 'zod'
import { type ColumnName, columnSpec } from './columns.ts'
import { SEVERITIES } from './vocab.ts'

/**
 * One claim of one rule about events. `id` is deterministic: the same input and rule give the same id. Findings with
 * one `fingerprint` belong to one alert.
 */
export const findingSchema = z.object({
  id: z.string(),
  tenant: z.string(),
  ruleId: z.string(),
  ruleTitle: z.string(),
  severity: z.enum(SEVERITIES),
  /** Rules of one family mean one thing, and share alerts: `exfiltration-burst`, `manifest-drift`, … */
  family: z.string(),
  /** sha-256 hex (first 32) of tenant, family and entity. */
  fingerprint: z.string(),
  /** Time of the event that completed the claim. */
  time: z.iso.datetime(),
  firstTime: z.iso.datetime(),
  /** One sentence with the values filled in; redacted. */
  summary: z.string(),
  /** Who and what it is about, e.g. principal, server, tool, host. */
  entity: z.record(z.string(), z.string()),
  /** What was seen against what the rule allows. */
  observed: z.number().optional(),
  threshold: z.number().optional(),
  windowMs: z.number().optional(),
  /** Ids of the events that show it, newest last, at most 100; `eventCount` counts all. */
  eventIds: z.array(z.string()).max(100),
  eventCount: z.number().int(),
  /** Sigma tags: attack.t1567, atlas.aml-t0086, owasp-mcp.mcp10 … */
  tags: z.array(z.string()),
  /** Claim-specific facts, e.g. a manifest diff. */
  data: z.record(z.string(), z.unknown()).optional(),
})
export type Finding = z.infer<typeof findingSchema>

/**
 * What an entity says of a column, under its short name or its OpenTelemetry attribute; '' where it says nothing.
 * A rule that names its actor (`nightjar.actor`: the principal, else who stands for it) names a principal.
 */
export function entityValue(entity: Finding['entity'], column: ColumnName): string {
  const value = entity[column] ?? entity[columnSpec(column).attribute]
  if (value !== undefined || column !== 'principal') return value ?? ''
  return entity['nightjar.actor'] ?? entity.actor ?? ''
}
