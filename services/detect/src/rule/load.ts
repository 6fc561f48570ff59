import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { messageOf, NightjarError } from '@nightjar/core'
import { type Build, buildDetection, checkStable, filtered, headOf } from './build.ts'
import { type Checked, checkDocument } from './check.ts'
import { buildCorrelation } from './correlate.ts'
import { DetectionReader } from './detection.ts'
import { type Fault, ruleInvalid } from './faults.ts'
import type { Expr, LoadedRules, Rule } from './model.ts'
import type { Placeholders } from './modifiers.ts'
import { suggestion } from './nearest.ts'
import { readDocuments } from './source.ts'

/** A rule file: its name as faults show it, and its text. */
export interface RuleSource {
  readonly file: string
  readonly text: string
}

export interface LoadOptions {
  /** Values of `%name%` for the modifier `expand`. */
  readonly placeholders?: Placeholders
}

const MAX_FILES = 5000
const MAX_BYTES = 262_144

type Named<T extends Checked['type']> = Extract<Checked, { type: T }>
const isType =
  <T extends Checked['type']>(type: T) =>
  (checked: Checked): checked is Named<T> =>
    checked.type === type

class Names {
  readonly rules = new Map<string, Rule>()
  readonly #faults: Fault[]

  constructor(faults: Fault[]) {
    this.#faults = faults
  }

  add(rule: Rule): void {
    for (const key of [rule.name, rule.uuid].filter((word) => word !== '')) {
      const other = this.rules.get(key)
      if (other) {
        const where = key === rule.name ? 'name' : 'id'
        const text = `${where} "${key}" is taken by ${other.file}:${other.line}`
        this.#faults.push(rule.document.fault([where], text))
      } else this.rules.set(key, rule)
    }
  }
}

function filterProblem(name: string, rule: Rule | undefined, names: Names): string {
  if (!rule) return `no rule is called "${name}"${suggestion(name, [...names.rules.keys()])}`
  return 'when' in rule
    ? `"${name}" is of another service than the filter`
    : `"${name}" is not a detection; filter the rules that feed it`
}

/** For each rule the conditions its filters add. A filter's condition must hold too: leave out with `not`. */
function applyFilters(
  build: Build,
  filters: readonly Named<'filter'>[],
  names: Names,
): Map<Rule, Expr[]> {
  const kept = new Map<Rule, Expr[]>()
  for (const { source, value } of filters) {
    const reader = new DetectionReader(source, build.placeholders, build.faults)
    const keep = reader.read(value.filter, ['filter'], ['rules', 'condition'])
    const wanted = [value.filter.rules].flat()
    const { service } = value.logsource
    const within = (rule: Rule): boolean =>
      'when' in rule && (service === undefined || rule.kind === service)
    const targets =
      wanted.length === 1 && wanted[0] === 'any'
        ? [...new Set(names.rules.values())].filter(within)
        : wanted.flatMap((name, i) => {
            const rule = names.rules.get(name)
            if (rule && within(rule)) return [rule]
            build.faults.push(
              source.fault(['filter', 'rules', i], filterProblem(name, rule, names)),
            )
            return []
          })
    for (const rule of targets) kept.set(rule, [...(kept.get(rule) ?? []), keep])
  }
  return kept
}

/** Correlations in an order in which each comes after what feeds it. */
function correlations(build: Build, checked: readonly Named<'correlation'>[], names: Names): void {
  let waiting = [...checked]
  while (waiting.length > 0) {
    const open = new Set(waiting.flatMap(({ value }) => [value.name ?? '', value.id ?? '']))
    const ready = waiting.filter(
      ({ value }) =>
        !value.correlation.rules.some((rule) => open.has(rule) && !names.rules.has(rule)),
    )
    if (ready.length === 0) {
      for (const { source } of waiting)
        build.faults.push(
          source.fault(['correlation', 'rules'], 'these correlations feed each other in a circle'),
        )
      return
    }
    for (const one of ready) names.add(buildCorrelation(build, one, names.rules))
    waiting = waiting.filter((one) => !ready.includes(one))
  }
}

/** Rules that only feed a correlation of their own file: it speaks for them unless it says `generate: true`. */
function silentRules(checked: readonly Named<'correlation'>[], names: Names): Set<Rule> {
  const silent = new Set<Rule>()
  for (const { source, value } of checked)
    for (const name of value.correlation.rules) {
      const rule = names.rules.get(name)
      if (rule?.file === source.file && value.correlation.generate !== true) silent.add(rule)
    }
  return silent
}

function checkFamilies(build: Build, rules: readonly Rule[]): void {
  const seen = new Map<string, Rule>()
  const written = (rule: Rule) => rule.entity.map((field) => field.name).join(', ')
  for (const rule of rules.filter(({ emits, type }) => emits && type !== 'drift')) {
    const first = seen.get(rule.family) ?? rule
    seen.set(rule.family, first)
    if (written(first) === written(rule)) continue
    const text = `rules of family "${rule.family}" share alerts, so all need the entity of ${first.file}:${first.line} (${written(first)})`
    build.faults.push(rule.document.fault(['custom', 'entity'], text))
  }
}

/** Rules from texts. Throws DETECT_RULE_INVALID with every fault of every file. */
export function parseRules(sources: readonly RuleSource[], options: LoadOptions = {}): LoadedRules {
  const faults: Fault[] = []
  const build: Build = { faults, placeholders: options.placeholders ?? {} }
  const names = new Names(faults)
  const documents = sources.flatMap(({ file, text }) => {
    const read = readDocuments(file, text)
    faults.push(...read.faults)
    return read.documents
  })
  const checked = documents.flatMap((document) => checkDocument(document, faults) ?? [])
  for (const one of checked) {
    if (one.type === 'detection') names.add(buildDetection(build, one))
    else if (one.type === 'declared') names.add({ ...headOf(build, one), type: 'drift' })
  }
  const correlating = checked.filter(isType('correlation'))
  correlations(build, correlating, names)
  const kept = applyFilters(build, checked.filter(isType('filter')), names)
  const silent = silentRules(correlating, names)
  const rules = [...new Set(names.rules.values())].map((rule): Rule => {
    const emits = !silent.has(rule)
    return 'when' in rule
      ? { ...rule, emits, when: filtered(rule.when, kept.get(rule) ?? []) }
      : { ...rule, emits }
  })
  for (const rule of rules) if (rule.type !== 'drift') checkStable(build, rule)
  checkFamilies(build, rules)
  if (faults.length > 0) throw ruleInvalid(faults)
  return { rules }
}

function ruleFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.'))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return ruleFiles(path)
      return entry.isFile() && /\.ya?ml$/.test(entry.name) ? [path] : []
    })
    .sort()
}

/**
 * Every rule file (`*.yml`, `*.yaml`) in a folder and below; links are not followed. Throws DETECT_RULES_UNREADABLE,
 * or DETECT_RULE_INVALID with every fault of every file.
 */
export function loadRules(folder: string, options: LoadOptions = {}): LoadedRules {
  try {
    const files = ruleFiles(folder)
    if (files.length > MAX_FILES) throw new Error(`there are more than ${MAX_FILES} rule files`)
    const sources: RuleSource[] = []
    for (const path of files) {
      const file = relative(folder, path)
      if (statSync(path).size > MAX_BYTES)
        throw new Error(`${file} is larger than ${MAX_BYTES} bytes`)
      sources.push({ file, text: readFileSync(path, 'utf8') })
    }
    return parseRules(sources, options)
  } catch (error) {
    if (error instanceof NightjarError) throw error
    throw new NightjarError(
      'DETECT_RULES_UNREADABLE',
      `rules could not be read: ${messageOf(error)}`,
      {
        hint: 'Check that the rules folder exists and can be read.',
        cause: error,
      },
    )
  }
}
