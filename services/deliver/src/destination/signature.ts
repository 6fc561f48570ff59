import { createHmac } from 'node:crypto'

const PREFIX = 'whsec_'
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The key bytes of a Standard Webhooks secret (`whsec_` and base64 of 24 to 64 bytes); undefined if it is not one. */
export function signingKeyOf(secret: string): Buffer | undefined {
  if (!secret.startsWith(PREFIX)) return undefined
  const text = secret.slice(PREFIX.length)
  if (!BASE64.test(text)) return undefined
  const key = Buffer.from(text, 'base64')
  return key.length >= 24 && key.length <= 64 ? key : undefined
}

/** What is signed: the message id, the time of this attempt in Unix seconds, and the body as it is sent. */
export interface SignedParts {
  readonly id: string
  readonly timestamp: number
  readonly body: string
}

/** The value of `webhook-signature` (Standard Webhooks 1.0): `v1,` and the base64 HMAC-SHA-256 of id.timestamp.body. */
export function signatureOf(key: Buffer, { id, timestamp, body }: SignedParts): string {
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`, 'utf8')
  return `v1,${mac.digest('base64')}`
}
