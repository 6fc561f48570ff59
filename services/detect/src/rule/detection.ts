import { type Condition, ConditionFault, parseCondition } from './condition.ts'
import type { Fault } from './faults.ts'
import { FIELD_NAMES, type Field, fieldNamed, KEYWORD_FIELDS } from './fields.ts'
import type { Expr } from './model.ts'
import { type Modifier, matchersOf, type Placeholders, parseModifiers } from './modifiers.ts'
import { suggestion } from './nearest.ts'
import type { Path, SourceDocument } from './source.ts'

/** Always false: stands for a part that has a fault, so that the rest can be read too. */
const NOTHING: Expr = { type: 'or', items: [] }

/** `a or b or …`; one item stays itself. */
export function anyOf(items: readonly Expr[]): Expr {
  return items.length === 1 ? (items[0] as Expr) : { type: 'or', items }
}

/** `a and b and …`; one item stays itself. */
export function allOf(items: readonly Expr[]): Expr {
  return items.length === 1 ? (items[0] as Expr) : { type: 'and', items }
}

/** Reads the search identifiers and the condition of one `detection` or `filter` section. */
export class DetectionReader {
  readonly #document: SourceDocument
  readonly #placeholders: Placeholders
  readonly #faults: Fault[]

  constructor(document: SourceDocument, placeholders: Placeholders, faults: Fault[]) {
    this.#document = document
    this.#placeholders = placeholders
    this.#faults = faults
  }

  /** The whole section at `path`; keys in `reserved` are not search identifiers. */
  read(section: Readonly<Record<string, unknown>>, path: Path, reserved: readonly string[]): Expr {
    const searches = new Map<string, Expr>()
    for (const [name, value] of Object.entries(section))
      if (!reserved.includes(name)) searches.set(name, this.#search(value, [...path, name]))
    if (searches.size === 0) this.#fault(path, 'there is no search identifier')
    const raw = section.condition
    const texts = Array.isArray(raw) ? raw.map(String) : [String(raw)]
    const used = new Set<string>()
    const exprs = texts.map((text, i) => {
      const at = Array.isArray(raw) ? [...path, 'condition', i] : [...path, 'condition']
      return this.#condition(text, at, searches, used)
    })
    for (const name of searches.keys())
      if (!used.has(name))
        this.#fault([...path, name], `"${name}" is not used by the condition`, true)
    return anyOf(exprs)
  }

  #fault(path: Path, message: string, key = false): Expr {
    this.#faults.push(this.#document.fault(path, message, { key }))
    return NOTHING
  }

  #condition(
    text: string,
    path: Path,
    searches: ReadonlyMap<string, Expr>,
    used: Set<string>,
  ): Expr {
    try {
      const names = [...searches.keys()]
      const parsed = parseCondition(text, names)
      for (const name of parsed.used) {
        used.add(name)
        if (!searches.has(name))
          this.#fault(
            path,
            `the condition uses "${name}", which is not defined${suggestion(name, names)}`,
          )
      }
      return resolve(parsed.condition, searches)
    } catch (error) {
      if (!(error instanceof ConditionFault)) throw error
      for (const name of searches.keys()) used.add(name)
      return this.#fault(path, `condition, character ${error.at + 1}: ${error.message}`)
    }
  }

  #search(value: unknown, path: Path): Expr {
    if (Array.isArray(value)) {
      if (value.length === 0) return this.#fault(path, 'the list is empty', true)
      return anyOf(
        value.map((item, i) =>
          typeof item === 'object' && item !== null
            ? this.#map(item as Record<string, unknown>, [...path, i])
            : this.#values(undefined, [], item, [...path, i]),
        ),
      )
    }
    if (typeof value === 'object' && value !== null)
      return this.#map(value as Record<string, unknown>, path)
    return this.#fault(path, 'a search identifier is a map of fields or a list', true)
  }

  #map(map: Readonly<Record<string, unknown>>, path: Path): Expr {
    const items = Object.entries(map).map(([key, value]) => this.#entry(key, value, [...path, key]))
    return items.length === 0 ? this.#fault(path, 'the map is empty', true) : allOf(items)
  }

  #entry(key: string, value: unknown, path: Path): Expr {
    const [name = '', ...words] = key.split('|')
    const field = fieldNamed(name)
    if (name !== '' && !field)
      return this.#fault(path, `"${name}" is not a field${suggestion(name, FIELD_NAMES)}`, true)
    try {
      return this.#values(field, parseModifiers(words), value, path)
    } catch (error) {
      return this.#fault(path, (error as Error).message, true)
    }
  }

  #values(
    field: Field | undefined,
    modifiers: readonly Modifier[],
    value: unknown,
    path: Path,
  ): Expr {
    const values = Array.isArray(value) ? value : [value]
    if (values.length === 0) return this.#fault(path, 'the list of values is empty', true)
    const all = modifiers.includes('all')
    if (all && values.length === 1) return this.#fault(path, 'all needs a list of values', true)
    const exprs = values.map((item, i) => {
      try {
        return this.#value(field, modifiers, item)
      } catch (error) {
        return this.#fault(Array.isArray(value) ? [...path, i] : path, (error as Error).message)
      }
    })
    const expr = all ? allOf(exprs) : anyOf(exprs)
    return modifiers.includes('neq') ? { type: 'not', item: expr } : expr
  }

  #value(field: Field | undefined, modifiers: readonly Modifier[], value: unknown): Expr {
    if (modifiers.includes('exists')) return exists(field, value)
    if (modifiers.includes('fieldref')) return reference(field, value, modifiers.includes('cased'))
    if (!field) {
      const wide = modifiers.some((modifier) =>
        ['re', 'cidr', 'startswith', 'endswith'].includes(modifier),
      )
      const matchers = matchersOf(
        field,
        value,
        wide ? modifiers : [...modifiers, 'contains'],
        this.#placeholders,
      )
      return anyOf(
        KEYWORD_FIELDS.flatMap((place) =>
          matchers.map((matcher): Expr => ({ type: 'field', field: place, matcher })),
        ),
      )
    }
    return anyOf(
      matchersOf(field, value, modifiers, this.#placeholders).map(
        (matcher): Expr => ({ type: 'field', field, matcher }),
      ),
    )
  }
}

function exists(field: Field | undefined, value: unknown): Expr {
  if (!field) throw new Error('exists needs a field')
  if (typeof value !== 'boolean') throw new Error('exists is true or false')
  const expr: Expr = { type: 'exists', field }
  return value ? expr : { type: 'not', item: expr }
}

function reference(field: Field | undefined, value: unknown, cased: boolean): Expr {
  const other = fieldNamed(String(value))
  if (!field) throw new Error('fieldref needs a field')
  if (!other) throw new Error(`"${value}" is not a field${suggestion(String(value), FIELD_NAMES)}`)
  return { type: 'same', field, other, cased }
}

function resolve(condition: Condition, searches: ReadonlyMap<string, Expr>): Expr {
  switch (condition.type) {
    case 'name':
      return searches.get(condition.name) ?? NOTHING
    case 'of': {
      const items = condition.names.map((name) => searches.get(name) ?? NOTHING)
      return condition.all ? allOf(items) : anyOf(items)
    }
    case 'not':
      return { type: 'not', item: resolve(condition.item, searches) }
    case 'and':
    case 'or':
      return { type: condition.type, items: condition.items.map((item) => resolve(item, searches)) }
  }
}
