import type { z } from 'zod'
import type { Fault } from './faults.ts'
import { suggestion } from './nearest.ts'
import {
  type CorrelationDocument,
  correlationSchema,
  type DeclaredDocument,
  type DetectionDocument,
  declaredSchema,
  detectionSchema,
  type FilterDocument,
  filterSchema,
} from './schema.ts'
import type { Path, SourceDocument } from './source.ts'

/** A document of known form. */
export type Checked =
  | {
      readonly type: 'detection'
      readonly source: SourceDocument
      readonly value: DetectionDocument
    }
  | {
      readonly type: 'correlation'
      readonly source: SourceDocument
      readonly value: CorrelationDocument
    }
  | { readonly type: 'filter'; readonly source: SourceDocument; readonly value: FilterDocument }
  | { readonly type: 'declared'; readonly source: SourceDocument; readonly value: DeclaredDocument }

const SCHEMAS = {
  detection: detectionSchema,
  correlation: correlationSchema,
  filter: filterSchema,
  declared: declaredSchema,
} as const

function typeOf(value: Readonly<Record<string, unknown>>): keyof typeof SCHEMAS | undefined {
  if ('correlation' in value) return 'correlation'
  if ('filter' in value) return 'filter'
  if ('detection' in value) return 'detection'
  const custom = value.custom as { stateful?: { type?: unknown } } | undefined
  return custom?.stateful?.type === 'drift' ? 'declared' : undefined
}

/** Keys a schema knows at a path, for suggestions; empty where they are not told. */
function keysAt(schema: z.core.$ZodType, path: Path): string[] {
  const { def } = schema._zod as { def: unknown } as {
    def: {
      type: string
      innerType?: z.core.$ZodType
      element?: z.core.$ZodType
      shape?: Record<string, z.core.$ZodType>
      options?: z.core.$ZodType[]
      left?: z.core.$ZodType
      right?: z.core.$ZodType
    }
  }
  if (def.innerType) return keysAt(def.innerType, path)
  if (def.options) return def.options.flatMap((option) => keysAt(option, path))
  if (def.left && def.right) return [...keysAt(def.left, path), ...keysAt(def.right, path)]
  if (def.shape && path.length === 0) return Object.keys(def.shape)
  const [head, ...rest] = path
  if (def.element) return keysAt(def.element, rest)
  const inner = def.shape?.[String(head)]
  return inner ? keysAt(inner, rest) : []
}

function issueFaults(
  source: SourceDocument,
  schema: z.core.$ZodType,
  issue: z.core.$ZodIssue,
): Fault[] {
  const path = issue.path as Path
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, path)
      return issue.keys.map((key) =>
        source.fault([...path, key], `"${key}" is not a key here${suggestion(key, known)}`, {
          key: true,
        }),
      )
    }
    case 'invalid_value': {
      const values = issue.values.map(String)
      const given = String(valueAt(source.value, path) ?? '')
      const name = String(path.at(-1) ?? 'value')
      return [
        source.fault(path, `"${given}" is not a value of ${name}${suggestion(given, values)}`),
      ]
    }
    case 'invalid_type': {
      const missing = valueAt(source.value, path) === undefined
      const name = path.join('.')
      return [
        source.fault(
          path,
          missing ? `${name} is missing` : `${name} must be ${article(issue.expected)}`,
        ),
      ]
    }
    case 'invalid_union':
      return [
        source.fault(
          path,
          `${path.join('.') || 'the document'} has none of the forms allowed here`,
        ),
      ]
    default:
      return [source.fault(path, `${path.join('.')}: ${issue.message}`)]
  }
}

function article(expected: string): string {
  return /^[aeio]/.test(expected) ? `an ${expected}` : `a ${expected}`
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Readonly<Record<string | number, unknown>> | undefined)?.[key],
    value,
  )
}

/** The document with its form checked; undefined, and faults added, when it has none. */
export function checkDocument(source: SourceDocument, faults: Fault[]): Checked | undefined {
  const { value } = source
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    faults.push(source.fault([], 'a rule is a map of keys'))
    return undefined
  }
  const type = typeOf(value as Record<string, unknown>)
  if (!type) {
    faults.push(source.fault([], 'a rule needs one of the keys detection, correlation and filter'))
    return undefined
  }
  const parsed = SCHEMAS[type].safeParse(value)
  if (parsed.success) return { type, source, value: parsed.data } as Checked
  for (const issue of parsed.error.issues) faults.push(...issueFaults(source, SCHEMAS[type], issue))
  return undefined
}
