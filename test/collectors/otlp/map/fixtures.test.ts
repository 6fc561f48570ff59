import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { auditEventSchema } from '@nightjar/core'
import { describe, expect, test } from 'vitest'
import {
  KEY,
  mapBytes,
  otlpFromJson,
  otlpProtobuf,
  type PlainRequest,
  RECEIVED_US,
  TENANT,
} from '../../../support/otlp-request.ts'

interface Fixture extends PlainRequest {
  readonly about: string
  /** Fields every row has. */
  readonly common: Readonly<Record<string, unknown>>
  /** Expected rows, in order. `argsHash` and `resultHash` hold the canonical text that is hashed. */
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly sightings?: readonly Readonly<Record<string, unknown>>[]
}

const FOLDER = join(import.meta.dirname, '../../../fixtures/otlp')
const fixtures = readdirSync(FOLDER, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.json'))
  .map((name) => [name, JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Fixture] as const)

const hmac = (text: string) =>
  createHmac('sha256', KEY).update(text, 'utf8').digest('hex').slice(0, 32)

function expectedRows({ common, rows }: Fixture): object[] {
  return rows.map((row) => {
    const made: Record<string, unknown> = {
      tenant: TENANT,
      time: '2026-11-21T08:33:20.000Z',
      receivedTime: new Date(RECEIVED_US / 1000).toISOString(),
      ...common,
      ...row,
    }
    for (const hash of ['argsHash', 'resultHash'])
      if (typeof made[hash] === 'string') made[hash] = hmac(made[hash])
    return Object.fromEntries(Object.entries(made).filter(([, value]) => value !== null))
  })
}

const tagged = /^[0-9a-f]{16}$/
const withoutKeyed = ({ id, session, targetHash, ...event }: Readonly<Record<string, unknown>>) => {
  expect(id).toMatch(/^[0-9a-f]{32}$/)
  for (const tag of [session, targetHash]) if (tag !== undefined) expect(tag).toMatch(tagged)
  return event
}

describe.each(fixtures)('%s', (_, fixture) => {
  const { signal } = fixture
  const fromProtobuf = mapBytes([{ signal, bytes: otlpProtobuf(fixture) }])
  const fromJson = mapBytes([{ signal, bytes: otlpFromJson(fixture) }])

  test(`${fixture.about}: the rows are as written by hand`, () => {
    expect(fromProtobuf.events.map(withoutKeyed)).toEqual(expectedRows(fixture))
  })

  test('JSON gives the same rows with the same ids', () => {
    expect(fromJson).toEqual(fromProtobuf)
  })

  test('every row is an AuditEvent and has an id of its own', () => {
    for (const event of fromProtobuf.events) auditEventSchema.parse(event)
    expect(new Set(fromProtobuf.events.map(({ id }) => id)).size).toBe(fromProtobuf.events.length)
  })

  test('the sightings are as written by hand', () => {
    expect(fromProtobuf.sightings.map(({ id: _id, ...rest }) => rest)).toEqual(
      (fixture.sightings ?? []).map((sighting) => ({ tenant: TENANT, ...sighting })),
    )
  })
})
