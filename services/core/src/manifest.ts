import { z } from 'zod'

const named = z.looseObject({ name: z.string() })

/**
 * What a server says it offers, as it was listed: tools, prompts, resources, templates and instructions. Items keep
 * every key the server sent. `partial` names the lists that were not seen, so that absence is not taken for removal.
 */
export const manifestSchema = z.object({
  serverInfo: z.looseObject({ name: z.string(), version: z.string().optional() }).optional(),
  protocolVersion: z.string().optional(),
  instructions: z.string().optional(),
  tools: z.array(named).optional(),
  prompts: z.array(named).optional(),
  resources: z.array(z.looseObject({ uri: z.string() })).optional(),
  resourceTemplates: z.array(z.looseObject({ uriTemplate: z.string() })).optional(),
})
export type Manifest = z.infer<typeof manifestSchema>

/** One difference between two manifests. `path` is `tools/<name>/<field>…`; texts are bounded. */
export const manifestChangeSchema = z.object({
  kind: z.enum(['added', 'removed', 'changed', 'renamed']),
  path: z.string(),
  /** What the change means, e.g. `description`, `schema`, `annotation`, `instructions`, `tool`. */
  class: z.string(),
  severity: z.enum(['informational', 'low', 'medium', 'high', 'critical']),
  reason: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
})
export type ManifestChange = z.infer<typeof manifestChangeSchema>
