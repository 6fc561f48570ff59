import type { Alert } from '@nightjar/core'
import {
  type DetectionFinding,
  detectionFinding,
  type EvidenceRoom,
  type OcsfContext,
} from '../ocsf.ts'

/** A Standard Webhooks payload stays under 20 KB. */
export const MAX_BODY_BYTES = 20_000

/** Evidence is trimmed in these steps until the body fits; the last one fits whatever the alert holds. */
const ROOMS: readonly EvidenceRoom[] = [
  { events: 100, labels: 32, text: 1000, claim: true },
  { events: 20, labels: 32, text: 400, claim: true },
  { events: 20, labels: 32, text: 400, claim: false },
  { events: 0, labels: 8, text: 100, claim: false },
]

interface Payload {
  readonly type: string
  readonly timestamp: string
  readonly data: DetectionFinding
}

/** The body of a webhook: `{type, timestamp, data}` with an OCSF Detection Finding; what was trimmed is counted in it. */
export function webhookBody(alert: Alert, context: Omit<OcsfContext, 'room'>): string {
  const type = context.test ? 'nightjar.test' : `nightjar.alert.${context.activity}`
  let body = ''
  for (const room of ROOMS) {
    const data = detectionFinding(alert, { ...context, room })
    const payload: Payload = { type, timestamp: alert.updatedAt, data }
    body = JSON.stringify(payload)
    if (Buffer.byteLength(body) < MAX_BODY_BYTES) break
  }
  return body
}
