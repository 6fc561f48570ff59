import { connect } from 'node:net'

/** Resolves when nobody accepts a connection at the URL's address within `ms`; never when somebody does. */
export function unreachable(url: string, ms: number): Promise<void> {
  const { hostname, port, protocol } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
    })
    const failed = () => {
      socket.destroy()
      resolve()
    }
    socket.setTimeout(ms, failed)
    socket.once('error', failed)
    socket.once('connect', () => socket.destroy())
    socket.unref()
  })
}
