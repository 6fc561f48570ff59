import { z } from 'zod'
import { SEVERITIES } from './vocab.ts'

/** Where alerts go. `sealedSecret` is the signing secret, encrypted ({@link Sealer}); no answer of the API holds it. */
export const destinationSchema = z.object({
  id: z.string(),
  tenant: z.string(),
  name: z.string().min(1).max(100),
  type: z.enum(['webhook']),
  url: z.url(),
  sealedSecret: z.string(),
  minSeverity: z.enum(SEVERITIES),
  enabled: z.boolean(),
  /** Why it is held or disabled, where it is. */
  status: z.enum(['ok', 'retrying', 'held', 'disabled']),
  statusDetail: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** Set once it is removed; the row stays for the ledger, lists leave it out. */
  removedAt: z.iso.datetime().optional(),
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
  /** `superseded`: a newer version of the alert is sent instead, or the alert was suppressed while it waited. */
  state: z.enum(['pending', 'delivered', 'retrying', 'held', 'rejected', 'superseded']),
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

/** Encrypts small secrets at rest (AES-256-GCM under a derived key). `open` throws when the text was changed. */
export interface Sealer {
  seal(plaintext: string): string
  open(sealed: string): string
}
