// Rows per second into the store, and what it costs to count a row once: known from memory, or looked up in the store.
// Run `npx tsc -b services/store` first, then `node test/bench/insert.mjs [batches] [rows]`.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { batchOf } from '../../services/core/dist/index.js'
import { openStore } from '../../services/store/dist/index.js'

const BATCHES = Number(process.argv[2] ?? 12)
const ROWS = Number(process.argv[3] ?? 16_384)
const WORDS = 'read write file path report invoice customer token limit offset query'.split(' ')

let seed = 12_345
const random = () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 4_294_967_296
}
const pick = (list) => list[Math.floor(random() * list.length)]
const text = (length) => {
  let out = ''
  while (out.length < length) out += `${pick(WORDS)} `
  return out
}
const sessions = Array.from({ length: 2000 }, () => randomBytes(16).toString('hex'))

function batch(number, start) {
  return batchOf(
    Array.from({ length: ROWS }, (_, i) => {
      const user = Math.floor(random() * 200)
      const session = pick(sessions)
      const time = new Date(start + number * 2000 + Math.floor((i / ROWS) * 2000)).toISOString()
      return {
        id: randomBytes(16).toString('hex'),
        time,
        receivedTime: time,
        tenant: 'default',
        kind: 'call',
        method: 'tools/call',
        tool: `tool-${(user * 7 + Math.floor(random() * 6)) % 80}`,
        target: `/home/ada/${pick(WORDS)}/${pick(WORDS)}.txt`,
        server: `server-${(user * 3 + Math.floor(random() * 3)) % 20}`,
        principal: `user-${user}@example.com`,
        principalTrust: 'reported',
        client: 'client',
        host: `host-${i % 50}`,
        session,
        conversation: session,
        requestId: String(i),
        traceId: randomBytes(16).toString('hex'),
        spanId: randomBytes(8).toString('hex'),
        vantage: 'client',
        emitter: 'bench',
        argsState: 'full',
        argsBytes: 300,
        argsHash: randomBytes(16).toString('hex'),
        argsKeys: 'path,limit',
        argsPreview: text(300),
        resultState: 'full',
        resultBytes: 1200,
        resultHash: randomBytes(16).toString('hex'),
        resultPreview: text(120),
        outcome: 'success',
        durationUs: 1000,
      }
    }),
  )
}

async function timed(label, rows, work) {
  const started = performance.now()
  await work()
  const ms = performance.now() - started
  console.log(
    `${label.padEnd(58)} ${(rows / ms).toFixed(0).padStart(6)} krows/s  ${ms.toFixed(0)} ms`,
  )
}

const data = mkdtempSync(join(tmpdir(), 'nightjar-bench-'))
const start = Date.now() - 3_600_000
const batches = Array.from({ length: BATCHES }, (_, i) => batch(i, start))
const all = BATCHES * ROWS
try {
  let store = await openStore({ data })
  const append = (list) => Promise.all(list.map((one) => store.log.appendEvents(one)))
  await timed(`append ${BATCHES} batches of ${ROWS}`, all, () => append(batches))
  await timed('append them again, known from memory', all, () => append(batches))
  for (const rows of [1, 100, 1000]) {
    const waits = []
    for (let i = 0; i < 15; i++) {
      const small = batch(BATCHES + i, start)
      const { log } = store
      const columns = small.columns
      const cut = { rows: Math.min(rows, ROWS), columns }
      const t = performance.now()
      await log.appendEvents(cut)
      waits.push(performance.now() - t)
    }
    waits.sort((a, b) => a - b)
    console.log(
      `append ${rows} rows, idle: p50 ${waits[7].toFixed(0)} ms, max ${waits[14].toFixed(0)} ms`,
    )
  }
  await store.close()
  store = await openStore({ data, knownIds: 2 })
  const some = batches.slice(0, 4)
  await timed('append four again, all looked up in the store', ROWS * 4, () => append(some))
  const fresh = Array.from({ length: 4 }, (_, i) => batch(i, start))
  await timed('append four new ones, all looked up first', ROWS * 4, () => append(fresh))
  const from = Math.floor(all / 3)
  await timed('read back', ROWS, () => store.log.readEvents({ from, limit: ROWS }))
  await store.close()
} finally {
  rmSync(data, { recursive: true, force: true })
}
