import {
  COLUMN_NAMES,
  type ColumnKind,
  type ColumnName,
  columnSpec,
  SERVER_STATES,
} from '@nightjar/core'

/** Fields that no column holds: they are worked out from the row and from `nightjar.state.v1`. */
export const VIRTUAL_FIELDS = {
  'nightjar.actor': {
    kind: 'text',
    about: 'The principal; without one client@host, else the session, else the conversation.',
  },
  'nightjar.io.size': { kind: 'count', about: 'Size of arguments and result together, in bytes.' },
  'nightjar.server.state': {
    kind: 'dict',
    values: [...SERVER_STATES, 'unknown'],
    about: 'What the registry has judged of the server of this name.',
  },
  'nightjar.policy.enforce_allow_list': {
    kind: 'dict',
    values: ['true', 'false'],
    about: 'Whether the tenant enforces its list of approved servers.',
  },
} as const satisfies Record<string, VirtualSpec>

interface VirtualSpec {
  readonly kind: ColumnKind
  readonly values?: readonly string[]
  readonly about: string
}
export type VirtualName = keyof typeof VIRTUAL_FIELDS

/** A field of a rule: a column of the dictionary by its OpenTelemetry attribute, or a virtual field. */
export type Field = {
  readonly name: string
  readonly kind: ColumnKind
  readonly about: string
  /** The closed set of values, where there is one. */
  readonly values?: readonly string[]
} & (
  | { readonly source: 'column'; readonly column: ColumnName }
  | { readonly source: 'virtual'; readonly virtual: VirtualName }
)

function columnField(column: ColumnName): Field {
  const { attribute, kind, values, about } = columnSpec(column)
  return { name: attribute, kind, about, source: 'column', column, ...(values ? { values } : {}) }
}

const FIELDS: ReadonlyMap<string, Field> = new Map(
  [
    ...COLUMN_NAMES.map(columnField),
    ...(Object.keys(VIRTUAL_FIELDS) as VirtualName[]).map((virtual): Field => {
      const spec: VirtualSpec = VIRTUAL_FIELDS[virtual]
      return { name: virtual, source: 'virtual', virtual, ...spec }
    }),
  ].map((field) => [field.name, field]),
)

/** Every name a rule may use, in the order of the table, virtual fields last. */
export const FIELD_NAMES: readonly string[] = [...FIELDS.keys()]

/** The field of a name; undefined if there is none. */
export function fieldNamed(name: string): Field | undefined {
  return FIELDS.get(name)
}

/** Fields a keyword (a string without a field, Sigma's "full log message") is looked for in. */
export const KEYWORD_FIELDS: readonly Field[] = (
  [
    'tool',
    'prompt',
    'resource',
    'target',
    'destination',
    'argsPreview',
    'resultPreview',
    'errorMessage',
  ] as const
).map(columnField)
