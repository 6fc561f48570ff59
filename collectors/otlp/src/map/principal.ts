import type { KeyId } from '../keys.ts'
import { VALUE } from '../record.ts'
import { ENDUSER_ID, PLACEHOLDERS, USER_EMAIL, USER_ID } from './attribute-keys.ts'
import type { Row } from './row.ts'

/** What kind of actor `user.id` and `enduser.id` name for an emitter. */
export interface PrincipalKinds {
  readonly enduserId: 'user' | 'oauth_client'
  readonly userId: 'user' | 'install'
}

/** The conventions' own meaning. */
export const USERS: PrincipalKinds = { enduserId: 'user', userId: 'user' }

const ORDER: readonly { readonly key: KeyId; readonly kind: (of: PrincipalKinds) => string }[] = [
  { key: ENDUSER_ID, kind: (of) => of.enduserId },
  { key: USER_EMAIL, kind: () => 'user' },
  { key: USER_ID, kind: (of) => of.userId },
]

/**
 * Writes who acts: the record's word before its resource's. Identity in attributes is what the emitter reports; it is
 * never taken for verified.
 */
export function writePrincipal(row: Row, kinds: PrincipalKinds): void {
  for (const { key, kind } of ORDER) {
    for (const attributes of [row.attributes, row.resource]) {
      if (attributes.kindOf(key) === VALUE.none || PLACEHOLDERS.has(attributes.text(key))) continue
      row.nameFrom('principal', attributes, [key])
      row.word('principalKind', kind(kinds))
      row.word('principalTrust', 'reported')
      return
    }
  }
  row.word('principalTrust', 'none')
}
