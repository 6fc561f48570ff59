import type { AddressInfo } from 'node:net'
import { messageOf } from '@nightjar/core'
import { Engine } from './engine.ts'
import { HttpInterface } from './http-interface.ts'
import type { FromEngine, OpenMessage, ToEngine } from './messages.ts'
import { Scratch } from './scratch.ts'

/** How long running statements may hold up the end. */
const CLOSE_MS = 20_000

interface Open {
  close(): Promise<void>
}

function tell(message: FromEngine): void {
  if (process.connected) process.send?.(message)
}

async function open({ data, port, user, key }: OpenMessage): Promise<Open> {
  const engine = new Engine(data)
  const scratch = new Scratch(data)
  const { server } = new HttpInterface(engine, scratch, { user, key })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  tell({ type: 'ready', port: (server.address() as AddressInfo).port, version: engine.version })
  return {
    async close() {
      server.close()
      server.closeIdleConnections()
      await engine.close()
      server.closeAllConnections()
      scratch.close()
    },
  }
}

let opened: Promise<Open> | undefined
let ending = false

/** Once: whoever asks first, the supervisor or the end of the channel to it. */
async function end(): Promise<void> {
  if (ending) return
  ending = true
  setTimeout(() => process.exit(1), CLOSE_MS).unref()
  try {
    await (await opened)?.close()
    process.exit(0)
  } catch {
    process.exit(1)
  }
}

// Ctrl-C reaches the whole group of processes, and a service manager's SIGTERM too; the engine ends when its parent says
// so, after the last insert.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => {
  if (!process.connected) void end()
})
process.on('disconnect', () => void end())
process.on('message', (message: ToEngine) => {
  if (message.type === 'close') {
    void end()
  } else if (opened === undefined) {
    opened = open(message)
    opened.catch((error: unknown) => {
      tell({ type: 'failed', message: messageOf(error) })
      process.exitCode = 1
      process.disconnect()
    })
  }
})
