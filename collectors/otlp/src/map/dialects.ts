import { claudeCodeDialect } from './claude-code.ts'
import type { Dialect } from './dialect.ts'
import { semconvDialect } from './semconv.ts'
import { tapDialect } from './tap.ts'

/** All dialects, in the order in which they are asked. The first that claims a record has it; the conventions come last. */
export const DIALECTS: readonly Dialect[] = [tapDialect, claudeCodeDialect, semconvDialect]
