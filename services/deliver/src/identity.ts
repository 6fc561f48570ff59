import { createHash } from 'node:crypto'

const hexOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 24)

/** The id of the delivery of one alert version to one destination; the same three give the same id. */
export function deliveryIdOf(destinationId: string, alertId: string, version: number): string {
  return `dlv_${hexOf(destinationId, alertId, String(version))}`
}

/** The id of the delivery that a test command makes. */
export function testDeliveryIdOf(commandId: string): string {
  return `dlv_${hexOf('test', commandId)}`
}

/** The message id of a delivery: what the receiver tells repeats by. */
export function messageIdOf(deliveryId: string): string {
  return `msg_${hexOf('message', deliveryId)}`
}

/** The id of a destination that is put without one. */
export function destinationIdOf(commandId: string): string {
  return `dst_${hexOf('destination', commandId)}`
}
