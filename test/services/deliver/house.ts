import type { Alert, Command, CommandBody, Delivery, Destination, Reply } from '@nightjar/core'
import { createDelivery, type DeliveryOptions } from '@nightjar/deliver'
import { createMemoryLog, createMemoryStream } from '@nightjar/stream'
import { onTestFinished, vi } from 'vitest'
import { SECRET, sealer } from './samples.ts'

let commands = 0

/** Delivery over a memory stream, and what a test asks of both. */
export async function house(log = createMemoryLog(), options: Partial<DeliveryOptions> = {}) {
  const stream = options.stream ?? createMemoryStream({ log })
  const delivery = createDelivery({
    sealer,
    allowCidrs: ['127.0.0.0/8'],
    productVersion: '0.1.0',
    retryScale: 0.004,
    random: () => 0.5,
    ...options,
    stream,
  })
  await delivery.start()
  const stop = async () => {
    await delivery.stop()
    await stream.close()
  }
  onTestFinished(stop)

  const records = async () => [...(await stream.readLatest('nightjar.records.v1')).values()]
  const send = async (...alerts: Alert[]) =>
    await stream.publish(
      'nightjar.alerts.v1',
      alerts.map((value) => ({ key: value.id, value })),
    )
  const ask = async (body: CommandBody, changes: Partial<Command> = {}): Promise<Reply> => {
    const id = `cmd_${++commands}`
    const time = new Date().toISOString()
    const command = { id, tenant: 'default', actor: 'ana', time, body, ...changes }
    await stream.publish('nightjar.commands.v1', [{ key: body.id, value: command }])
    return await vi.waitFor(
      async () => {
        const reply = (await stream.readLatest('nightjar.replies.v1')).get(command.id)
        if (reply === undefined) throw new Error(`no reply to ${body.type}`)
        return reply
      },
      { timeout: 5000, interval: 5 },
    )
  }
  return {
    log,
    stream,
    delivery,
    stop,
    send,
    ask,
    put: async (destination: Record<string, unknown>, id = 'dst_siem') =>
      await ask({
        type: 'destination.put',
        id,
        destination: {
          name: 'siem',
          type: 'webhook',
          sealedSecret: sealer.seal(SECRET),
          minSeverity: 'low',
          ...destination,
        },
      }),
    /** Newest rows of the ledger, by alert and version. */
    async ledger(): Promise<Delivery[]> {
      const rows = (await records()).flatMap((record) =>
        record.type === 'delivery' ? [record.row] : [],
      )
      return rows.sort(
        (a, b) => a.alertId.localeCompare(b.alertId) || a.alertVersion - b.alertVersion,
      )
    },
    async destination(id = 'dst_siem'): Promise<Destination | undefined> {
      const found = (await records()).find(
        (record) => record.type === 'destination' && record.row.id === id,
      )
      return found?.type === 'destination' ? found.row : undefined
    },
  }
}

/** Waits for an expectation to hold. */
export async function eventually(expectation: () => Promise<void> | void): Promise<void> {
  await vi.waitFor(expectation, { timeout: 8000, interval: 10 })
}
