import type { JsonObject } from '../json-span.ts'
import type { Implementation, InputRequest } from '../message.ts'
import { readImplementation } from '../rev-2025-11-25/read.ts'

const PREFIX = 'io.modelcontextprotocol/'
const MAX_INPUT_REQUESTS = 32

/** True when a request's `_meta` carries the per-request envelope of 2026-07-28. */
export function isEnvelope(meta: JsonObject | undefined): meta is JsonObject {
  return meta?.has(`${PREFIX}protocolVersion`) ?? false
}

/** What the per-request envelope says of the client. */
export function readEnvelope(meta: JsonObject): {
  protocolVersion?: string
  client?: Implementation
} {
  const protocolVersion = meta.string(`${PREFIX}protocolVersion`, 64)
  const client = readImplementation(meta.value(`${PREFIX}clientInfo`))
  return { ...(protocolVersion && { protocolVersion }), ...(client && { client }) }
}

/** What a result's `_meta` says of the server. */
export function readServerInfo(result: JsonObject): Implementation | undefined {
  return readImplementation(result.object('_meta')?.value(`${PREFIX}serverInfo`))
}

/** Requests for input embedded in an `input_required` result, at most 32. */
export function readInputRequests(result: JsonObject): readonly InputRequest[] {
  const embedded = result.object('inputRequests')
  if (embedded === undefined) return []
  const requests: InputRequest[] = []
  for (const key of embedded.keys()) {
    if (requests.length >= MAX_INPUT_REQUESTS) break
    const request = embedded.object(key)
    const method = request?.string('method', 256)
    if (method) {
      requests.push({ key: key.slice(0, 256), method, paramsJson: request?.raw('params') ?? '{}' })
    }
  }
  return requests
}
