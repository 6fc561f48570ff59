import { type Manifest, manifestSchema } from '@nightjar/core'
import { z } from 'zod'

const pageSchema = z.looseObject({ nextCursor: z.string().max(8192).optional() })

/** List methods, with the member of the result and of the manifest that holds their items. */
export const LIST_MEMBER = {
  'tools/list': 'tools',
  'prompts/list': 'prompts',
  'resources/list': 'resources',
  'resources/templates/list': 'resourceTemplates',
} as const
export type ListMethod = keyof typeof LIST_MEMBER

/** True for the four methods that list what a server offers. */
export function isListMethod(method: string): method is ListMethod {
  return Object.hasOwn(LIST_MEMBER, method)
}

/** One page of a list. */
export interface ListPage {
  readonly items: readonly Readonly<Record<string, unknown>>[]
  readonly nextCursor: string | undefined
}

/** The page in a list result, undefined when it is none. */
export function readListPage(method: ListMethod, result: unknown): ListPage | undefined {
  const envelope = pageSchema.safeParse(result)
  if (!envelope.success) return undefined
  const member = LIST_MEMBER[method]
  const items = manifestSchema.shape[member].safeParse(envelope.data[member])
  if (!items.success || items.data === undefined) return undefined
  return { items: items.data, nextCursor: envelope.data.nextCursor || undefined }
}

const capabilities = z.record(z.string(), z.unknown()).catch({})

const serverInfo = manifestSchema.shape.serverInfo.catch(undefined)
const metaSchema = z.looseObject({
  _meta: z.looseObject({ 'io.modelcontextprotocol/serverInfo': serverInfo }),
})

/** The server's description of itself in the metadata of any result (2026-07-28). */
export function readServerInfo(result: unknown): Manifest['serverInfo'] {
  const read = metaSchema.safeParse(result)
  return read.success ? read.data._meta['io.modelcontextprotocol/serverInfo'] : undefined
}

const greetingSchema = z.looseObject({
  serverInfo,
  protocolVersion: z.string().max(64).optional().catch(undefined),
  instructions: z.string().optional().catch(undefined),
  capabilities: capabilities.optional(),
})

/** What a server says of itself before any list: the result of initialize or server/discover. */
export interface Greeting {
  readonly serverInfo: Manifest['serverInfo']
  readonly protocolVersion: string | undefined
  /** `''` when the server gives none: known to be absent. */
  readonly instructions: string
  /** Capabilities declared, undefined when none were given. */
  readonly capabilities: ReadonlySet<string> | undefined
}

/** The greeting in a result of initialize or server/discover, undefined when it is none. */
export function readGreeting(result: unknown): Greeting | undefined {
  const read = greetingSchema.safeParse(result)
  if (!read.success) return undefined
  const { capabilities: declared } = read.data
  return {
    serverInfo: read.data.serverInfo ?? readServerInfo(result),
    protocolVersion: read.data.protocolVersion,
    instructions: read.data.instructions ?? '',
    capabilities: declared === undefined ? undefined : new Set(Object.keys(declared)),
  }
}
