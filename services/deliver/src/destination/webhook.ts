import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Clock, Destination, Sealer } from '@nightjar/core'
import { retryAfterMsOf } from '../backoff.ts'
import { DELIVER_CODES, type Refusal } from '../errors.ts'
import { type Outcome, outcomeOf } from '../outcome.ts'
import { plainText } from '../plain-text.ts'
import type { AddressGuard } from './address.ts'
import { type PinnedAddress, post } from './post.ts'
import type { DestinationSender, Message } from './sender.ts'
import { signatureOf, signingKeyOf } from './signature.ts'
import { webhookBody } from './webhook-body.ts'

export interface WebhookOptions {
  readonly guard: AddressGuard
  readonly sealer: Sealer
  readonly clock: Clock
  readonly productVersion: string
  readonly baseUrl?: string
  /** For the whole of an attempt; default 15 s. */
  readonly timeoutMs?: number
}

/** Where a URL leads: addresses that may be used, or why there is none. */
type Resolved =
  | { readonly type: 'pinned'; readonly pinned: readonly PinnedAddress[] }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'failed'; readonly reason: string }

const TIMEOUT_MS = 15_000
const CHECK_TIMEOUT_MS = 3000
const MAX_SAID = 200

/** The sender of signed webhooks (Standard Webhooks 1.0, body: OCSF Detection Finding). */
export function createWebhookSender(options: WebhookOptions): DestinationSender {
  const { guard, sealer, clock } = options

  const attempt = async (
    destination: Destination,
    message: Message,
    signal: AbortSignal,
  ): Promise<Outcome> => {
    const key = openedKey(destination, sealer)
    if (typeof key === 'string') return hold(key)
    const url = new URL(destination.url)
    const resolved = await resolve(url, guard, signal)
    if (resolved.type === 'refused') return hold(resolved.reason)
    if (resolved.type === 'failed') return { type: 'retry', status: 0, error: resolved.reason }
    const body = webhookBody(message.alert, { ...options, ...message })
    const timestamp = Math.floor(clock.now() / 1000)
    const signature = signatureOf(key, { id: message.id, timestamp, body })
    const answer = await post({
      url,
      pinned: resolved.pinned,
      body,
      signal,
      headers: {
        'content-type': 'application/json',
        'user-agent': `Nightjar/${options.productVersion}`,
        'webhook-id': message.id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signature,
      },
    })
    const retryAfterMs = retryAfterMsOf(answer.retryAfter, clock.now())
    return outcomeOf({
      status: answer.status,
      // A receiver may echo what it was sent; a signature is nobody else's business.
      said: plainText(answer.text.replaceAll(signature, '[signature]'), MAX_SAID),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    })
  }

  return {
    type: 'webhook',
    check: (destination) => check(destination, options),
    async send(destination, message, signal) {
      const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)
      try {
        return await attempt(destination, message, AbortSignal.any([signal, timeout]))
      } catch (error) {
        const reason = timeout.aborted ? 'The receiver did not answer in time.' : faultOf(error)
        return { type: 'retry', status: 0, error: reason }
      }
    },
  }
}

const hold = (error: string): Outcome => ({ type: 'hold', status: 0, error })

/** The system's name of a network fault, e.g. ECONNREFUSED; its message may hold the URL, and a URL may hold a token. */
function faultOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return `The receiver cannot be reached${code === '' ? '' : ` (${plainText(code, 60)})`}.`
}

/** Resolves a URL's host anew and leaves only the addresses that may be used. */
async function resolve(url: URL, guard: AddressGuard, signal: AbortSignal): Promise<Resolved> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  let found: PinnedAddress[]
  try {
    found = isIP(host) ? [{ address: host, family: isIP(host) }] : await lookupWithin(host, signal)
  } catch (error) {
    return { type: 'failed', reason: faultOf(error) }
  }
  const judged = found.map((pinned) => ({
    pinned,
    refusal: guard.refusal(pinned.address, url.protocol),
  }))
  const pinned = judged.flatMap((item) => (item.refusal === undefined ? [item.pinned] : []))
  if (pinned.length > 0) return { type: 'pinned', pinned }
  const reason = judged[0]?.refusal
  return reason === undefined
    ? { type: 'failed', reason: 'The host has no address.' }
    : { type: 'refused', reason }
}

/** A look-up that ends with the signal; the system's own cannot be cancelled. */
async function lookupWithin(host: string, signal: AbortSignal): Promise<PinnedAddress[]> {
  signal.throwIfAborted()
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  return await Promise.race([lookup(host, { all: true }), aborted])
}

async function check(
  destination: Destination,
  { guard, sealer }: WebhookOptions,
): Promise<Refusal | undefined> {
  const url = URL.canParse(destination.url) ? new URL(destination.url) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    return {
      code: DELIVER_CODES.urlInvalid,
      message: 'The URL must begin with https:// (or http://).',
    }
  if (url.username !== '' || url.password !== '')
    return { code: DELIVER_CODES.urlInvalid, message: 'The URL must not hold a user or password.' }
  const key = openedKey(destination, sealer)
  if (typeof key === 'string') return { code: DELIVER_CODES.secretInvalid, message: key }
  const resolved = await resolve(url, guard, AbortSignal.timeout(CHECK_TIMEOUT_MS))
  // A name that does not resolve yet is no fault of the settings; each attempt looks again.
  return resolved.type === 'refused'
    ? { code: DELIVER_CODES.addressRefused, message: resolved.reason }
    : undefined
}

/** The signing key, or what is wrong with it. */
function openedKey({ sealedSecret }: Destination, sealer: Sealer): Buffer | string {
  try {
    const key = signingKeyOf(sealer.open(sealedSecret))
    return key ?? 'The secret must be whsec_ followed by base64 of 24 to 64 bytes.'
  } catch {
    return 'The signing secret cannot be opened; enter it again.'
  }
}
