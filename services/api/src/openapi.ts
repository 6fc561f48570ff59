import swagger from '@fastify/swagger'
import { createJsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { App } from './http/app.ts'

type Json = Record<string, unknown>

/** Names of the components that a part of the document leads to. */
function collectReferences(value: unknown, into: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collectReferences(item, into)
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) {
      const name = key === '$ref' ? /^#\/components\/schemas\/(.+)$/.exec(String(item))?.[1] : ''
      if (name) into.add(name)
      else collectReferences(item, into)
    }
}

/** The document without the components nothing leads to: every schema is registered twice, as input and output. */
export function withoutUnused(document: Json): Json {
  const components = (document.components ?? {}) as Json
  const schemas = (components.schemas ?? {}) as Json
  const used = new Set<string>()
  collectReferences(document.paths, used)
  for (let size = -1; size !== used.size; ) {
    size = used.size
    for (const name of [...used]) collectReferences(schemas[name], used)
  }
  const kept = Object.entries(schemas).filter(([name]) => used.has(name))
  kept.sort(([a], [b]) => (a < b ? -1 : 1))
  return { ...document, components: { ...components, schemas: Object.fromEntries(kept) } }
}

/** A body that may be left out is one that may be null for the validator; OpenAPI says it otherwise. */
export function withOptionalBodies(document: Json): Json {
  const operations = Object.values((document.paths ?? {}) as Json).flatMap((path) =>
    Object.values(path as Json),
  )
  for (const operation of operations as { requestBody?: Json }[]) {
    const content = operation.requestBody?.content as Record<string, Json> | undefined
    const json = content?.['application/json']
    const { anyOf } = (json?.schema ?? {}) as { anyOf?: { type?: string }[] }
    const [schema, ...others] = anyOf?.filter(({ type }) => type !== 'null') ?? []
    if (!json || !operation.requestBody || !schema || others.length > 0) continue
    if (anyOf?.length === 1) continue
    operation.requestBody.required = false
    json.schema = schema
  }
  return document
}

/** Describes every route as OpenAPI 3.1. Call it before routes are added. */
export async function describeApi(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Nightjar',
        version,
        description: 'Every question and command of the dashboard and the CLI.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'The admin token.' },
          session: { type: 'apiKey', in: 'cookie', name: 'nightjar_session' },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    transform: createJsonSchemaTransform({ skipList: [] }),
    transformObject: jsonSchemaTransformObject,
  })
}

/** Serves the document. */
export function openApiRoute(app: App): void {
  let document: Json | undefined
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, () => {
    document ??= withoutUnused(withOptionalBodies(app.swagger() as unknown as Json))
    return document
  })
}
