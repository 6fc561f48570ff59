import { type Manifest, manifestSchema } from '@nightjar/core'
import { parsed } from '../json-span.ts'
import { canonicalManifest, hashCanonical } from './canonical.ts'
import {
  type Greeting,
  isListMethod,
  LIST_MEMBER,
  type ListMethod,
  readGreeting,
  readListPage,
  readServerInfo,
} from './page.ts'

/** Most items a list may have, and most unfinished paginations that are kept; beyond, a list stays unknown. */
const MAX_ITEMS = 10_000
const MAX_UNFINISHED = 16
/** Largest canonical manifest in UTF-16 units. */
const MAX_CANONICAL = 4 * 1024 * 1024

type Item = Readonly<Record<string, unknown>>

/** A manifest with its canonical text and hash. */
export interface AssembledManifest {
  readonly manifest: Manifest
  readonly canonical: string
  readonly hash: string
}

/** What a server answered to a request about itself. */
export interface ManifestAnswer {
  readonly method: string
  /** Cursor of the request, where it had one. */
  readonly cursor?: string | undefined
  /** The result, parsed or as JSON text. */
  readonly result: unknown
}

const CAPABILITY: Readonly<Record<(typeof LIST_MEMBER)[ListMethod], string>> = {
  tools: 'tools',
  prompts: 'prompts',
  resources: 'resources',
  resourceTemplates: 'resources',
}

/**
 * Folds the answers of one server (initialize or server/discover, and its lists with their pages) into a manifest.
 * A list counts when its last page was seen; a list whose capability the server does not declare counts as empty.
 * The manifest is known once the tools are, or every list of a server without tools. Bounded: 10,000 items a list,
 * 16 unfinished paginations (the oldest is forgotten).
 */
export class ManifestAssembler {
  readonly #lists = new Map<ListMethod, readonly Item[]>()
  readonly #unfinished = new Map<string, readonly Item[]>()
  #greeting: Greeting | undefined
  #serverInfo: Manifest['serverInfo']
  #current: AssembledManifest | undefined

  /** The manifest as known so far; undefined before it is complete enough to judge. */
  get current(): AssembledManifest | undefined {
    return this.#current
  }

  /** Folds an answer. Gives the manifest when this answer completed or changed it, else undefined. Never throws. */
  fold(answer: ManifestAnswer): AssembledManifest | undefined {
    const result = typeof answer.result === 'string' ? parsed(answer.result) : answer.result
    if (answer.method === 'initialize' || answer.method === 'server/discover') {
      const greeting = readGreeting(result)
      if (greeting === undefined) return undefined
      this.#greeting = greeting
      this.#serverInfo = greeting.serverInfo
    } else if (
      !isListMethod(answer.method) ||
      !this.#foldPage(answer.method, answer.cursor, result)
    ) {
      return undefined
    }
    // A client may have greeted the server through another process of it (2026-07-28, probing).
    this.#serverInfo ??= readServerInfo(result)
    return this.#reassemble()
  }

  #foldPage(method: ListMethod, cursor: string | undefined, result: unknown): boolean {
    const page = readListPage(method, result)
    if (page === undefined) return false
    const begun = cursor === undefined ? [] : this.#unfinished.get(`${method} ${cursor}`)
    if (begun === undefined) return false
    if (cursor !== undefined) this.#unfinished.delete(`${method} ${cursor}`)
    const items = [...begun, ...page.items]
    if (items.length > MAX_ITEMS) return false
    if (page.nextCursor === undefined) {
      this.#lists.set(method, items)
      return true
    }
    this.#unfinished.set(`${method} ${page.nextCursor}`, items)
    const oldest = this.#unfinished.keys().next().value
    if (this.#unfinished.size > MAX_UNFINISHED && oldest !== undefined)
      this.#unfinished.delete(oldest)
    return false
  }

  #list(method: ListMethod): readonly Item[] | undefined {
    const declared = this.#greeting?.capabilities
    const missing = declared !== undefined && !declared.has(CAPABILITY[LIST_MEMBER[method]])
    return this.#lists.get(method) ?? (missing ? [] : undefined)
  }

  #reassemble(): AssembledManifest | undefined {
    const lists = Object.entries(LIST_MEMBER)
      .map(([method, member]) => [member, this.#list(method as ListMethod)] as const)
      .filter(([, items]) => items !== undefined)
    // Nothing was listed yet, or the tools (the part that is judged most) are still unknown.
    if (this.#lists.size === 0 || this.#list('tools/list') === undefined) return undefined
    const { protocolVersion, instructions } = this.#greeting ?? {}
    const serverInfo = this.#serverInfo
    const read = manifestSchema.safeParse({
      ...(serverInfo && { serverInfo }),
      ...(protocolVersion && { protocolVersion }),
      ...(instructions !== undefined && { instructions }),
      ...Object.fromEntries(lists),
    })
    return read.success ? this.#settle(read.data) : undefined
  }

  #settle(manifest: Manifest): AssembledManifest | undefined {
    let canonical: string
    try {
      canonical = canonicalManifest(manifest)
    } catch {
      return undefined
    }
    if (canonical.length > MAX_CANONICAL) return undefined
    const hash = hashCanonical(canonical)
    if (hash === this.#current?.hash) return undefined
    this.#current = { manifest, canonical, hash }
    return this.#current
  }
}
