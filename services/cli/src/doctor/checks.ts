import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Destination,
  type HealthView,
  messageOf,
  NightjarError,
  type Page,
  type RuleView,
} from '@nightjar/core'
import { createClient, locate } from '../client.ts'
import type { Io } from '../io.ts'

/** What a check found; `remedy` says what to do when it is not ok. */
export interface CheckResult {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly detail: string
  readonly remedy: string
}

type Check = (io: Io) => Promise<Omit<CheckResult, 'name'>>

const ok = (detail: string) => ({ status: 'ok' as const, detail, remedy: '' })
const warn = (detail: string, remedy: string) => ({ status: 'warn' as const, detail, remedy })
const fail = (detail: string, remedy: string) => ({ status: 'fail' as const, detail, remedy })

const LEAST_FREE = 2 * 1024 ** 3
const SKEW_MS = 5000

async function nodeVersion() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 20 || (major === 20 && minor >= 19)
    ? ok(`Node ${process.versions.node}`)
    : fail(`Node ${process.versions.node}`, 'Install Node 20.19 or newer.')
}

async function platform() {
  const name = `${process.platform} ${process.arch}`
  const report = process.report?.getReport() as
    | { header?: { glibcVersionRuntime?: string } }
    | undefined
  const engine =
    process.platform === 'darwin' ||
    (process.platform === 'linux' && report?.header?.glibcVersionRuntime)
  return engine
    ? ok(name)
    : warn(
        name,
        'The embedded engine needs Linux with glibc, or macOS. Here only tap works, or the service with NIGHTJAR_CLICKHOUSE_URL.',
      )
}

async function disk(io: Io) {
  const { data } = locate(io.env)
  const { bavail, bsize } = statfsSync(existsSync(data) ? data : '.')
  const gigabytes = (bavail * bsize) / 1024 ** 3
  return bavail * bsize >= LEAST_FREE
    ? ok(`${gigabytes.toFixed(1)} GiB free`)
    : warn(
        `${gigabytes.toFixed(1)} GiB free`,
        'Free space on the disk of the data folder, or shorten NIGHTJAR_RETENTION_DAYS.',
      )
}

async function lock(io: Io) {
  const { data } = locate(io.env)
  const path = join(data, 'nightjar.lock')
  if (!existsSync(path))
    return warn(
      `no Nightjar holds ${data}`,
      'Start it with `npm start`, or run this in the folder it was started in.',
    )
  const { pid = 0 } = JSON.parse(readFileSync(path, 'utf8')) as { pid?: number }
  try {
    process.kill(pid, 0)
    return ok(`held by pid ${pid}`)
  } catch {
    return warn(`left by pid ${pid}, which is gone`, 'Nothing to do: the next start takes it over.')
  }
}

async function service(io: Io) {
  const { url } = locate(io.env)
  const sent = Date.now()
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) })
  const skew = Math.abs(Date.parse(response.headers.get('date') ?? '') - sent)
  if (!response.ok)
    return fail(
      `${url} answers ${response.status}: ${await response.text()}`,
      'Wait a moment; if it stays so, read its log.',
    )
  return skew > SKEW_MS
    ? warn(
        `${url} is ready, its clock is ${skew} ms off`,
        'Synchronise the clocks (NTP): windows and baselines rest on them.',
      )
    : ok(`${url} is ready`)
}

async function access(io: Io) {
  const health = await createClient(io).get<HealthView>('/health')
  return health.status === 'ok'
    ? ok(`token accepted, version ${health.version}`)
    : warn(`token accepted, service is ${health.status}`, 'Open the health page for the reason.')
}

async function otlp(io: Io) {
  const endpoint =
    io.env.NIGHTJAR_OTLP_ENDPOINT ?? `http://127.0.0.1:${io.env.NIGHTJAR_OTLP_HTTP_PORT ?? '4318'}`
  const response = await fetch(`${endpoint}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"resourceSpans":[]}',
    signal: AbortSignal.timeout(5000),
  })
  return response.ok
    ? ok(`${endpoint} takes OTLP`)
    : fail(
        `${endpoint} answers ${response.status}`,
        'Something else listens there? Set NIGHTJAR_OTLP_HTTP_PORT, or give the emitter a token.',
      )
}

async function rules(io: Io) {
  const { total } = await createClient(io).get<Page<RuleView>>('/rules?limit=1')
  return total > 0
    ? ok(`${total} rules loaded`)
    : fail('no rule is loaded', 'Check NIGHTJAR_RULES; `nightjar rules test` names faults.')
}

async function telemetry(io: Io) {
  const { ingest } = await createClient(io).get<HealthView>('/health')
  return ingest.events > 0
    ? ok(`${ingest.events} events kept, last received ${ingest.lastReceivedTime ?? 'never'}`)
    : warn(
        'no event has arrived yet',
        'Put `npx nightjar tap --` before a server command in a client, or run `npx nightjar demo`.',
      )
}

async function delivery(io: Io) {
  const destinations = await createClient(io).list<Destination>('/destinations', 1000)
  const bad = destinations.filter((destination) => destination.status !== 'ok')
  if (destinations.length === 0)
    return warn(
      'no destination: alerts stay here',
      'nightjar destinations add siem --url https://…',
    )
  return bad.length === 0
    ? ok(`${destinations.length} destination(s)`)
    : fail(
        bad
          .map(({ name, status, statusDetail }) => `${name} is ${status}: ${statusDetail}`)
          .join('; '),
        'Correct the destination, then `nightjar destinations test ID`.',
      )
}

const CHECKS: readonly (readonly [string, Check])[] = [
  ['node', nodeVersion],
  ['platform', platform],
  ['disk', disk],
  ['lock', lock],
  ['service', service],
  ['access', access],
  ['otlp', otlp],
  ['rules', rules],
  ['telemetry', telemetry],
  ['delivery', delivery],
]

/** Runs every check in order; one that cannot run fails with the reason. */
export async function runChecks(io: Io): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for (const [name, check] of CHECKS) {
    try {
      results.push({ name, ...(await check(io)) })
    } catch (error) {
      const remedy =
        error instanceof NightjarError
          ? error.hint
          : 'Start Nightjar with `npm start`, or set NIGHTJAR_URL.'
      results.push({ name, status: 'fail', detail: messageOf(error), remedy })
    }
  }
  return results
}
