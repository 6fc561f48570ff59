import type { KeyId } from '../keys.ts'
import { type AttributeSet, VALUE } from '../record.ts'
import { ENDUSER_ID, PLACEHOLDERS, USER_EMAIL, USER_ID } from './attribute-keys.ts'
import type { Row } from './row.ts'

/** What kind of actor `user.id` and `enduser.id` name for an emitter. */
export interface PrincipalKinds {
  readonly enduserId: 'user' | 'oauth_client'
  readonly userId: 'user' | 'install'
}

/** The conventions' own meaning. */
export const USERS: PrincipalKinds = { enduserId: 'user', userId: 'user' }

interface Source {
  readonly key: KeyId
  readonly keys: readonly KeyId[]
  readonly kind: (of: PrincipalKinds) => string
}

const source = (key: KeyId, kind: Source['kind']): Source => ({ key, keys: [key], kind })
const ORDER: readonly Source[] = [
  source(ENDUSER_ID, (of) => of.enduserId),
  source(USER_EMAIL, () => 'user'),
  source(USER_ID, (of) => of.userId),
]
const PLACEHOLDER_LENGTHS: ReadonlySet<number> = new Set(
  Array.from(PLACEHOLDERS, ({ length }) => length),
)

/**
 * Writes who acts: the record's word before its resource's. Identity in attributes is what the emitter reports; it is
 * never taken for verified.
 */
export function writePrincipal(row: Row, kinds: PrincipalKinds): void {
  for (const { key, keys, kind } of ORDER) {
    const named = nameFrom(row, row.attributes, key, keys) || nameFrom(row, row.resource, key, keys)
    if (!named) continue
    row.word('principalKind', kind(kinds))
    row.word('principalTrust', 'reported')
    return
  }
  row.word('principalTrust', 'none')
}

function nameFrom(row: Row, attributes: AttributeSet, key: KeyId, keys: readonly KeyId[]): boolean {
  const type = attributes.kindOf(key)
  if (type === VALUE.none) return false
  const length = attributes.endOf(key) - attributes.startOf(key)
  const mayStandForNobody = type !== VALUE.string || PLACEHOLDER_LENGTHS.has(length)
  if (mayStandForNobody && PLACEHOLDERS.has(attributes.text(key))) return false
  row.nameFrom('principal', attributes, keys)
  return true
}
