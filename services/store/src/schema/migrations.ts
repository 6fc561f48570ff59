import { eventStatements } from './events.ts'
import { lookupStatements } from './lookups.ts'
import { stateStatements } from './state.ts'
import { streamStatements } from './stream.ts'
import type { SchemaOptions } from './table-parts.ts'

/** One numbered step of the schema. Statements are idempotent, so that a step cut short is run again. */
export interface Migration {
  readonly version: number
  readonly name: string
  statements(options: SchemaOptions): readonly string[]
}

/** Every step, in order. A released step is never changed; what comes later is a new step. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'events, rollups, state and stream',
    statements: (options) => [
      ...eventStatements(options),
      ...stateStatements(options),
      ...streamStatements(),
      ...lookupStatements(),
    ],
  },
]
