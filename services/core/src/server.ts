import { z } from 'zod'
import { manifestChangeSchema } from './manifest.ts'

export const SERVER_STATES = ['pending', 'approved', 'rejected', 'quarantined', 'retired'] as const

const proofSchema = z.object({
  firstSeen: z.iso.datetime(),
  lastSeen: z.iso.datetime(),
  count: z.number().int(),
})

/** An approval or rejection of a manifest or server, with who and why. */
export const judgementSchema = z.object({
  actor: z.string(),
  reason: z.string(),
  time: z.iso.datetime(),
})

/**
 * The registry's record of one MCP server of a tenant, with three independent proofs: declared, running, called.
 * The first manifest is pinned and pending; `drift` holds the difference that waits for a judgement.
 */
export const serverSchema = z.object({
  id: z.string(),
  tenant: z.string(),
  name: z.string(),
  key: z.string(),
  keyKind: z.enum(['label', 'command', 'package', 'digest', 'url']),
  /** Other labels and keys it was seen under; a judgement of the server holds for all its labels. */
  aliases: z.array(z.string()).max(20).optional(),
  state: z.enum(SERVER_STATES),
  judgement: judgementSchema.optional(),
  version: z.string(),
  transport: z.string(),
  protocolVersion: z.string(),
  declared: proofSchema.optional(),
  running: proofSchema.optional(),
  called: proofSchema.optional(),
  hosts: z.array(z.string()).max(50),
  clients: z.array(z.string()).max(50),
  tools: z.array(z.string()).max(500),
  manifestHash: z.string(),
  approvedHash: z.string(),
  drift: z
    .object({
      fromHash: z.string(),
      toHash: z.string(),
      time: z.iso.datetime(),
      severity: z.enum(['informational', 'low', 'medium', 'high', 'critical']),
      changes: z.array(manifestChangeSchema).max(200),
    })
    .optional(),
  firstSeen: z.iso.datetime(),
  lastSeen: z.iso.datetime(),
  revision: z.number().int(),
})
export type Server = z.infer<typeof serverSchema>

/** One manifest a server was seen with. */
export const manifestVersionSchema = z.object({
  serverId: z.string(),
  tenant: z.string(),
  hash: z.string(),
  state: z.enum(['pinned', 'pending', 'approved', 'rejected', 'superseded']),
  judgement: judgementSchema.optional(),
  firstSeen: z.iso.datetime(),
  lastSeen: z.iso.datetime(),
  hosts: z.array(z.string()).max(50),
  /** Canonical manifest as JSON text. */
  manifest: z.string(),
  changes: z.array(manifestChangeSchema).max(200),
  revision: z.number().int(),
})
export type ManifestVersion = z.infer<typeof manifestVersionSchema>
