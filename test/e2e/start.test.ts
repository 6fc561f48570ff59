import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { nightjarBin, startNightjar } from './support/nightjar.ts'
import { post, span, traceRequest } from './support/spans.ts'

test('Ctrl-C ends it within five seconds and a second start keeps the data', async () => {
  const first = await startNightjar()
  expect(await post(first.otlpHttpUrl, traceRequest([span().json, span().json]))).toBe(true)
  const ended = await first.end('SIGINT')
  expect(ended.ms).toBeLessThan(5000)
  expect(ended.code).toBe(0)
  const second = await startNightjar({ data: first.data })
  expect((await second.get<{ total: number }>('/events?limit=1')).total).toBe(2)
  expect(second.token).toBe(first.token)
  await second.end()
})

test('the first start prints a sign-in link, and the link signs in once', async () => {
  const nightjar = await startNightjar()
  const link = /http:\/\/127\.0\.0\.1:\d+\/sign-in\S+/.exec(nightjar.output())?.[0]
  expect(link).toBeDefined()
  expect(nightjar.output()).not.toContain(nightjar.token)
  await nightjar.end()
})

test('a second process on the same folder is told who holds it and what to do', async () => {
  const nightjar = await startNightjar()
  const second = spawnSync(process.execPath, [nightjarBin, 'up'], {
    env: {
      ...process.env,
      ...nightjar.env,
      NIGHTJAR_API_PORT: '0',
      NIGHTJAR_OTLP_HTTP_PORT: '0',
      NIGHTJAR_OTLP_GRPC_PORT: '0',
    },
    encoding: 'utf8',
    timeout: 30_000,
  })
  expect(second.status).toBe(5)
  expect(second.stderr).toContain(String(nightjar.process.pid))
  expect(second.stderr).toContain(nightjar.apiUrl)
  await nightjar.end()
})

test('faults of the configuration are all named before anything starts', () => {
  const run = spawnSync(process.execPath, [nightjarBin, 'up'], {
    env: { ...process.env, NIGHTJAR_API_PORT: 'x', NIGHTJAR_RETENTION_DAYS: '0' },
    encoding: 'utf8',
    timeout: 30_000,
  })
  expect(run.status).toBe(5)
  expect(run.stderr).toMatch(/NIGHTJAR_API_PORT[\s\S]*NIGHTJAR_RETENTION_DAYS/)
})
