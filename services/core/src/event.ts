import { z } from 'zod'
import {
  COLUMN_NAMES,
  type ColumnKind,
  type ColumnName,
  columnSpec,
  type EVENT_COLUMNS,
} from './columns.ts'

type Columns = typeof EVENT_COLUMNS
type Js<K extends ColumnKind> = K extends 'list' ? string[] : K extends 'count' ? number : string
type ValueOf<N extends ColumnName> = Columns[N] extends { readonly values: readonly (infer V)[] }
  ? V
  : Js<Columns[N]['kind']>
type RequiredName = {
  [N in ColumnName]: Columns[N] extends { readonly required: true } ? N : never
}[ColumnName]

/** One observed MCP operation, connection, decision or auth event, from one vantage: a row of an EventBatch. */
export type AuditEvent = { readonly [N in RequiredName]: ValueOf<N> } & {
  readonly [N in Exclude<ColumnName, RequiredName>]?: ValueOf<N>
}

/** An event as tests, replay files and rule samples write it: any fields, each absent by default. */
export type AuditEventInput = {
  readonly [N in ColumnName]?: Columns[N]['kind'] extends 'list' ? readonly string[] : ValueOf<N>
}

function schemaOf(name: ColumnName): z.ZodType {
  const { kind, width = 0, values, about, attribute, required } = columnSpec(name)
  const meta = { description: about, 'x-otel-attribute': attribute }
  const base = ((): z.ZodType => {
    switch (kind) {
      case 'count':
        return z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
      case 'list':
        return z.array(z.string())
      case 'time':
        return z.iso.datetime()
      case 'bytes':
        return z.string().regex(new RegExp(`^[0-9a-f]{${width * 2}}$`))
      default:
        return values ? z.enum(values as [string, ...string[]]) : z.string()
    }
  })().meta(meta)
  return required ? base : base.optional()
}

/** Strict schema of an AuditEvent in JSON. */
export const auditEventSchema = z
  .strictObject(Object.fromEntries(COLUMN_NAMES.map((name) => [name, schemaOf(name)])))
  .meta({
    id: 'AuditEvent',
    title: 'Nightjar AuditEvent',
    description:
      'One observed MCP operation, connection, decision or auth event, from one vantage.',
  }) as unknown as z.ZodType<AuditEvent>

/** JSON Schema (2020-12) of an AuditEvent; `x-otel-attribute` names each field's OpenTelemetry attribute. */
export function auditEventJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(auditEventSchema, { target: 'draft-2020-12' }) as Record<string, unknown>
}
