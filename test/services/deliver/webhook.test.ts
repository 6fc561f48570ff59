import {
  createAddressGuard,
  outcomeOf,
  retryAfterMsOf,
  retryDelayMs,
  signatureOf,
  signingKeyOf,
} from '@nightjar/deliver'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { NOON, SECRET } from './samples.ts'

describe('a signature', () => {
  it('is what the standardwebhooks package makes and accepts', () => {
    const key = signingKeyOf(SECRET) ?? Buffer.alloc(0)
    const timestamp = Math.floor(Date.now() / 1000)
    const body = '{"type":"ü"}'
    const signature = signatureOf(key, { id: 'msg_1', timestamp, body })
    const webhook = new Webhook(SECRET)
    expect(signature).toBe(webhook.sign('msg_1', new Date(timestamp * 1000), body))
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature,
    }
    expect(webhook.verify(body, headers)).toEqual({ type: 'ü' })
    expect(() => webhook.verify(`${body} `, headers)).toThrow()
  })

  it.each([
    ['no prefix', SECRET.slice(6)],
    ['23 bytes', `whsec_${Buffer.alloc(23).toString('base64')}`],
    ['65 bytes', `whsec_${Buffer.alloc(65).toString('base64')}`],
    ['not base64', `whsec_${'*'.repeat(44)}`],
    ['base64url', `whsec_${Buffer.alloc(33, 255).toString('base64url')}`],
    ['nothing', ''],
  ])('takes no key from %s', (_, secret) => {
    expect(signingKeyOf(secret)).toBeUndefined()
  })

  it.each([24, 32, 64])('takes a key of %d bytes', (length) => {
    expect(signingKeyOf(`whsec_${Buffer.alloc(length, 1).toString('base64')}`)).toHaveLength(length)
  })
})

describe('the address guard', () => {
  const closed = createAddressGuard([])

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '192.0.0.192',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    'example.org',
    '',
  ])('refuses %s', (address) => {
    expect(closed.refusal(address, 'https:')).toBeTypeOf('string')
  })

  it.each(['93.184.216.34', '172.32.0.1', '2606:4700::1111', '::ffff:93.184.216.34'])(
    'allows %s over https, and not over http',
    (address) => {
      expect(closed.refusal(address, 'https:')).toBeUndefined()
      expect(closed.refusal(address, 'http:')).toBeTypeOf('string')
    },
  )

  it('allows what the list holds, over http too, and nothing beside it', () => {
    const guard = createAddressGuard(['127.0.0.0/8', ' 10.20.0.0/16 ', 'fd00:1::/32', '::1'])
    for (const address of ['127.0.0.1', '::ffff:127.0.0.1', '10.20.255.1', 'fd00:1::5', '::1'])
      expect(guard.refusal(address, 'http:')).toBeUndefined()
    for (const address of ['10.21.0.1', 'fd00:2::5', '169.254.169.254', '::2'])
      expect(guard.refusal(address, 'https:')).toBeTypeOf('string')
  })

  it.each(['127.0.0.0/33', '::/129', 'localhost', '10.0.0.0/x', '10.0.0.0/8/8', ''])(
    'cannot be made with %j',
    (network) => {
      expect(() => createAddressGuard([network])).toThrow(
        expect.objectContaining({ code: 'DELIVER_ALLOW_INVALID' }),
      )
    },
  )
})

describe('an answer', () => {
  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [301, 'retry'],
    [307, 'retry'],
    [400, 'reject'],
    [401, 'hold'],
    [403, 'hold'],
    [404, 'hold'],
    [405, 'hold'],
    [408, 'retry'],
    [410, 'disable'],
    [413, 'reject'],
    [422, 'reject'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
  ])('of %d means %s', (status, type) => {
    expect(outcomeOf({ status, said: '' })).toMatchObject({ type, status })
  })

  it('suspects the message only where the receiver itself fails', () => {
    expect(outcomeOf({ status: 500, said: '' })).toHaveProperty('suspect', true)
    expect(outcomeOf({ status: 503, said: '' })).not.toHaveProperty('suspect')
  })
})

describe('back-off', () => {
  const wait = (failures: number, random = 0.5, retryAfterMs?: number) =>
    retryDelayMs({
      failures,
      random,
      scale: 1,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    })

  it('grows from 5 s to 24 h and stays there', () => {
    expect([1, 2, 3, 9, 10, 50].map((failures) => wait(failures))).toEqual([
      5000, 15_000, 45_000, 32_805_000, 86_400_000, 86_400_000,
    ])
  })

  it('is spread by a quarter, and never beyond 24 h', () => {
    expect([wait(1, 0), wait(1, 1), wait(30, 1)]).toEqual([3750, 6250, 86_400_000])
  })

  it('waits as long as the receiver asks, 24 h at most', () => {
    expect([wait(1, 0.5, 60_000), wait(1, 0.5, 1000), wait(1, 0.5, 1e12)]).toEqual([
      60_000, 5000, 86_400_000,
    ])
  })

  it.each([
    ['120', 120_000],
    ['Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    [undefined, undefined],
  ])('reads Retry-After %j', (header, ms) => {
    expect(retryAfterMsOf(header, NOON)).toBe(ms)
  })
})
