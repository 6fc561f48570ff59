import { z } from 'zod'
import type { JsonObject } from '../json-span.ts'
import type { Implementation } from '../message.ts'

const implementationSchema = z.object({
  name: z.string().max(256),
  version: z.string().max(128).catch(''),
})

/** A party's name and version, undefined when it gives none. Shared by both eras. */
export function readImplementation(value: unknown): Implementation | undefined {
  const read = implementationSchema.safeParse(value)
  return read.success ? read.data : undefined
}

/** What `initialize` says of the client (2025-11-25 lifecycle, initialization). */
export function readInitializeParams(params: JsonObject): {
  protocolVersion?: string
  client?: Implementation
} {
  const protocolVersion = params.string('protocolVersion', 64)
  const client = readImplementation(params.value('clientInfo'))
  return { ...(protocolVersion && { protocolVersion }), ...(client && { client }) }
}

/** What an initialize result says of the server: recognised by `protocolVersion` beside `serverInfo`. */
export function readInitializeResult(result: JsonObject): {
  protocolVersion?: string
  server?: Implementation
} {
  if (!result.has('protocolVersion') || !result.has('serverInfo')) return {}
  const protocolVersion = result.string('protocolVersion', 64)
  const server = readImplementation(result.value('serverInfo'))
  return { ...(protocolVersion && { protocolVersion }), ...(server && { server }) }
}
