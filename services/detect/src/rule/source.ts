import { type Document, isMap, isScalar, LineCounter, type Node, parseAllDocuments } from 'yaml'
import type { Fault } from './faults.ts'

export type Path = readonly (string | number)[]

/** One YAML document of a rule file: its plain value, and where each part of it stands. */
export interface SourceDocument {
  readonly file: string
  /** Its own text, as written. */
  readonly text: string
  readonly value: unknown
  /** A fault at the value at `path`, or at the key `path` ends with when `key` is set. */
  fault(path: Path, message: string, options?: { readonly key?: boolean }): Fault
}

const MAX_ALIASES = 50

function keyNode(document: Document, path: Path): Node | undefined {
  const parent = document.getIn(path.slice(0, -1), true)
  if (!isMap(parent)) return undefined
  const name = path.at(-1)
  const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === name)
  return isScalar(pair?.key) ? pair.key : undefined
}

function offsetOf(document: Document, path: Path, key: boolean): number {
  for (let depth = path.length; depth > 0; depth--) {
    const part = path.slice(0, depth)
    const node = key
      ? (keyNode(document, part) ?? document.getIn(part, true))
      : (document.getIn(part, true) ?? keyNode(document, part))
    const range = (node as Node | undefined)?.range
    if (range) return range[0]
  }
  return document.contents?.range?.[0] ?? document.range?.[0] ?? 0
}

function located(file: string, lines: LineCounter, whole: string, document: Document) {
  const [start = 0, , end = whole.length] = document.range ?? []
  return {
    file,
    text: whole.slice(start, end).trim(),
    value: document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown,
    fault: (path: Path, message: string, options: { readonly key?: boolean } = {}): Fault => {
      const { line, col } = lines.linePos(offsetOf(document, path, options.key ?? false))
      return { file, line: Math.max(line, 1), column: Math.max(col, 1), message }
    },
  } satisfies SourceDocument
}

/** The documents of a rule file, and what is wrong with it as YAML (a duplicate key is). */
export function readDocuments(
  file: string,
  text: string,
): { readonly documents: readonly SourceDocument[]; readonly faults: readonly Fault[] } {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })
  const faults: Fault[] = []
  const documents: SourceDocument[] = []
  for (const document of Array.isArray(parsed) ? parsed : []) {
    for (const error of [...document.errors, ...document.warnings]) {
      const { line, col } = lines.linePos(error.pos[0])
      faults.push({
        file,
        line: Math.max(line, 1),
        column: Math.max(col, 1),
        message: error.message,
      })
    }
    if (document.errors.length > 0) continue
    try {
      documents.push(located(file, lines, text, document))
    } catch (error) {
      faults.push({ file, line: 1, column: 1, message: (error as Error).message })
    }
  }
  if (documents.length === 0 && faults.length === 0)
    faults.push({ file, line: 1, column: 1, message: 'the file holds no rule' })
  return { documents, faults }
}
