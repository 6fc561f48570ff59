// Rules only: events per second of the shipped pack on one core, from built batches to findings.
//   node test/bench/rules.mjs [batches] [rows per batch]
// Needs `npm run build` (it reads dist). Prints one JSON line per stream of events.
import { EventBatchBuilder } from '@nightjar/core'
import { Engine, loadRules, StateWorld } from '@nightjar/detect'

const BATCHES = Number(process.argv[2] ?? 64)
const ROWS = Number(process.argv[3] ?? 16_384)
const START = Date.UTC(2026, 10, 21, 9) * 1000
const RATE = 60_000 // events a second of event time

const TOOLS = [
  ['read_text_file', ['read']],
  ['list_directory', ['read']],
  ['search_files', ['read']],
  ['write_file', ['write']],
  ['fetch', ['egress', 'untrusted']],
  ['query', ['read', 'private']],
  ['send_message', ['egress']],
  ['delete_file', ['destructive']],
]
const encoder = new TextEncoder()

/** A small generator with a seed, so that two runs see the same events. */
function random(seed) {
  let state = seed
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state % n
  }
}

function batchOf(number, { principals, denied }) {
  const next = random(number + 1)
  const builder = new EventBatchBuilder()
  const { columns } = builder
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  for (let row = 0; row < ROWS; row++) {
    const at = number * ROWS + row
    const time = START + Math.floor((at * 1e6) / RATE)
    const [tool, labels] = TOOLS[next(TOOLS.length)]
    view.setUint32(0, at)
    view.setUint32(8, Math.imul(at, 2654435761))
    columns.id.setBytes(row, bytes, 0)
    view.setUint32(4, at ^ 0x5bd1e995)
    columns.traceId.setBytes(row, bytes, 0)
    columns.spanId.setBytes(row, bytes, 0)
    columns.targetHash.setBytes(row, bytes, 8)
    columns.time.set(row, time)
    columns.receivedTime.set(row, time + 2000)
    columns.tenant.set(row, 'default')
    columns.kind.set(row, 'call')
    columns.method.set(row, 'tools/call')
    columns.tool.set(row, tool)
    columns.server.set(row, `server-${next(40)}`)
    columns.principal.set(row, `user-${next(principals)}`)
    columns.client.set(row, 'agent')
    columns.host.set(row, `host-${next(200)}`)
    columns.vantage.set(row, 'gateway')
    columns.emitter.set(row, 'nightjar-tap')
    columns.outcome.set(row, next(100) < denied ? 'denied' : 'success')
    columns.requestId.set(row, String(next(100_000)))
    columns.argsBytes.set(row, 100 + next(300))
    columns.resultBytes.set(row, 500 + next(4000))
    for (const label of labels) columns.labels.add(row, label)
    columns.scopes.add(row, 'files:read')
    const target = encoder.encode(`/srv/data/${next(50_000)}.txt`)
    if (typeof columns.target.setBytes === 'function')
      columns.target.setBytes(row, target, 0, target.length)
    else columns.target.set(row, `/srv/data/${next(50_000)}.txt`)
    builder.endRow()
  }
  return builder.finish()
}

const STREAMS = {
  'many principals (20,000)': { principals: 20_000, denied: 1 },
  'few principals (200), every window full': { principals: 200, denied: 1 },
}

const rules = loadRules('rules')
for (const [name, shape] of Object.entries(STREAMS)) {
  const batches = Array.from({ length: BATCHES }, (_, number) => batchOf(number, shape))
  const engine = new Engine(rules)
  const world = new StateWorld()
  let findings = 0
  const warm = Math.floor(BATCHES / 4)
  for (const batch of batches.slice(0, warm)) findings += engine.judge(batch, world).length
  const cpu = process.cpuUsage()
  const begin = process.hrtime.bigint()
  for (const batch of batches.slice(warm)) findings += engine.judge(batch, world).length
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9
  const { user, system } = process.cpuUsage(cpu)
  const rows = (BATCHES - warm) * ROWS
  console.log(
    JSON.stringify({
      stream: name,
      rules: rules.rules.length,
      events: rows,
      eventsPerSecond: Math.round(rows / seconds),
      eventsPerCpuSecond: Math.round(rows / ((user + system) / 1e6)),
      findings,
      ...engine.stats(),
      rssMb: Math.round(process.memoryUsage().rss / 1e6),
    }),
  )
}
