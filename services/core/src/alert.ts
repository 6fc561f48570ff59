import { z } from 'zod'
import { findingSchema } from './finding.ts'
import { SEVERITIES } from './vocab.ts'

export const ALERT_STATES = ['open', 'acknowledged', 'closed'] as const
export const CLOSE_REASONS = [
  'true_positive',
  'benign_true_positive',
  'false_positive',
  'duplicate',
  'expected_change',
  'test',
  'other',
] as const

/** How the risk (0 to 100) was computed: severity × criticality × confidence, capped. */
export const riskSchema = z.object({
  score: z.number(),
  severity: z.number(),
  criticality: z.number(),
  confidence: z.number(),
})

/** One line of an alert's history: who did what, when and why. */
export const alertHistorySchema = z.object({
  time: z.iso.datetime(),
  actor: z.string(),
  action: z.string(),
  detail: z.string(),
  /** The command that wrote the line, so that a redelivered one is applied once. */
  commandId: z.string().optional(),
})

/**
 * Findings of one fingerprint, folded; lives from open over acknowledged to closed and is never deleted. `version`
 * grows with each change. A closed alert whose fingerprint fires again opens again (`regressed`).
 */
export const alertSchema = z.object({
  id: z.string(),
  tenant: z.string(),
  fingerprint: z.string(),
  family: z.string(),
  title: z.string(),
  summary: z.string(),
  severity: z.enum(SEVERITIES),
  state: z.enum(ALERT_STATES),
  closeReason: z.enum(CLOSE_REASONS).optional(),
  regressed: z.boolean(),
  suppressed: z.boolean(),
  owner: z.string(),
  count: z.number().int(),
  firstSeen: z.iso.datetime(),
  lastSeen: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  ruleIds: z.array(z.string()),
  tags: z.array(z.string()),
  entity: z.record(z.string(), z.string()),
  risk: riskSchema,
  /** Newest finding folded in; its evidence explains the alert. */
  finding: findingSchema,
  findingIds: z.array(z.string()).max(200),
  eventIds: z.array(z.string()).max(100),
  history: z.array(alertHistorySchema).max(200),
  version: z.number().int(),
})
export type Alert = z.infer<typeof alertSchema>
export type AlertState = (typeof ALERT_STATES)[number]
export type CloseReason = (typeof CLOSE_REASONS)[number]
