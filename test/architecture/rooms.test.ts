import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { faultOf, importsOf, roomsOf } from './imports.ts'
import { ROOMS } from './rooms.ts'

const root = process.cwd()

test('every room of the checkout is in the table, and every room of the table exists', () => {
  expect(roomsOf(root).sort()).toEqual(Object.keys(ROOMS).sort())
})

describe.each(Object.keys(ROOMS))('%s', (room) => {
  const imports = importsOf(root, room)

  test('imports only what the table allows', () => {
    expect(imports.length, 'the walk must find imports, or it proves nothing').toBeGreaterThan(0)
    expect(imports.map((each) => faultOf(room, each)).filter(Boolean)).toEqual([])
  })

  test('has a README of at most 60 lines', () => {
    const readme = join(root, room, 'README.md')
    expect(existsSync(readme)).toBe(true)
    expect(readFileSync(readme, 'utf8').split('\n').length).toBeLessThanOrEqual(61)
  })
})

test.each([
  ['services/core', { file: 'services/core/src/a.ts', from: 'node:fs', typeOnly: false }],
  ['services/core', { file: 'services/core/src/a.ts', from: '@nightjar/store', typeOnly: false }],
  [
    'services/detect',
    { file: 'services/detect/src/a.ts', from: '@nightjar/store', typeOnly: true },
  ],
  [
    'services/api',
    { file: 'services/api/src/a.ts', from: '@nightjar/store/src/connect.ts', typeOnly: false },
  ],
  [
    'services/api',
    { file: 'services/api/src/a.ts', from: '../../store/src/connect.ts', typeOnly: false },
  ],
  ['services/store', { file: 'services/store/src/queries/a.ts', from: 'chdb', typeOnly: false }],
  ['dashboard', { file: 'dashboard/src/a.tsx', from: '@nightjar/core', typeOnly: false }],
])('a forbidden import of %s is seen: %j', (room, each) => {
  expect(faultOf(room, each)).toBeDefined()
})
