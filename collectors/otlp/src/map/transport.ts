import { keyOf } from '../keys.ts'
import type { AttributeSet } from '../record.ts'
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
  if (address !== '') {
    const port = attributes.number(SERVER_PORT)
    const host = row.redactor.scrubber.uri(address)
    row.word('serverAddress', port > 0 && port < 65536 ? `${host}:${port}` : host)
  }
}

/** The server's URL without query and user info, where the emitter gives a whole one. */
export function writeServerUrl(row: Row, attributes: AttributeSet): void {
  const url = attributes.text(URL_FULL)
  if (/^https?:\/\//i.test(url))
    row.word('serverKey', row.redactor.scrubber.uri(url.split(/[?#]/, 1)[0] ?? ''))
}
