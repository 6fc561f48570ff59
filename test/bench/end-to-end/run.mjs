// End to end, ours beside the naive stack, in turn on one machine: OTLP/HTTP protobuf in, answered when stored, rules on.
import { fork, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import os, { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const shim = fileURLToPath(new URL('../../../services/cli/bin/nightjar.mjs', import.meta.url))
const option = (name, fallback) => Number(process.env[`BENCH_${name}`] ?? fallback)
const SECONDS = option('SECONDS', 12)
const ROUNDS = option('ROUNDS', 3)
const CONNECTIONS = option('CONNECTIONS', 128)
const SPANS = option('SPANS', 512)
const TICKS = 100

/** CPU seconds of a process and its children, from /proc; 0 where there is none. */
function cpuOf(pid) {
  if (!existsSync(`/proc/${pid}/stat`)) return 0
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  const own = (Number(fields[11]) + Number(fields[12])) / TICKS
  const tasks = readdirSync(`/proc/${pid}/task`)
  const children = tasks.flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean),
  )
  return own + children.reduce((sum, child) => sum + cpuOf(child), 0)
}

function peakOf(pid) {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

async function until(url, ms = 60_000) {
  const end = Date.now() + ms
  for (;;) {
    try {
      if ((await fetch(url)).status < 500) return
    } catch {
      if (Date.now() > end) throw new Error(`${url} did not answer`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function end(child) {
  if (child.exitCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}

async function startOurs(round) {
  const data = mkdtempSync(join(tmpdir(), 'nightjar-bench-'))
  const base = 21_000 + round * 10
  const env = {
    ...process.env,
    NIGHTJAR_DATA: data,
    NIGHTJAR_API_PORT: base,
    NIGHTJAR_OTLP_HTTP_PORT: base + 1,
    NIGHTJAR_OTLP_GRPC_PORT: base + 2,
    NIGHTJAR_LOG_LEVEL: 'warn',
  }
  const child = spawn(process.execPath, [shim, 'up'], {
    env,
    stdio: ['ignore', 'ignore', process.env.BENCH_VERBOSE ? 'inherit' : 'ignore'],
  })
  await until(`http://127.0.0.1:${base}/readyz`)
  const token = readFileSync(join(data, 'admin-token'), 'utf8').trim()
  const stored = async () => {
    const response = await fetch(`http://127.0.0.1:${base}/api/v1/events?limit=1`, {
      headers: { authorization: `Bearer ${token}` },
    })
    return (await response.json()).total
  }
  return {
    name: 'nightjar',
    port: base + 1,
    pids: [child.pid],
    stored,
    stop: async () => {
      await end(child)
      rmSync(data, { recursive: true, force: true })
    },
  }
}

async function startNaive(round) {
  const data = mkdtempSync(join(tmpdir(), 'nightjar-naive-'))
  const base = 22_000 + round * 10
  const engine = spawn(
    process.execPath,
    [shim, 'dev', 'clickhouse', '--port', String(base), '--data', data],
    { stdio: ['ignore', 'ignore', process.env.BENCH_VERBOSE ? 'inherit' : 'ignore'] },
  )
  await until(`http://127.0.0.1:${base}/ping`)
  const server = spawn(
    process.execPath,
    [join(here, 'naive.mjs'), String(base + 1), `http://127.0.0.1:${base}`],
    { stdio: ['ignore', 'ignore', process.env.BENCH_VERBOSE ? 'inherit' : 'ignore'] },
  )
  await until(`http://127.0.0.1:${base + 1}/`, 20_000)
  const stored = async () => {
    const response = await fetch(`http://127.0.0.1:${base}/`, {
      method: 'POST',
      body: 'SELECT count() FROM naive',
    })
    return Number(await response.text())
  }
  return {
    name: 'naive',
    port: base + 1,
    pids: [engine.pid, server.pid],
    stored,
    stop: async () => {
      await end(server)
      await end(engine)
      rmSync(data, { recursive: true, force: true })
    },
  }
}

async function measure(system, salt) {
  const load = fork(
    join(here, 'load.mjs'),
    [system.port, SECONDS, CONNECTIONS, SPANS, salt].map(String),
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  )
  const cpu = {}
  load.on('message', (mark) => {
    cpu[mark] = system.pids.reduce((sum, pid) => sum + cpuOf(pid), 0)
  })
  let text = ''
  load.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  await new Promise((resolve) => load.once('exit', resolve))
  const result = JSON.parse(text)
  const rss = Math.round(system.pids.reduce((sum, pid) => sum + peakOf(pid), 0))
  return {
    system: system.name,
    spansPerSecond: result.spansPerSecond,
    cpuPerMillion: ((cpu.end - cpu.begin) / (result.spansPerSecond * SECONDS)) * 1e6,
    p50: result.p50,
    p99: result.p99,
    failed: result.failed,
    rssMiB: rss,
    stored: await system.stored(),
  }
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1]

console.log(
  `# end to end: ${SPANS} spans a request, ${CONNECTIONS} connections, ${SECONDS} s a cell, ${ROUNDS} rounds in turn`,
)
console.log(
  `# ${os.cpus().length} × ${os.cpus()[0]?.model}, Node ${process.version}, ${os.release()}`,
)
const results = []
for (let round = 0; round < ROUNDS; round++)
  for (const start of round % 2 === 0 ? [startOurs, startNaive] : [startNaive, startOurs]) {
    const system = await start(round)
    const result = await measure(system, round + 1)
    await system.stop()
    results.push(result)
    console.log(
      `${result.system.padEnd(9)} ${String(result.spansPerSecond).padStart(7)} spans/s  ${result.cpuPerMillion.toFixed(1).padStart(6)} CPU-s per million  ack p50 ${result.p50} ms p99 ${result.p99} ms  peak ${result.rssMiB} MiB  stored ${result.stored}  refused ${result.failed}`,
    )
  }
const of = (name, key) =>
  median(results.filter(({ system }) => system === name).map((result) => result[key]))
const faster = of('nightjar', 'spansPerSecond') / of('naive', 'spansPerSecond')
const cheaper = of('naive', 'cpuPerMillion') / of('nightjar', 'cpuPerMillion')
console.log(
  `ratio     ${faster.toFixed(1)} × the spans/s of the naive stack at 1/${cheaper.toFixed(1)} of its CPU a span (medians)`,
)
console.log(
  JSON.stringify({
    bench: 'end-to-end',
    seconds: SECONDS,
    rounds: ROUNDS,
    connections: CONNECTIONS,
    spansPerRequest: SPANS,
    node: process.version,
    cpus: os.cpus().length,
    faster,
    cheaper,
    results,
  }),
)
