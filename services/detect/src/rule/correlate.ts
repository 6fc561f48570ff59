import { type Build, fieldAt, headOf } from './build.ts'
import type { Checked } from './check.ts'
import { formatDuration, parseDuration } from './duration.ts'
import type { Field } from './fields.ts'
import type { Bound, Comparison, CorrelationRule, Rule } from './model.ts'
import { suggestion } from './nearest.ts'

type CorrelationChecked = Extract<Checked, { type: 'correlation' }>

/** Longest live window; longer horizons are questions to the store. */
export const MAX_TIMESPAN_MS = 3_600_000
/** Distinct values a group can hold; a condition beyond it could never be met. */
export const MAX_DISTINCT = 4096
const COMPARISONS: readonly Comparison[] = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq']

function boundsOf(build: Build, { source, value }: CorrelationChecked): Bound[] {
  const { type, condition = {}, rules } = value.correlation
  const path = ['correlation', 'condition']
  const bounds = COMPARISONS.flatMap((compare): Bound[] => {
    const limit = condition[compare as keyof typeof condition]
    return typeof limit === 'number' ? [{ compare, value: limit }] : []
  })
  if (type === 'temporal' || type === 'temporal_ordered') {
    if (type === 'temporal_ordered' && bounds.length > 0)
      build.faults.push(
        source.fault(path, 'temporal_ordered needs all its rules and takes no condition'),
      )
    return bounds.length > 0 ? bounds : [{ compare: 'gte', value: rules.length }]
  }
  if (bounds.length === 0)
    build.faults.push(
      source.fault(path, `${type} needs a condition: one of ${COMPARISONS.join(', ')}`),
    )
  for (const { compare, value: limit } of bounds)
    if (type === 'value_count' && limit > MAX_DISTINCT)
      build.faults.push(
        source.fault([...path, compare], `at most ${MAX_DISTINCT} distinct values are counted`),
      )
  return bounds
}

function countedFields(build: Build, { source, value }: CorrelationChecked): Field[] {
  const { type, condition } = value.correlation
  const path = ['correlation', 'condition', 'field']
  const names = [condition?.field ?? []].flat()
  const wants = type === 'value_count' || type === 'value_sum'
  if (wants && names.length === 0)
    build.faults.push(source.fault(path, `${type} needs condition.field`))
  if (!wants && names.length > 0) build.faults.push(source.fault(path, `${type} takes no field`))
  const fields = names.flatMap((name) => fieldAt(build, source, name, path))
  if (type === 'value_sum') {
    if (fields.length > 1) build.faults.push(source.fault(path, 'value_sum takes one field'))
    for (const field of fields)
      if (field.kind !== 'count')
        build.faults.push(source.fault(path, `${field.name} is not a number`))
  }
  return fields
}

/** The fields of `group-by` as the rule `member` has them: a name is a field or an alias. */
function groupFields(build: Build, { source, value }: CorrelationChecked, member: Rule): Field[] {
  const { aliases = {}, 'group-by': names = [] } = value.correlation
  return names.flatMap((name, i) => {
    const alias = aliases[name]
    if (!alias) return fieldAt(build, source, name, ['correlation', 'group-by', i])
    const path = ['correlation', 'aliases', name]
    const target = alias[member.name] ?? alias[member.uuid]
    if (target === undefined) {
      build.faults.push(
        source.fault(path, `alias "${name}" has no field for the rule "${member.id}"`),
      )
      return []
    }
    return fieldAt(build, source, target, [...path, member.name])
  })
}

function members(
  build: Build,
  checked: CorrelationChecked,
  known: ReadonlyMap<string, Rule>,
): Rule[] {
  const { source, value } = checked
  return value.correlation.rules.flatMap((name, i) => {
    const member = known.get(name)
    const path = ['correlation', 'rules', i]
    if (!member) {
      const near = suggestion(name, [...known.keys()])
      build.faults.push(source.fault(path, `no rule is called "${name}"${near}`))
    } else if (member.type === 'drift' || member.type === 'new_terms')
      build.faults.push(
        source.fault(path, `"${name}" keeps state of its own and cannot feed a correlation`),
      )
    else return [member]
    return []
  })
}

function timespan(build: Build, { source, value }: CorrelationChecked): number {
  const ms = parseDuration(value.correlation.timespan)
  if (ms <= MAX_TIMESPAN_MS) return ms
  const text = `a live window is at most ${formatDuration(MAX_TIMESPAN_MS)}`
  build.faults.push(source.fault(['correlation', 'timespan'], text))
  return MAX_TIMESPAN_MS
}

/** A correlation whose rules are all known. */
export function buildCorrelation(
  build: Build,
  checked: CorrelationChecked,
  known: ReadonlyMap<string, Rule>,
): CorrelationRule {
  const head = headOf(build, checked)
  const fed = members(build, checked, known)
  const { correlation, custom } = checked.value
  const timespanMs = timespan(build, checked)
  for (const alias of Object.keys(correlation.aliases ?? {}))
    if (!correlation['group-by']?.includes(alias)) {
      const text = `alias "${alias}" is not used in group-by`
      build.faults.push(
        checked.source.fault(['correlation', 'aliases', alias], text, { key: true }),
      )
    }
  return {
    ...head,
    cooldownMs: custom?.cooldown === undefined ? timespanMs : head.cooldownMs,
    type: correlation.type,
    rules: fed.map((rule) => rule.id),
    groupBy: fed.map((rule) => groupFields(build, checked, rule)),
    groupNames: correlation['group-by'] ?? [],
    timespanMs,
    bounds: boundsOf(build, checked),
    fields: countedFields(build, checked),
  }
}
