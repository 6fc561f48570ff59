import { hash } from 'node:crypto'
import { formatMicros, type Manifest, manifestSchema } from '@nightjar/core'
import { manifestHash } from '@nightjar/mcp'
import type { KeyId } from '../keys.ts'
import { keyOf } from '../keys.ts'
import type { Scrubber } from '../redact/scrub.ts'
import {
  ENDUSER_ID,
  HOST_NAME,
  OUR_CLIENT_NAME,
  OUR_SERVER_KEY,
  OUR_SERVER_NAME,
  OUR_SERVER_VERSION,
} from './attribute-keys.ts'
import type { Row } from './row.ts'
import { transportOf } from './transport.ts'

/** Largest manifest that is taken, in characters. */
const MAX_MANIFEST = 1024 * 1024

const TRANSPORT = keyOf('network.transport')

/**
 * Adds the manifest in a log record's body to the sightings. One that is too large or is none is counted and left
 * out. Its hash is computed here: what an emitter claims is not compared against.
 */
export function sightManifest(row: Row, claimedHash: string): void {
  const body = row.record.body()
  const manifest = body.length > MAX_MANIFEST ? undefined : parse(body)
  if (manifest === undefined) {
    row.metrics.add('nightjar_otlp_manifests_total', 1, {
      result: body.length > MAX_MANIFEST ? 'too_large' : 'invalid',
    })
    return
  }
  const own = manifestHash(manifest)
  const result = claimedHash === '' || claimedHash === own ? 'taken' : 'hash_differs'
  row.metrics.add('nightjar_otlp_manifests_total', 1, { result })
  const { scrubber } = row.redactor
  const { tenant, receivedUs } = row.context
  const name = (key: KeyId) => scrubber.name(row.attributes.text(key))
  const timeUs = Math.min(row.record.timeUs || receivedUs, receivedUs)
  const time = formatMicros(timeUs)
  const server = name(OUR_SERVER_NAME)
  const serverKey = name(OUR_SERVER_KEY)
  const host = scrubber.name(row.resource.text(HOST_NAME))
  row.context.sightings.push({
    id: hash('sha256', [tenant, 'manifest', time, server, serverKey, host, own].join('\0')).slice(
      0,
      32,
    ),
    tenant,
    time,
    kind: 'manifest',
    server,
    serverKey,
    serverVersion: name(OUR_SERVER_VERSION),
    host,
    client: name(OUR_CLIENT_NAME),
    principal: name(ENDUSER_ID),
    transport: transportOf(row.attributes.text(TRANSPORT)),
    manifest: maskStrings(manifest, scrubber) as Manifest,
    manifestHash: own,
  })
}

function parse(body: string): Manifest | undefined {
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(body))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

/** Secrets that somebody wrote into a description are masked; property names stay, as `password` is an honest one. */
function maskStrings(value: unknown, scrubber: Scrubber): unknown {
  if (typeof value === 'string') return scrubber.secretsMasked(value)
  if (Array.isArray(value)) return value.map((item) => maskStrings(item, scrubber))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, maskStrings(member, scrubber)]),
  )
}
