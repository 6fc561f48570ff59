/** Why a request was refused; each transport has its own code for it. */
export type Refusal =
  | 'unauthenticated'
  | 'invalid'
  | 'too_large'
  | 'overloaded'
  | 'unavailable'
  | 'internal'

/** What a sender is told, whatever it speaks. Messages never hold content. */
export type Answer =
  | { readonly status: 'ok'; readonly rejected: number; readonly message: string }
  | { readonly status: Refusal; readonly message: string; readonly retryMs?: number }

/** Who sends, from the credential alone. */
export type Authentication = { readonly tenant: string } | { readonly error: 'missing' | 'invalid' }

/** Decides who sends from a bearer token, if there is one, and the address it comes from. */
export type Authenticate = (bearer: string | undefined, remoteAddress: string) => Authentication

const BEARER = /^bearer +(\S+)$/i

/**
 * The token of a request: `x-nightjar-token`, else `authorization: Bearer`. Another scheme is a credential we cannot
 * check, so it is handed on whole and found invalid rather than passed over.
 */
export function bearerOf(token: string | undefined, authorization: string | undefined) {
  const given = token?.trim() || authorization?.trim() || undefined
  if (given === undefined || given === token?.trim()) return given
  return BEARER.exec(given)?.[1] ?? given
}
