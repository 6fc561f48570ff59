import { keyOf } from '../keys.ts'
import type { AttributeSet } from '../record.ts'
import type { Scrubber } from '../redact/scrub.ts'
import { SERVER_ADDRESS, SERVER_PORT } from './attribute-keys.ts'
import type { Row } from './row.ts'

const TRANSPORT_KEYS = [keyOf('mcp.transport'), keyOf('network.transport')]
const URL_FULL = keyOf('url.full')

/** MCP transport by what emitters call it: the wire's transport, our word, or the SDK's class. */
const TRANSPORTS: Readonly<Record<string, string>> = {
  pipe: 'stdio',
  stdio: 'stdio',
  stdioservertransport: 'stdio',
  stdioclienttransport: 'stdio',
  tcp: 'http',
  quic: 'http',
  http: 'http',
  streamable_http: 'http',
  'streamable-http': 'http',
  streamablehttpservertransport: 'http',
  streamablehttpclienttransport: 'http',
  sse: 'sse',
  sseservertransport: 'sse',
  sseclienttransport: 'sse',
  websocket: 'websocket',
  websocketclienttransport: 'websocket',
}

const MAX_ADDRESSES = 4096
const MAX_ADDRESS = 256

/** Servers' addresses with their ports, scrubbed. Remembers a bounded number, each with the port it came with last. */
class Addresses {
  readonly #known = new Map<string, { readonly port: number; readonly shown: string }>()

  of(address: string, port: number, scrubber: Scrubber): string {
    const known = this.#known.get(address)
    if (known !== undefined && Object.is(known.port, port)) return known.shown
    const host = scrubber.uri(address)
    const shown = port > 0 && port < 65536 ? `${host}:${port}` : host
    if (this.#known.size >= MAX_ADDRESSES) this.#known.clear()
    if (address.length <= MAX_ADDRESS) this.#known.set(address, { port, shown })
    return shown
  }
}

const addresses = new Addresses()

/** The dictionary's word for a transport, `''` for one we do not know. */
export function transportOf(word: string): string {
  const lower = word.toLowerCase()
  return Object.hasOwn(TRANSPORTS, lower) ? (TRANSPORTS[lower] as string) : ''
}

/** Writes transport, address and, where there is one, the URL as the server's identity. */
export function writeTransport(row: Row, attributes: AttributeSet): void {
  for (const key of TRANSPORT_KEYS) {
    const transport = transportOf(attributes.text(key))
    if (transport === '') continue
    row.word('transport', transport)
    break
  }
  const address = attributes.text(SERVER_ADDRESS)
  if (address !== '')
    row.word(
      'serverAddress',
      addresses.of(address, attributes.number(SERVER_PORT), row.redactor.scrubber),
    )
}

/** The server's URL without query and user info, where the emitter gives a whole one. */
export function writeServerUrl(row: Row, attributes: AttributeSet): void {
  const url = attributes.text(URL_FULL)
  if (/^https?:\/\//i.test(url))
    row.word('serverKey', row.redactor.scrubber.uri(url.split(/[?#]/, 1)[0] ?? ''))
}
