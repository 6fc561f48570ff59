/** A tool, prompt or resource as the manifest lists it. */
export interface ManifestItem {
  readonly name: string
  readonly description: string
  readonly hints: readonly string[]
  /** The rest of the item, as JSON text. */
  readonly rest: string
}

/** What a manifest holds, read for showing; empty where the text is no manifest. */
export interface ManifestContent {
  readonly instructions: string
  readonly groups: readonly { readonly title: string; readonly items: readonly ManifestItem[] }[]
}

const GROUPS = [
  ['tools', 'Tools', 'name'],
  ['prompts', 'Prompts', 'name'],
  ['resources', 'Resources', 'uri'],
  ['resourceTemplates', 'Resource templates', 'uriTemplate'],
] as const

/** Reads the canonical manifest's JSON. */
export function readManifest(text: string): ManifestContent {
  const manifest = objectOf(parse(text))
  const groups = GROUPS.map(([key, title, name]) => ({
    title,
    items: listOf(manifest[key]).map((item) => itemOf(objectOf(item), name)),
  }))
  return {
    instructions: textOf(manifest.instructions),
    groups: groups.filter(({ items }) => items.length > 0),
  }
}

function itemOf(item: Record<string, unknown>, nameKey: string): ManifestItem {
  const { description, annotations, ...rest } = item
  delete rest[nameKey]
  const hints = Object.entries(objectOf(annotations)).map(([key, value]) => `${key}: ${value}`)
  return {
    name: textOf(item[nameKey]),
    description: textOf(description),
    hints,
    rest: Object.keys(rest).length > 0 ? JSON.stringify(rest, null, 2) : '',
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
