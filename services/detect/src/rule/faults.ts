import { NightjarError } from '@nightjar/core'

/** One thing wrong in one rule file; line and column begin at 1. */
export interface Fault {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}

/** `file:line:column: message`. */
export function faultText(fault: Fault): string {
  return `${fault.file}:${fault.line}:${fault.column}: ${fault.message}`
}

const SHOWN = 20

/** DETECT_RULE_INVALID with every fault: the first ones in the message, all in `details.faults`. */
export function ruleInvalid(faults: readonly Fault[]): NightjarError {
  const sorted = [...faults].sort(
    (a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column,
  )
  const lines = sorted.slice(0, SHOWN).map(faultText)
  if (sorted.length > SHOWN) lines.push(`… and ${sorted.length - SHOWN} more`)
  return new NightjarError('DETECT_RULE_INVALID', lines.join('\n'), {
    hint: 'Correct the rule files; rules/README.md shows how a rule is written and rules/schema.json holds the keys.',
    details: { faults: sorted },
  })
}
