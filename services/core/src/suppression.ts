import { z } from 'zod'

/** Hides matching alerts from the queue and from delivery until it ends. Every field of `match` must be equal. */
export const suppressionSchema = z.object({
  id: z.string(),
  tenant: z.string(),
  match: z.object({
    fingerprint: z.string().optional(),
    family: z.string().optional(),
    ruleId: z.string().optional(),
    principal: z.string().optional(),
    server: z.string().optional(),
  }),
  reason: z.string().min(1),
  author: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  /** Who ended it before its time, and why. */
  endedBy: z.string().optional(),
  endReason: z.string().optional(),
  /** How often it hid something: an alert when it began, a finding while it was in force. */
  hidden: z.number().int(),
  version: z.number().int(),
})
export type Suppression = z.infer<typeof suppressionSchema>
