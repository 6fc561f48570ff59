import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messageOf, NightjarError } from '@nightjar/core'
import type { HttpTapOptions } from '../options.ts'
import { emitterTarget, osUser, teller } from '../rim.ts'
import { isLoopbackHost } from './headers.ts'
import { forward } from './proxy.ts'
import { HttpWatch } from './watch.ts'

/** Exit code when the address cannot be listened on. */
const CANNOT_LISTEN = 5
/** Connections at a time; more are refused. */
const MAX_CONNECTIONS = 1024

function upstreamOf(url: string): URL {
  const upstream = URL.canParse(url) ? new URL(url) : undefined
  if (upstream === undefined || !/^https?:$/.test(upstream.protocol)) {
    throw new NightjarError('TAP_URL_INVALID', 'the server to front is not an http(s) URL', {
      hint: 'Give the URL of its MCP endpoint, e.g. https://mcp.example/mcp.',
    })
  }
  return upstream
}

function addressOf({ listen = '127.0.0.1:0', allowRemote }: HttpTapOptions) {
  const [, host = '', port = ''] = /^(.*):(\d{1,5})$/.exec(listen) ?? []
  if (port === '' || Number(port) > 65_535) {
    throw new NightjarError('TAP_LISTEN_INVALID', 'the address to listen on is not HOST:PORT', {
      hint: 'Give e.g. 127.0.0.1:4690, or port 0 for a free one.',
    })
  }
  const loopback = isLoopbackHost(host)
  if (!loopback && !allowRemote) {
    throw new NightjarError('TAP_LISTEN_NOT_LOOPBACK', 'the tap listens on loopback only', {
      hint: 'Whoever reaches the tap reaches the server behind it. Allow it explicitly if that is meant.',
    })
  }
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port), loopback }
}

function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}

/** Resolves when the caller or the user wants the tap to end. */
function ending(signal: AbortSignal | undefined): { until: Promise<void>; stop(): void } {
  let end: () => void = () => undefined
  const until = new Promise<void>((resolve) => {
    end = resolve
  })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, end)
  if (signal?.aborted) end()
  signal?.addEventListener('abort', end)
  return {
    until,
    stop: () => {
      for (const name of signals) process.off(name, end)
    },
  }
}

/**
 * Fronts one HTTP MCP server (Streamable HTTP, or the older HTTP with SSE): clients talk to the tap, which forwards to the
 * URL and nowhere else, and emits what passes. Runs until a signal; gives 0, or 5 when it cannot listen. Throws
 * TAP_URL_INVALID, TAP_LISTEN_INVALID, TAP_LISTEN_NOT_LOOPBACK, TAP_ENDPOINT_INVALID.
 */
export async function runHttpTap(options: HttpTapOptions): Promise<number> {
  const stderr = options.stderr ?? process.stderr
  const say = teller(options, stderr)
  const upstream = upstreamOf(options.url)
  const { host, port, loopback } = addressOf(options)
  const target = emitterTarget(options, say)
  const { createEmitter } = await import('../emit/emitter.ts')
  const key = `url:${upstream.origin}${upstream.pathname}`
  const watch = new HttpWatch(
    {
      label: upstream.host,
      name: options.serverName,
      key,
      transport: 'tcp',
      address: upstream.hostname,
      port: Number(upstream.port) || (upstream.protocol === 'https:' ? 443 : 80),
      user: osUser(),
    },
    createEmitter(target),
  )
  const server = createServer((request, response) =>
    forward(request, response, { upstream, watch, loopbackOnly: loopback, say }),
  )
  server.maxConnections = MAX_CONNECTIONS
  let bound: number
  try {
    bound = await listening(server, host, port)
  } catch (error) {
    stderr.write(`nightjar tap: cannot listen on ${host}:${port}: ${messageOf(error)}\n`)
    await watch.finish()
    return CANNOT_LISTEN
  }
  const own = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`
  stderr.write(`nightjar tap: ${own}/ forwards to ${upstream.origin}${upstream.pathname}\n`)
  options.onListening?.(own)
  const end = ending(options.signal)
  await end.until
  end.stop()
  server.close()
  server.closeAllConnections()
  await watch.finish()
  return 0
}
