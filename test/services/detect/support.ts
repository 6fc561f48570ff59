import { createHash } from 'node:crypto'
import { type AuditEventInput, formatMicros, NightjarError } from '@nightjar/core'
import { type Fault, type LoadedRules, parseRules } from '@nightjar/detect'

export const START = Date.UTC(2026, 10, 21, 9)

export const idOf = (number: number): string =>
  createHash('sha256').update(`event ${number}`).digest('hex').slice(0, 32)

/** A call at `ms` after START, received at once. */
export function call(number: number, ms: number, fields: AuditEventInput = {}): AuditEventInput {
  const time = formatMicros((START + ms) * 1000)
  return {
    id: idOf(number),
    time,
    receivedTime: time,
    tenant: 'acme',
    kind: 'call',
    method: 'tools/call',
    vantage: 'gateway',
    emitter: 'test',
    outcome: 'success',
    ...fields,
  }
}

export const rulesOf = (text: string): LoadedRules => parseRules([{ file: 'rule.yml', text }])

/** The faults of a rule file; none when it loads. */
export function faultsOf(text: string, placeholders = {}): readonly Fault[] {
  try {
    parseRules([{ file: 'rule.yml', text }], { placeholders })
    return []
  } catch (error) {
    if (!(error instanceof NightjarError)) throw error
    return error.details.faults as Fault[]
  }
}

/** A rule that fires on every event its selection fits. */
export const detection = (selection: string): string => `title: T
name: t
logsource: {product: mcp}
custom: {cooldown: 1ms}
detection:
  selection:
${selection
  .trim()
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}
  condition: selection
`

/** A correlation over calls of tool `a` (and `b`, `c` for sequences), grouped by principal, that fires on every event. */
export const correlation = (body: string): string => `${['a', 'b', 'c']
  .map(
    (tool) => `title: ${tool}
name: ${tool}
logsource: {product: mcp}
detection: {selection: {gen_ai.tool.name: ${tool}}, condition: selection}
---
`,
  )
  .join('')}title: C
name: c-rule
custom: {cooldown: 1ms}
correlation:
  group-by: [enduser.id]
${body
  .trim()
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
`
