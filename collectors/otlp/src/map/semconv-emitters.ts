import { keyOf } from '../keys.ts'
import { type OtlpRecord, VALUE } from '../record.ts'
import { type PrincipalKinds, USERS } from './principal.ts'

/** What is peculiar to one emitter of the conventions. */
export interface SemconvEmitter {
  readonly name: string
  /** What stands before `<method> <tool>` in the name of spans without a tool attribute; `''` where none does. */
  readonly nameInSpan: string
  /** Types of error that stand for a result with `isError`. */
  readonly toolErrors: ReadonlySet<string>
  readonly principals: PrincipalKinds
  /** True for spans that are no MCP message of their own. */
  readonly ignores?: (record: OtlpRecord) => boolean
}

const NONE: ReadonlySet<string> = new Set()
const PROVIDER_TYPE = keyOf('fastmcp.provider.type')
const INTERNAL = 1

const UNKNOWN: SemconvEmitter = {
  name: 'otel-semconv',
  nameInSpan: '',
  toolErrors: NONE,
  principals: USERS,
}

/** Emitters by instrumentation scope. One that is not here is read by the letter of the conventions. */
const EMITTERS: Readonly<Record<string, SemconvEmitter>> = {
  'mcp-python-sdk': { ...UNKNOWN, name: 'mcp-python-sdk', nameInSpan: 'MCP send ' },
  fastmcp: {
    ...UNKNOWN,
    name: 'fastmcp',
    // Version 3 names the exception where 4 says `tool_error`; on the wire all of them are `isError`.
    toolErrors: new Set(['ToolError', 'ValidationError', 'NotFoundError']),
    // `enduser.id` is the client_id of the access token, not a person.
    principals: { enduserId: 'oauth_client', userId: 'user' },
    // A mounted server's `delegate` span repeats the method of the call it is part of.
    ignores: ({ kind, attributes }) =>
      kind === INTERNAL && attributes.kindOf(PROVIDER_TYPE) !== VALUE.none,
  },
}

/** The emitter of a scope. */
export function emitterOf(scope: string): SemconvEmitter {
  return Object.hasOwn(EMITTERS, scope) ? (EMITTERS[scope] as SemconvEmitter) : UNKNOWN
}
