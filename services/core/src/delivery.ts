import { z } from 'zod'
import { SEVERITIES } from './vocab.ts'

/** Where alerts go. The secret is kept apart and never leaves the deliver room. */
export const destinationSchema = z.object({
  id: z.string(),
  tenant: z.string(),
  name: z.string().min(1).max(100),
  type: z.enum(['webhook']),
  url: z.url(),
  minSeverity: z.enum(SEVERITIES),
  enabled: z.boolean(),
  /** Why it is held or disabled, where it is. */
  status: z.enum(['ok', 'retrying', 'held', 'disabled']),
  statusDetail: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  version: z.number().int(),
})
export type Destination = z.infer<typeof destinationSchema>

/** One line of the ledger: what became of one alert version at one destination. */
export const deliverySchema = z.object({
  id: z.string(),
  tenant: z.string(),
  destinationId: z.string(),
  alertId: z.string(),
  alertVersion: z.number().int(),
  /** Constant over retries; the receiver's idempotency key. */
  messageId: z.string(),
  state: z.enum(['pending', 'delivered', 'retrying', 'held', 'rejected']),
  test: z.boolean(),
  attempts: z.number().int(),
  responseStatus: z.number().int(),
  error: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  nextAttemptAt: z.iso.datetime().optional(),
  latencyMs: z.number(),
  version: z.number().int(),
})
export type Delivery = z.infer<typeof deliverySchema>
