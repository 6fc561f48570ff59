// Load from one light process: keeps CONNECTIONS requests in flight over raw sockets for SECONDS; bodies are encoded before.
// node load.mjs PORT SECONDS CONNECTIONS SPANS_PER_REQUEST SALT → one JSON line
import net from 'node:net'
import { makeRequests } from './spans.mjs'

const [port, seconds, connections, spans, salt] = process.argv.slice(2).map(Number)
const WARM_MS = 3000
const POOL = 48
const DIFFERENT = 4096

const bodies = makeRequests(POOL, spans, salt)
const head = (length) =>
  Buffer.from(
    `POST /v1/traces HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-protobuf\r\ncontent-length: ${length}\r\n\r\n`,
  )

// Each request must be new to a receiver that counts once: the trace ids of a pooled body are changed in place.
const idOffsets = bodies.map((body) => {
  const offsets = []
  for (let i = 0; i + 18 < body.length; i++)
    if (body[i] === 0x0a && body[i + 1] === 0x10 && body[i + 18] === 0x12 && body[i + 19] === 0x08)
      offsets.push(i + 2)
  if (offsets.length !== spans) throw new Error(`found ${offsets.length} trace ids of ${spans}`)
  return offsets
})
let serial = 0
function nextBody() {
  const pick = serial % POOL
  const body = bodies[pick]
  serial += 1
  for (const at of idOffsets[pick]) body.writeUInt32LE((salt * DIFFERENT + serial) >>> 0, at)
  return body
}

let measured = 0
let failed = 0
const latencies = []
const begin = performance.now() + WARM_MS
const end = begin + seconds * 1000

function connect() {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1')
    let sent = 0
    let buffer = ''
    const send = () => {
      if (performance.now() >= end) {
        socket.end()
        return resolve()
      }
      const body = nextBody()
      sent = performance.now()
      // The kernel takes its copy of the body before it is changed again: sockets get their own copy here.
      socket.write(Buffer.concat([head(body.length), body]))
    }
    socket.setNoDelay(true)
    socket.on('connect', send)
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      buffer += chunk.toString('latin1')
      const split = buffer.indexOf('\r\n\r\n')
      if (split < 0) return
      const length = Number(/content-length: (\d+)/i.exec(buffer)?.[1] ?? 0)
      if (buffer.length < split + 4 + length) return
      const now = performance.now()
      const ok = buffer.startsWith('HTTP/1.1 200')
      buffer = buffer.slice(split + 4 + length)
      if (now >= begin && now < end) {
        if (ok) {
          measured += spans
          latencies.push(now - sent)
        } else failed += 1
      }
      if (ok) send()
      else setTimeout(send, 50)
    })
  })
}

const marks = { begin: null, end: null }
setTimeout(() => process.send?.('begin'), WARM_MS)
setTimeout(() => process.send?.('end'), WARM_MS + seconds * 1000)
await Promise.all(Array.from({ length: connections }, connect))
latencies.sort((a, b) => a - b)
const quantile = (q) =>
  Math.round(latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))] ?? 0)
process.stdout.write(
  `${JSON.stringify({ marks, spansPerSecond: Math.round(measured / seconds), p50: quantile(0.5), p99: quantile(0.99), failed })}\n`,
)
