/** Headers that belong to one connection and are not passed on (RFC 9110 §7.6.1). */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'upgrade', 'http2-settings'],
])

function pairs(raw: readonly string[]): readonly (readonly [string, string])[] {
  const found: [string, string][] = []
  for (let i = 0; i + 1 < raw.length; i += 2) found.push([raw[i] as string, raw[i + 1] as string])
  return found
}

function passed(raw: readonly string[], also: readonly string[]): string[] {
  const all = pairs(raw)
  const named = all
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(','))
    .map((name) => name.trim().toLowerCase())
  const dropped = new Set([...HOP_BY_HOP, ...named, ...also])
  return all.filter(([name]) => !dropped.has(name.toLowerCase())).flat()
}

/** A client's headers for the upstream: its own host, the same framing, everything else as it came. */
export function requestHeaders(raw: readonly string[], host: string): string[] {
  return ['Host', host, ...passed(raw, ['host', 'expect'])]
}

/** The upstream's headers for the client; the framing is the connection's own. */
export function responseHeaders(raw: readonly string[]): string[] {
  return passed(raw, ['transfer-encoding'])
}

/** The scopes a 401 or 403 asks for (RFC 6750 §3). */
export function challengedScopes(challenge: string | undefined): readonly string[] {
  const [, scopes = ''] = /\bscope="([^"]{0,2000})"/i.exec(challenge ?? '') ?? []
  return scopes
    .split(' ')
    .filter((scope) => scope !== '')
    .slice(0, 50)
}

/** True for a Host header that names this machine: a page on the web that resolves to loopback does not. */
export function isLoopbackHost(host: string | undefined): boolean {
  const name = (host ?? '').replace(/:\d+$/, '').toLowerCase()
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name)
}
