import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  auditEventJsonSchema,
  auditEventSchema,
  batchOf,
  EVENT_COLUMNS,
  EVENT_KINDS,
  eventsOf,
} from '@nightjar/core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'

const FOLDER = join(import.meta.dirname, '../../../services/core/schema')
const FILE = join(FOLDER, 'audit-event.schema.json')

// NIGHTJAR_WRITE_SCHEMA=1 writes the published schema anew, to be committed.
if (process.env.NIGHTJAR_WRITE_SCHEMA === '1')
  writeFileSync(FILE, `${JSON.stringify(auditEventJsonSchema(), null, 2)}\n`)

const published = JSON.parse(readFileSync(FILE, 'utf8')) as {
  readonly $defs: {
    readonly AuditEvent: { readonly properties: Readonly<Record<string, unknown>> }
  }
}
const samples = readdirSync(join(FOLDER, 'samples')).map(
  (name) => [name, JSON.parse(readFileSync(join(FOLDER, 'samples', name), 'utf8'))] as const,
)

// Their default export is the function itself where the module is loaded by require.
const addFormats = ajvFormats as unknown as typeof ajvFormats.default
const ajv = new Ajv2020({ strict: false })
addFormats(ajv)
const validate = ajv.compile(published)

test('the published schema is the one the dictionary makes (NIGHTJAR_WRITE_SCHEMA=1 writes it)', () => {
  expect(published).toEqual(auditEventJsonSchema())
})

test('it names the OpenTelemetry attribute and the meaning of every field', () => {
  for (const [name, { attribute, about }] of Object.entries(EVENT_COLUMNS))
    expect(published.$defs.AuditEvent.properties[name]).toMatchObject({
      'x-otel-attribute': attribute,
      description: about,
    })
})

describe.each(samples)('%s', (_, sample: Record<string, unknown>) => {
  test('is valid by the published schema and by the dictionary', () => {
    expect(validate(sample), JSON.stringify(validate.errors)).toBe(true)
    expect(auditEventSchema.safeParse(sample).success).toBe(true)
  })

  test('keeps every field on its way through the columns', () => {
    expect(eventsOf(batchOf([sample]))).toEqual([sample])
  })

  test('is refused with an unknown field, a foreign outcome or without its id', () => {
    const { id: _id, ...nameless } = sample
    for (const wrong of [{ ...sample, colour: 'red' }, { ...sample, outcome: 'fine' }, nameless])
      expect(validate(wrong)).toBe(false)
  })
})

test('there is a sample of every kind of event', () => {
  const kinds = new Set(samples.map(([, { kind }]) => kind))
  expect([...EVENT_KINDS].filter((kind) => !kinds.has(kind))).toEqual([])
})
