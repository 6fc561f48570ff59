import { z } from 'zod'
import { manifestSchema } from './manifest.ts'

/**
 * One piece of evidence that a server exists on a host: a config declares it, a package is installed, a process runs,
 * a port listens, or it listed its manifest. Key names only; never a value of an environment variable or header.
 */
export const sightingSchema = z.object({
  id: z.string(),
  tenant: z.string(),
  time: z.iso.datetime(),
  kind: z.enum(['declared', 'installed', 'running', 'listening', 'manifest']),
  /** Label of the server; self-asserted. */
  server: z.string(),
  /** Strongest identity known, as AuditEvent.serverKey. */
  serverKey: z.string().default(''),
  serverVersion: z.string().default(''),
  host: z.string().default(''),
  client: z.string().default(''),
  principal: z.string().default(''),
  transport: z.string().default(''),
  path: z.string().optional(),
  pid: z.number().int().optional(),
  port: z.number().int().optional(),
  manifest: manifestSchema.optional(),
  manifestHash: z.string().optional(),
})
export type Sighting = z.infer<typeof sightingSchema>
