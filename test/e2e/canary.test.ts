import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually, freePort, nightjarBin, startNightjar } from './support/nightjar.ts'
import { startReceiver } from './support/receiver.ts'
import { post, span, traceRequest } from './support/spans.ts'

// Put together here so that no scanner takes this file for a leak.
const CANARIES = {
  args: `ghp_${'canary4Args'.repeat(4).slice(0, 36)}`,
  result: `AKIA${'CANARY4RESULT234'}`,
  status: 'sk-canary-status-0000-not-a-real-key',
  event: 'password=canary-in-exception',
  url: 'canary-user-info-and-query',
  environment: 'canary-value-of-an-environment-variable',
  password: 'correct-horse-canary',
}

function poisonedSpan(): Record<string, unknown> {
  const { json } = span({
    principal: 'mallory',
    args: { path: '/data/a', password: CANARIES.password, note: `use ${CANARIES.args} please` },
    result: { content: [{ type: 'text', text: `key ${CANARIES.result}` }] },
    extra: {
      'mcp.resource.uri': `https://u:${CANARIES.url}@files.example/a?token=${CANARIES.url}`,
      'url.full': `https://files.example/?api_key=${CANARIES.url}`,
      'environment.SECRET': CANARIES.environment,
      'process.environment_variable.TOKEN': CANARIES.environment,
      'error.type': 'tool_error',
    },
  })
  return {
    ...json,
    status: { code: 2, message: `failed with ${CANARIES.status}` },
    events: [
      {
        name: 'exception',
        timeUnixNano: json.startTimeUnixNano,
        attributes: [{ key: 'exception.message', value: { stringValue: CANARIES.event } }],
      },
    ],
  }
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesUnder(path)
    return entry.isFile() ? [path] : []
  })
}

const leaked = (text: string) =>
  Object.entries(CANARIES)
    .filter(([, canary]) => text.includes(canary))
    .map(([name]) => name)

/** Every row of every table, as text: what is compressed on disk is looked at through the engine. */
async function everyRow(data: string): Promise<string> {
  const port = await freePort()
  const engine = spawn(
    process.execPath,
    [nightjarBin, 'dev', 'clickhouse', '--port', String(port), '--data', data],
    { stdio: 'inherit' },
  )
  const ask = async (sql: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: sql })
    if (!response.ok) throw new Error(await response.text())
    return await response.text()
  }
  try {
    await eventually(
      async () => (await fetch(`http://127.0.0.1:${port}/ping`)).ok,
      20_000,
      'the engine',
    )
    const tables = (
      await ask(
        "SELECT name FROM system.tables WHERE database = 'nightjar' AND engine LIKE '%MergeTree' FORMAT TSV",
      )
    )
      .trim()
      .split('\n')
    expect(tables.length).toBeGreaterThan(5)
    const rows = await Promise.all(
      tables.map((name) => ask(`SELECT * FROM nightjar.\`${name}\` FORMAT JSONEachRow`)),
    )
    return rows.join('\n')
  } finally {
    engine.kill('SIGTERM')
  }
}

test('a planted secret is nowhere: not in the data folder, the log, an alert, a webhook or an error', async () => {
  const nightjar = await startNightjar()
  const receiver = await startReceiver()
  await nightjar.send('POST', '/destinations', {
    name: 'siem',
    type: 'webhook',
    url: receiver.url,
    minSeverity: 'informational',
  })
  const spans = Array.from({ length: 250 }, poisonedSpan)
  expect(await post(nightjar.otlpHttpUrl, traceRequest(spans))).toBe(true)
  const refused = await fetch(`${nightjar.otlpHttpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"resourceSpans": "${CANARIES.password}"`,
  })
  expect(refused.status).toBe(400)
  await eventually(async () => receiver.received.length > 0, 20_000, 'a webhook')
  const answers = await Promise.all(
    [
      '/events?limit=1000',
      '/calls?limit=1000',
      '/alerts?limit=100',
      '/servers',
      '/deliveries',
      '/health',
    ].map((path) => nightjar.get(path)),
  )
  await nightjar.end()
  await receiver.close()

  expect(leaked(JSON.stringify(answers))).toEqual([])
  expect(leaked(await refused.text())).toEqual([])
  expect(leaked(receiver.received.map(({ body }) => body).join('\n'))).toEqual([])
  expect(leaked(nightjar.output())).toEqual([])
  const files = filesUnder(nightjar.data)
  expect(files.length).toBeGreaterThan(10)
  expect(files.filter((file) => leaked(readFileSync(file, 'latin1')).length > 0)).toEqual([])
  const rows = await everyRow(nightjar.data)
  expect(rows).toContain('mallory')
  expect(rows).toContain('[redacted')
  expect(leaked(rows)).toEqual([])
})
