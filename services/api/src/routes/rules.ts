import { type RuleView, SEVERITIES } from '@nightjar/core'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import type { App } from '../http/app.ts'
import { notFound } from '../http/problems.ts'
import { pageOf } from '../page-of.ts'
import { anyOf, idParams, oneOf, paging, text } from '../params.ts'
import { PROBLEMS, RulePage, RuleView as RuleSchema } from '../schemas.ts'

const rulesQuery = z.strictObject({
  ...paging,
  q: text('Words that must all occur in id, title, description or tags.'),
  severity: oneOf(SEVERITIES, 'Severity.'),
  family: anyOf('Family.'),
  type: anyOf('Type of rule.'),
})

function matches(rule: RuleView, query: z.output<typeof rulesQuery>): boolean {
  const words = (query.q ?? '').toLowerCase().split(/\s+/)
  const { id, title, description, tags } = rule
  const all = [id, title, description, ...tags].join('\n').toLowerCase()
  const among = (values: readonly string[] | undefined, value: string) =>
    values === undefined || values.length === 0 || values.includes(value)
  return (
    words.every((word) => all.includes(word)) &&
    among(query.severity, rule.severity) &&
    among(query.family, rule.family) &&
    among(query.type, rule.type)
  )
}

/** The rules that are loaded, with what they did. */
export function ruleRoutes(app: App, { options, tenant }: ApiContext): void {
  const rules = async (): Promise<RuleView[]> => {
    const found = await options.queries.findingsByRule(tenant)
    return options
      .rules()
      .map((rule) => ({ ...rule, findings24h: found.get(rule.id) ?? 0 }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
  }
  app.get(
    '/api/v1/rules',
    {
      schema: {
        summary: 'Rules that are loaded',
        tags: ['rules'],
        querystring: rulesQuery,
        response: { 200: RulePage, ...PROBLEMS },
      },
    },
    async ({ query }) => {
      const { limit, cursor, ...filter } = query
      const found = (await rules()).filter((rule) => matches(rule, query))
      return pageOf(`rules ${JSON.stringify(filter)}`, found, ({ id }) => id, { limit, cursor })
    },
  )
  app.get(
    '/api/v1/rules/:id',
    {
      schema: {
        summary: 'One rule',
        tags: ['rules'],
        params: idParams,
        response: { 200: RuleSchema, ...PROBLEMS },
      },
    },
    async ({ params: { id } }) => {
      const rule = (await rules()).find((one) => one.id === id)
      if (rule === undefined) throw notFound('rule with this id')
      return rule
    },
  )
}
