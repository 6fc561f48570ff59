import { createHmac } from 'node:crypto'
import { canonicalJson } from '@nightjar/mcp'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KEY, mapPlain } from '../../../support/otlp-request.ts'

/** The row of a call with these arguments, as JSON text. */
function withArgs(text: string) {
  const { events } = mapPlain({
    signal: 'traces',
    records: [
      {
        kind: 2,
        attributes: { 'mcp.method.name': 'tools/call', 'gen_ai.tool.call.arguments': text },
      },
    ],
  })
  return events[0] ?? expect.fail('no row')
}

const json = fc.jsonValue({ maxDepth: 4 })
const object = fc.dictionary(fc.string({ maxLength: 12 }), json, { maxKeys: 8 })

function shuffled(value: unknown, order: (keys: string[]) => string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, order))
  if (typeof value !== 'object' || value === null) return value
  const entries = order(Object.keys(value)).map((key) => [
    key,
    shuffled((value as Record<string, unknown>)[key], order),
  ])
  return Object.fromEntries(entries)
}

test('the hash is HMAC-SHA-256 of the canonical text, cut to 16 bytes', () => {
  fc.assert(
    fc.property(object, (args) => {
      const parsed: unknown = JSON.parse(JSON.stringify(args))
      const expected = createHmac('sha256', KEY).update(canonicalJson(parsed)).digest('hex')
      expect(withArgs(JSON.stringify(args)).argsHash).toBe(expected.slice(0, 32))
    }),
    { numRuns: 200 },
  )
})

test('order of keys and white space do not change hash, size or preview', () => {
  fc.assert(
    fc.property(object, fc.constantFrom(0, 1, 2), (args, indent) => {
      const one = withArgs(JSON.stringify(args))
      const other = withArgs(
        JSON.stringify(
          shuffled(args, (keys) => keys.toReversed()),
          null,
          indent,
        ),
      )
      expect([other.argsHash, other.argsBytes, other.argsPreview, other.argsKeys]).toEqual([
        one.argsHash,
        one.argsBytes,
        one.argsPreview,
        one.argsKeys,
      ])
    }),
    { numRuns: 200 },
  )
})

test('different content has different hashes', () => {
  expect(withArgs('{"a":1}').argsHash).not.toBe(withArgs('{"a":"1"}').argsHash)
  expect(withArgs('{"a":[1,2]}').argsHash).not.toBe(withArgs('{"a":[2,1]}').argsHash)
})

const SECRET = 'Zq7PlantedSecretZq7'
const sensitive = fc.constantFrom(
  ...['password', 'DB_PASSWORD', 'apiKey', 'x-api-key', 'Authorization', 'client_secret', 'pin'],
  ...[
    'access_token',
    'refreshToken',
    'Set-Cookie',
    'private_key',
    'pwd',
    'connectionString',
    'otp',
  ],
)

test('a secret under a sensitive name is in no preview, however deep and however it is wrapped', () => {
  const wrap = fc.constantFrom(
    (name: string): unknown => ({ [name]: SECRET }),
    (name: string): unknown => ({ [name]: [SECRET, { x: SECRET }] }),
    (name: string): unknown => ({ name, value: SECRET }),
    (name: string): unknown => [`--${name}`, SECRET],
    (name: string): unknown => JSON.stringify({ [name]: SECRET }),
    (name: string): unknown => JSON.stringify({ text: JSON.stringify({ [name]: SECRET }) }),
  )
  fc.assert(
    fc.property(object, sensitive, wrap, fc.nat(3), (around, name, make, depth) => {
      let value = make(name)
      for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { inner: value }
      const event = withArgs(JSON.stringify({ aaa: value, ...around }))
      expect(event.argsPreview).not.toContain(SECRET)
    }),
    { numRuns: 400 },
  )
})

test('the same holds wherever the text was cut', () => {
  fc.assert(
    fc.property(object, sensitive, fc.nat(), (around, name, at) => {
      const text = JSON.stringify({ ...around, deep: [{ [name]: SECRET }], tail: 'x y z' })
      const event = withArgs(text.slice(0, at % (text.length + 1)))
      expect(event.argsPreview ?? '').not.toContain(SECRET.slice(0, 8))
      expect(event.argsHash === undefined).toBe(event.argsState !== 'full')
    }),
    { numRuns: 400 },
  )
})

test('previews and key lists are bounded, and previews never end in half a character', () => {
  const wide = fc.dictionary(fc.string({ unit: 'binary', maxLength: 90 }), json, { maxKeys: 80 })
  fc.assert(
    fc.property(wide, fc.string({ unit: 'binary', maxLength: 900 }), (args, text) => {
      const event = withArgs(JSON.stringify({ ...args, text }))
      expect((event.argsPreview ?? '').length).toBeLessThanOrEqual(300)
      expect((event.argsKeys ?? '').length).toBeLessThan(49 * 65)
      expect(event.argsPreview ?? '').not.toMatch(/[\p{Cc}]/u)
      expect(event.argsPreview ?? '').not.toContain('\ufffd\ufffd\ufffd')
    }),
    { numRuns: 150 },
  )
})

test('any text at all is read without a fault', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.constantFrom('', '{', '[', '{"a":"'),
      (text, head) => {
        const event = withArgs(head + text)
        expect(['full', 'truncated', 'text', 'absent']).toContain(event.argsState)
      },
    ),
    { numRuns: 300 },
  )
})

test('what an emitter redacted itself is not hashed', () => {
  const event = withArgs('{"password":"[REDACTED]","path":"/x"}')
  expect([event.argsState, event.argsHash, event.quality]).toEqual([
    'redacted',
    undefined,
    ['args_redacted'],
  ])
})

test('counts and words that only look like secrets stay', () => {
  const event = withArgs(
    '{"note":"max tokens: 1000, the token was sent to basic information desk"}',
  )
  expect(event.argsPreview).toContain('max tokens: 1000')
  expect(event.argsPreview).toContain('the token was sent to basic information desk')
  expect(event.signals).toBeUndefined()
})

test('hostile repetition is judged in bounded time, and the row says what was left out', () => {
  const text = JSON.stringify({ note: 'token '.repeat(100_000) })
  withArgs(text)
  const before = performance.now()
  const event = withArgs(text)
  expect(performance.now() - before).toBeLessThan(1000)
  expect(event.quality).toContain('content_not_judged')
})

test('the word a cut went through is dropped: half a path is no target, half a secret is still one', () => {
  const path = withArgs('{"limit":5,"path":"/srv/reports/2026/q')
  expect([path.target, path.targetHash, path.argsKeys]).toEqual([
    undefined,
    undefined,
    'limit,path',
  ])
  expect(withArgs('{"note":"use AKIAIOSFODNN').argsPreview).toBe('{"note":"use "}…')
  expect(withArgs('{"a":["x","half a wo').argsPreview).toBe('{"a":["x","half a "]}…')
  expect(withArgs('{"a":1,"b":{"c":tr').argsPreview).toBe('{"a":1,"b":{}}…')
  expect(withArgs('{"a":"q\\u00').argsPreview).toBe('{"a":""}…')
})

const word = fc.oneof(
  fc.constantFrom('path', 'text', 'name', 'key', 'url', 'content', 'b', 'a', ' x', 'max_tokens'),
  fc.string({ maxLength: 8 }),
)
const line = fc.oneof(
  fc.string({ maxLength: 160 }),
  fc.constantFrom('/srv/a.csv', 'tab\there', 'x'.repeat(119), 'y'.repeat(121), 'z '.repeat(200)),
  fc.constantFrom('A'.repeat(600), ' {"pin":"1234x"}', 'https://h.example/?q=1', '--pin', ''),
)
const scalar = fc.oneof(line, fc.double(), fc.integer(), fc.boolean(), fc.constant(null))
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(word, tie('tree'), { maxKeys: 5 }),
  ),
}))

test('a row does not depend on how the characters of its content are written', () => {
  fc.assert(
    fc.property(fc.dictionary(word, tree, { minKeys: 1, maxKeys: 6 }), (args) => {
      const text = JSON.stringify(args)
      // An escape within a name is read as text; without one, nearly all content is read as bytes.
      const escaped = JSON.stringify({ ...args, zzz: 0 }).replace('"zzz"', '"\\u007azz"')
      const plain = withArgs(`${text.slice(0, -1)},"zzz":0}`)
      expect(withArgs(escaped)).toEqual(plain)
    }),
    { numRuns: 600 },
  )
})
