import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@nightjar/core'
import {
  componentsInOrder,
  createMetrics,
  openAdminToken,
  openKeyring,
  readConfig,
} from '@nightjar/runtime'
import { expect, test } from 'vitest'

const folder = () => mkdtempSync(join(tmpdir(), 'nightjar-'))

test('the defaults are the ports and addresses that stay fixed', () => {
  const { apiPort, otlpGrpcPort, otlpHttpPort, host, data } = readConfig({})
  expect({ apiPort, otlpGrpcPort, otlpHttpPort, host, data }).toEqual({
    apiPort: 4680,
    otlpGrpcPort: 4317,
    otlpHttpPort: 4318,
    host: '127.0.0.1',
    data: './data',
  })
})

test('every fault of the configuration is listed at once', () => {
  const read = () =>
    readConfig({ NIGHTJAR_API_PORT: 'x', NIGHTJAR_DELIVER_ALLOW: 'ten', NIGHTJAR_DATAA: 'typo' })
  expect(read).toThrow(/NIGHTJAR_DATAA[\s\S]*NIGHTJAR_API_PORT[\s\S]*NIGHTJAR_DELIVER_ALLOW/)
})

test('keys differ by purpose and stay the same over a restart', () => {
  const data = folder()
  const first = openKeyring(data, undefined)
  const again = openKeyring(data, undefined)
  expect(first.derive('a')).toEqual(again.derive('a'))
  expect(first.derive('a')).not.toEqual(first.derive('b'))
  expect(again.sealer.open(first.sealer.seal('whsec_x'))).toBe('whsec_x')
  expect(() => again.sealer.open('v1.AAAA')).toThrow(/cannot be opened/)
})

test('the admin token is made once, for its owner only', () => {
  const data = folder()
  const made = openAdminToken(data, undefined)
  const read = openAdminToken(data, undefined)
  expect([made.created, read.created]).toEqual([true, false])
  expect(read.token.reveal()).toBe(made.token.reveal())
  expect(statSync(made.path).mode & 0o777).toBe(0o600)
  expect(`${made.token} ${JSON.stringify(made.token)}`).not.toContain(made.token.reveal())
})

test('parts start in order, stop in the other order, and a failed start stops what had begun', async () => {
  const log: string[] = []
  const part = (name: string, fails = false) => ({
    name,
    start: async () => {
      log.push(`start ${name}`)
      if (fails) throw new Error(`${name} cannot`)
    },
    stop: async () => {
      log.push(`stop ${name}`)
    },
  })
  const whole = componentsInOrder('whole', [part('a'), part('b')], silentLogger)
  await whole.start()
  await whole.stop()
  await whole.stop()
  expect(log).toEqual(['start a', 'start b', 'stop b', 'stop a'])
  const broken = componentsInOrder('broken', [part('c'), part('d', true)], silentLogger)
  await expect(broken.start()).rejects.toThrow('d cannot')
  expect(log.slice(-1)).toEqual(['stop c'])
})

test('a label with too many values is bounded', () => {
  const metrics = createMetrics()
  for (let i = 0; i < 2000; i++) metrics.add('nightjar_x_total', 1, { key: `${i}"\n` })
  expect(metrics.total('nightjar_x_total')).toBe(2000)
  expect(metrics.text().split('\n').length).toBeLessThan(1010)
})
