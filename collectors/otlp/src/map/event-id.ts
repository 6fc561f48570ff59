import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import { type KeyId, knownKeys } from '../keys.ts'
import { type OtlpRecord, VALUE } from '../record.ts'
import { copyDigest } from '../redact/keyed-hash.ts'

const WIDTH = 16
const SPAN_IDS = 24
const MAX_PREFIX = 1024

/**
 * Deterministic event ids: the first 16 bytes of a SHA-256 over what makes an observation the one it is. They depend
 * on values only, never on how a request was encoded or how it came.
 */
export class EventIds {
  readonly #out = new Uint8Array(WIDTH)
  #tenant = ''
  #span = Buffer.alloc(0)
  #prefix = 0
  #sorted: readonly KeyId[] = []

  /** Id of a span: tenant, signal, trace id and span id. Valid until the next call. */
  ofSpan(tenant: string, record: OtlpRecord): Uint8Array {
    if (tenant !== this.#tenant || this.#prefix === 0) this.#use(tenant)
    const { bytes, traceIdAt, spanIdAt } = record
    const at = this.#prefix
    for (let i = 0; i < 16; i++) this.#span[at + i] = bytes[traceIdAt + i] as number
    for (let i = 0; i < 8; i++) this.#span[at + 16 + i] = bytes[spanIdAt + i] as number
    return this.#digest(this.#span)
  }

  /** Id of a log record that its dialect can tell from all others of the tenant. */
  ofLog(tenant: string, emitter: string, identity: string): Uint8Array {
    return this.#digest(`${tenant}\0log\0${emitter}\0${identity}`)
  }

  /** Id of a log record by all we know of it, where the emitter gives it no identity. */
  ofUnnamedLog(tenant: string, emitter: string, record: OtlpRecord): Uint8Array {
    const { bytes, traceIdAt, spanIdAt } = record
    const parts = [
      record.name(),
      record.scopeName(),
      String(record.timeUs),
      String(record.observedTimeUs),
      String(record.kind),
      traceIdAt < 0 ? '' : Buffer.from(bytes.subarray(traceIdAt, traceIdAt + 16)).toString('hex'),
      spanIdAt < 0 ? '' : Buffer.from(bytes.subarray(spanIdAt, spanIdAt + 8)).toString('hex'),
      record.body(),
      String(record.attributes.count),
    ]
    for (const key of this.#byName()) {
      if (record.attributes.kindOf(key) !== VALUE.none)
        parts.push(`${knownKeys()[key]}=${record.attributes.text(key)}`)
    }
    return this.ofLog(tenant, emitter, parts.join('\0'))
  }

  #use(tenant: string): void {
    const prefix = Buffer.from(`${tenant.slice(0, MAX_PREFIX)}\0span\0`)
    this.#tenant = tenant
    this.#prefix = prefix.length
    this.#span = Buffer.concat([prefix, Buffer.alloc(SPAN_IDS)])
  }

  /** Keys get their numbers as modules load, so only their names are the same from release to release. */
  #byName(): readonly KeyId[] {
    const names = knownKeys()
    if (this.#sorted.length !== names.length) {
      this.#sorted = names
        .map((name, id) => ({ name, id }))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ id }) => id)
    }
    return this.#sorted
  }

  #digest(input: string | Buffer): Uint8Array {
    copyDigest(hash('sha256', input, 'binary'), this.#out, WIDTH)
    return this.#out
  }
}
