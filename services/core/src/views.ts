import { z } from 'zod'
import { auditEventSchema } from './event.ts'
import { OUTCOMES, SEVERITIES, VANTAGES } from './vocab.ts'

/** A page of a list. `total` counts everything that matches, not just this page. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable(),
    total: z.number().int(),
  })
}
export interface Page<T> {
  items: T[]
  nextCursor: string | null
  total: number
}

/** One MCP call, its vantages folded. */
export const callViewSchema = z.object({
  id: z.string(),
  time: z.iso.datetime(),
  method: z.string(),
  tool: z.string(),
  outcome: z.enum(OUTCOMES),
  principal: z.string(),
  server: z.string(),
  client: z.string(),
  durationUs: z.number(),
  vantages: z.array(z.enum(VANTAGES)),
  events: z.array(auditEventSchema),
})
export type CallView = z.infer<typeof callViewSchema>

/** Calls of one principal and client that belong together: by conversation, session, trace, else by idle gap. */
export const sessionViewSchema = z.object({
  id: z.string(),
  principal: z.string(),
  client: z.string(),
  host: z.string(),
  servers: z.array(z.string()),
  firstTime: z.iso.datetime(),
  lastTime: z.iso.datetime(),
  calls: z.number().int(),
  errors: z.number().int(),
  denied: z.number().int(),
  argsBytes: z.number(),
  resultBytes: z.number(),
  tools: z.array(z.string()),
})
export type SessionView = z.infer<typeof sessionViewSchema>

/** A rule as loaded, with what it did. */
export const ruleViewSchema = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  severity: z.enum(SEVERITIES),
  family: z.string(),
  type: z.string(),
  status: z.string(),
  tags: z.array(z.string()),
  file: z.string(),
  source: z.string(),
  tests: z.number().int(),
  findings24h: z.number().int(),
})
export type RuleView = z.infer<typeof ruleViewSchema>

/** Counts per interval. */
export const seriesPointSchema = z.object({
  time: z.iso.datetime(),
  calls: z.number(),
  errors: z.number(),
  denied: z.number(),
})

/** The overview: is now normal, what needs a person. */
export const overviewSchema = z.object({
  openAlerts: z.record(z.enum(SEVERITIES), z.number()),
  servers: z.object({ total: z.number(), pending: z.number(), drift: z.number() }),
  calls: z.object({
    last24h: z.number(),
    previous24h: z.number(),
    errors24h: z.number(),
    denied24h: z.number(),
  }),
  principals24h: z.number(),
  series: z.array(seriesPointSchema),
  topServers: z.array(z.object({ server: z.string(), calls: z.number(), errors: z.number() })),
  topTools: z.array(
    z.object({ server: z.string(), tool: z.string(), calls: z.number(), errors: z.number() }),
  ),
})
export type Overview = z.infer<typeof overviewSchema>

/** Health of ingest, detection and delivery. */
export const healthViewSchema = z.object({
  status: z.enum(['ok', 'degraded', 'down']),
  version: z.string(),
  startedAt: z.iso.datetime(),
  ingest: z.object({
    events: z.number(),
    lastEventTime: z.iso.datetime().nullable(),
    lastReceivedTime: z.iso.datetime().nullable(),
    lagMs: z.number().nullable(),
    duplicates: z.number(),
    rejected: z.number(),
    skipped: z.number(),
    retryLater: z.number(),
  }),
  detect: z.object({ lagEvents: z.number(), rules: z.number(), windowsEvicted: z.number() }),
  deliver: z.object({ pending: z.number(), held: z.number() }),
  store: z.object({
    engine: z.string(),
    rows: z.number(),
    bytes: z.number(),
    restarts: z.number(),
  }),
  sources: z.array(
    z.object({
      emitter: z.string(),
      host: z.string(),
      lastSeen: z.iso.datetime(),
      events24h: z.number(),
      lost24h: z.number(),
      quality: z.array(z.string()),
    }),
  ),
})
export type HealthView = z.infer<typeof healthViewSchema>

/** RFC 9457 problem. `code` is stable, `hint` says what to do next. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  hint: z.string().optional(),
  requestId: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
})
export type Problem = z.infer<typeof problemSchema>
