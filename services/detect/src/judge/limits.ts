import { z } from 'zod'

/** Bounds of everything the engine remembers. What is given up is counted. */
export const limitsSchema = z.strictObject({
  /** Groups of each rule. */
  maxGroups: z.number().int().min(1).default(50_000),
  /** Steps or values of all groups of a correlation. */
  maxEntries: z.number().int().min(16).default(1_000_000),
  /** Distinct values of one group. */
  maxDistinct: z.number().int().min(1).default(5000),
  /** Calls whose vantages are still folded; twice as many may be remembered. */
  foldCalls: z.number().int().min(16).default(131_072),
  /** Events that findings can still name. */
  evidence: z.number().int().min(1024).default(1_048_576),
  /** How much later than it happened an event may be received and still count in a window. */
  latenessMs: z.number().int().min(0).default(300_000),
  /** Groups of a new_terms rule. */
  maxTermGroups: z.number().int().min(1).default(100_000),
})
export type Limits = z.infer<typeof limitsSchema>

/** The bounds as they are without configuration. */
export const DEFAULT_LIMITS: Limits = limitsSchema.parse({})
