import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Alert, Server } from '@nightjar/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort, nightjarBin, type Running, startNightjar } from './support/nightjar.ts'

let nightjar: Running

beforeAll(async () => {
  nightjar = await startNightjar()
})
afterAll(() => nightjar.end())

async function command(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [nightjarBin, ...args], {
    env: { ...process.env, ...nightjar.env, NIGHTJAR_OTLP_ENDPOINT: nightjar.otlpHttpUrl, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk
  })
  const [code] = (await once(child, 'close')) as [number]
  return { code, out, err }
}

test('the demo plays through real servers and raises what it is meant to', async () => {
  const { code, out } = await command(['demo'])
  expect(out).toMatch(/exfiltration-burst/)
  expect(out).toMatch(/manifest-drift/)
  expect(code).toBe(0)
})

test('the doctor finds nothing wrong but the missing destination, and says what to do', async () => {
  const { code, out } = await command(['doctor', '--json'])
  const checks = JSON.parse(out) as { name: string; status: string; remedy: string }[]
  expect(checks.filter(({ status }) => status !== 'ok').map(({ name }) => name)).toEqual([
    'delivery',
  ])
  expect(checks.find(({ name }) => name === 'delivery')?.remedy).toContain('destinations add')
  expect(code).toBe(3)
})

test('a person approves a server and closes an alert from the command line, on record', async () => {
  const servers = JSON.parse((await command(['inventory', 'list', '--json'])).out) as Server[]
  const notes = servers.find(({ name }) => name === 'team-notes')
  const approved = await command(['inventory', 'reject', notes?.id ?? '', '-m', 'poisoned'])
  expect(approved.out).toContain('rejected')
  const shown = JSON.parse(
    (await command(['inventory', 'show', notes?.id ?? '', '--json'])).out,
  ) as {
    server: Server
  }
  expect(shown.server.judgement).toMatchObject({ reason: 'poisoned' })

  const alerts = JSON.parse((await command(['alerts', 'list', '--format', 'json'])).out) as Alert[]
  const id = alerts[0]?.id ?? ''
  expect((await command(['alerts', 'ack', id])).out).toContain('acknowledged')
  const closed = await command(['alerts', 'close', id, '--reason', 'test', '-m', 'a demo'])
  expect(closed.out).toContain('closed')
  const { alert } = JSON.parse((await command(['alerts', 'show', id])).out) as { alert: Alert }
  expect(alert.history.map(({ action }) => action)).toEqual(['created', 'acknowledged', 'closed'])
})

test('what cannot be asked, and what is asked wrongly, have codes of their own', async () => {
  const away = await command(['alerts'], { NIGHTJAR_URL: `http://127.0.0.1:${await freePort()}` })
  expect(away.code).toBe(5)
  expect(away.err).toContain('npm start')
  expect(JSON.parse(away.err.trim().split('\n').at(-1) ?? '')).toMatchObject({
    error: { code: 'CLI_UNREACHABLE', exitCode: 5 },
  })
  expect((await command(['tap'])).code).toBe(2)
  expect((await command(['no-such-command'])).code).toBe(2)
})

test('the rules are tested without a service', async () => {
  const { code, out } = await command(['rules', 'test'])
  expect(out).toMatch(/^\d+ passed, 0 failed$/m)
  expect(code).toBe(0)
})
