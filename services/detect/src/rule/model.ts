import type { Severity } from '@nightjar/core'
import type { Field } from './fields.ts'
import type { TestCase } from './schema.ts'
import type { SourceDocument } from './source.ts'

/** A string with wildcards, cut at each `*`: `a*b?c` is `['a', 'b?c']`; ONE_CHAR stands for `?`. */
export interface Glob {
  readonly parts: readonly string[]
}
/** Stands for `?` in a part of a {@link Glob}: a code point that no valid text holds. */
export const ONE_CHAR = '\uffff'

export type Comparison = 'lt' | 'lte' | 'gt' | 'gte' | 'eq' | 'neq'
export type TimePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'

/** What one value of a field must be. */
export type Matcher =
  | {
      readonly type: 'glob'
      readonly glob: Glob
      readonly cased: boolean
      readonly windash: boolean
    }
  | { readonly type: 're'; readonly pattern: string; readonly flags: string }
  | { readonly type: 'cidr'; readonly network: string }
  | {
      readonly type: 'number'
      readonly compare: Comparison
      readonly value: number
      readonly part?: TimePart
    }
  | { readonly type: 'absent' }

/** What an event must be, as a tree. */
export type Expr =
  | { readonly type: 'and' | 'or'; readonly items: readonly Expr[] }
  | { readonly type: 'not'; readonly item: Expr }
  | { readonly type: 'field'; readonly field: Field; readonly matcher: Matcher }
  | { readonly type: 'exists'; readonly field: Field }
  | { readonly type: 'same'; readonly field: Field; readonly other: Field; readonly cased: boolean }

/** What every rule has. `id` is what findings carry: the `name`, else the `id` of the document. */
export interface RuleHead {
  readonly id: string
  readonly uuid: string
  readonly name: string
  readonly title: string
  readonly description: string
  readonly severity: Severity
  readonly status: string
  readonly tags: readonly string[]
  readonly family: string
  /** Fields whose values say which alert of the family it is. */
  readonly entity: readonly Field[]
  /** Sentence with `{field}`, `{observed}`, `{threshold}`, `{window}`. */
  readonly summary: string
  /** How long a group that fired stays quiet, in milliseconds. */
  readonly cooldownMs: number
  /** False for the base rules of a correlation, which only feed it. */
  readonly emits: boolean
  readonly document: SourceDocument
  readonly file: string
  readonly line: number
  readonly tests: readonly TestCase[]
}

/** One event is a claim. Findings of one group stay quiet for the cooldown. */
export interface EventRule extends RuleHead {
  readonly type: 'event'
  /** Event kind it looks at; undefined for all. */
  readonly kind: string | undefined
  readonly when: Expr
  readonly groupBy: readonly Field[]
}

/** A term that a group was never seen with, after enough events to know the group. */
export interface NewTermsRule extends RuleHead {
  readonly type: 'new_terms'
  readonly kind: string | undefined
  readonly when: Expr
  readonly field: Field
  readonly groupBy: readonly Field[]
  readonly minEvents: number
  readonly learningMs: number
  readonly maxTerms: number
}

/** Judged elsewhere (the registry); here for its title, tags and severity. */
export interface DriftRule extends RuleHead {
  readonly type: 'drift'
}

export interface Bound {
  readonly compare: Comparison
  readonly value: number
}
export type CorrelationType =
  | 'event_count'
  | 'value_count'
  | 'value_sum'
  | 'temporal'
  | 'temporal_ordered'

/** Several events of one group within a timespan are a claim. */
export interface CorrelationRule extends RuleHead {
  readonly type: CorrelationType
  /** Ids of the rules it is fed by, in order. */
  readonly rules: readonly string[]
  /** For each of `rules` the fields to group by, aliases resolved. */
  readonly groupBy: readonly (readonly Field[])[]
  /** Names as written in `group-by`. */
  readonly groupNames: readonly string[]
  readonly timespanMs: number
  readonly bounds: readonly Bound[]
  /** Fields counted or summed. */
  readonly fields: readonly Field[]
}

export type Rule = EventRule | NewTermsRule | DriftRule | CorrelationRule

/** Rules that fit together: every reference resolves, every id is there once, correlations after what feeds them. */
export interface LoadedRules {
  readonly rules: readonly Rule[]
}
