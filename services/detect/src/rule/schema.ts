import { EVENT_KINDS, SEVERITIES } from '@nightjar/core'
import { z } from 'zod'

/** Values of Sigma's `status`. Deprecated and unsupported rules are checked but not run. */
export const STATUSES = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'] as const

/** Correlation types of the specification; those that are not run are refused by name. */
export const CORRELATION_TYPES = [
  'event_count',
  'value_count',
  'value_sum',
  'temporal',
  'temporal_ordered',
] as const

const DATE = /^\d{4}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])$/
const TAG = /^[a-z0-9_-]+\.[a-z0-9._-]+$/
const DURATION = /^[1-9]\d{0,8}(ms|s|m|h|d)$/
const REFERENCE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

const duration = z
  .string()
  .regex(DURATION, 'must be a number and ms, s, m, h or d, e.g. 15m')
  .meta({ description: 'A number and ms, s, m, h or d.' })
const strings = z.array(z.string())
const oneOrMore = z.union([z.string(), strings])

const fieldValue = z.union([z.string(), z.number(), z.boolean(), strings])
const givenSchema = z
  .object({
    at: z.string().regex(/^-?\d+(ms|s|m|h|d)$/, 'must be a time relative to the start, e.g. 5s'),
    repeat: z.number().int().min(1).max(10_000).optional(),
    every: duration.optional(),
  })
  .catchall(fieldValue)
  .meta({ description: 'An event: fields by their OpenTelemetry names; {i} counts repeats.' })

/** One test of a rule: what was seen, and how many findings that must give. */
export const testCaseSchema = z.strictObject({
  name: z.string().min(1),
  state: z
    .strictObject({
      enforce_allow_list: z.boolean().optional(),
      servers: z.record(z.string(), z.string()).optional(),
    })
    .optional()
    .meta({ description: 'What nightjar.state.v1 holds.' }),
  given: z.array(givenSchema).min(1),
  expect: z.strictObject({
    findings: z.number().int().min(0),
    entity: z.record(z.string(), z.string()).optional(),
  }),
})
export type TestCase = z.infer<typeof testCaseSchema>

const newTermsSchema = z.strictObject({
  type: z.literal('new_terms'),
  field: z.string(),
  'group-by': strings.min(1),
  min_events: z.number().int().min(1).max(100_000),
  learning: duration.optional(),
  max_terms: z.number().int().min(1).max(10_000).optional(),
})
const driftSchema = z.strictObject({ type: z.literal('drift') })

const customSchema = z.strictObject({
  family: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case words joined by -')
    .optional(),
  level: z.enum(SEVERITIES).optional(),
  entity: strings.min(1).optional(),
  summary: z.string().min(1).max(300).optional(),
  cooldown: duration.optional(),
  'group-by': strings.min(1).optional(),
  stateful: z.discriminatedUnion('type', [newTermsSchema, driftSchema]).optional(),
})

const head = {
  title: z.string().min(1).max(256),
  id: z.string().regex(REFERENCE, 'must be a UUID or an identifier').optional(),
  name: z
    .string()
    .regex(REFERENCE, 'must be an identifier of letters, digits, . _ and -')
    .optional(),
  description: z.string().max(65_535).optional(),
  author: z.string().optional(),
  references: strings.optional(),
  date: z.string().regex(DATE, 'must be YYYY-MM-DD').optional(),
  modified: z.string().regex(DATE, 'must be YYYY-MM-DD').optional(),
  status: z.enum(STATUSES).optional(),
  level: z.enum(SEVERITIES).optional(),
  tags: z.array(z.string().regex(TAG, 'must be namespace.name in lower case')).optional(),
  falsepositives: oneOrMore.optional(),
  related: z
    .array(
      z.strictObject({
        id: z.string(),
        type: z.enum(['derived', 'obsolete', 'merged', 'renamed', 'similar']),
      }),
    )
    .optional(),
  taxonomy: z.string().optional(),
  license: z.string().optional(),
  fields: strings.optional(),
  scope: strings.optional(),
  custom: customSchema.optional(),
  tests: z.array(testCaseSchema).optional(),
}

const logsource = z.strictObject({
  product: z.literal('mcp'),
  service: z.enum(EVENT_KINDS).optional(),
  category: z.string().optional(),
  definition: z.string().optional(),
})

/** A Sigma detection: what one event looks like. */
export const detectionSchema = z.strictObject({
  ...head,
  logsource,
  detection: z.looseObject({ condition: oneOrMore }),
})
export type DetectionDocument = z.infer<typeof detectionSchema>

const bound = z.number().optional()
const conditionSchema = z.strictObject({
  gt: bound,
  gte: bound,
  lt: bound,
  lte: bound,
  eq: bound,
  neq: bound,
  field: z.union([z.string(), strings.min(1)]).optional(),
})

/** A Sigma correlation: how events of one group come together. */
export const correlationSchema = z.strictObject({
  ...head,
  correlation: z.strictObject({
    type: z.enum(CORRELATION_TYPES),
    rules: strings.min(1).max(16),
    'group-by': strings.optional(),
    timespan: duration,
    condition: conditionSchema.optional(),
    aliases: z.record(z.string(), z.record(z.string(), z.string())).optional(),
    generate: z.boolean().optional(),
  }),
})
export type CorrelationDocument = z.infer<typeof correlationSchema>

/** A Sigma filter: events that rules must not fire on. */
export const filterSchema = z.strictObject({
  title: head.title,
  id: head.id,
  name: head.name,
  description: head.description,
  author: head.author,
  references: head.references,
  date: head.date,
  modified: head.modified,
  custom: customSchema.optional(),
  logsource,
  filter: z.looseObject({ rules: oneOrMore, condition: oneOrMore }),
})
export type FilterDocument = z.infer<typeof filterSchema>

/** A rule whose judging another room does; the document carries what the finding needs. */
export const declaredSchema = z.strictObject({
  ...head,
  logsource: logsource.optional(),
  custom: customSchema.extend({ stateful: driftSchema }),
})
export type DeclaredDocument = z.infer<typeof declaredSchema>

/** JSON Schema (2020-12) of one document of a rule file, for editors. */
export function ruleJsonSchema(): Record<string, unknown> {
  const document = z.union([detectionSchema, correlationSchema, filterSchema, declaredSchema])
  const schema = z.toJSONSchema(document, { target: 'draft-2020-12' })
  return { title: 'Nightjar rule (Sigma 2.1)', ...schema } as Record<string, unknown>
}
