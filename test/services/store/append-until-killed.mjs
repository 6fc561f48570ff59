// Appends numbered events to a store without end and prints how many are acknowledged. Run by killed.test.ts with the
// built rooms, and killed at a random moment.
import { createHash } from 'node:crypto'
import { batchOf } from '../../../services/core/dist/index.js'
import { openStore } from '../../../services/store/dist/index.js'

const [, , data, from] = process.argv
const start = Date.UTC(2026, 5, 1, 12)

function events(first, count) {
  return Array.from({ length: count }, (_, i) => {
    const time = new Date(start + first + i).toISOString()
    return {
      id: createHash('sha256')
        .update(`event ${first + i}`)
        .digest('hex')
        .slice(0, 32),
      time,
      receivedTime: time,
      tenant: 'default',
      kind: 'call',
      method: 'tools/call',
      tool: `tool-${(first + i) % 5}`,
      server: `server-${(first + i) % 3}`,
      principal: 'ada',
      vantage: 'client',
      emitter: 'test',
      outcome: 'success',
      argsBytes: 10,
      resultBytes: 100,
      durationUs: 1000,
    }
  })
}

const store = await openStore({ data, retentionDays: 3650 })
for (let next = Number(from); ; next += 500) {
  await store.log.appendEvents(batchOf(events(next, 500)))
  process.stdout.write(`${next + 500}\n`)
}
