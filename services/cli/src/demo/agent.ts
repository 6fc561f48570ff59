import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { NightjarError } from '@nightjar/core'

const require = createRequire(import.meta.url)
const shim = fileURLToPath(new URL('../../bin/nightjar.mjs', import.meta.url))

/** Path of the program of an npm package that is installed beside us. */
function programOf(pkg: string): string {
  try {
    return require.resolve(`${pkg}/dist/index.js`)
  } catch (cause) {
    throw new NightjarError('CLI_DEMO_SERVER_MISSING', `The demo server ${pkg} is not installed.`, {
      hint: 'The demo runs in a checkout: run `npm ci` there first.',
      cause,
    })
  }
}

/** Command lines of the demo's servers: three from npm, one of our own that turns. */
export const demoServers = {
  filesystem: (folder: string) => [
    process.execPath,
    programOf('@modelcontextprotocol/server-filesystem'),
    folder,
  ],
  everything: () => [process.execPath, programOf('@modelcontextprotocol/server-everything')],
  memory: () => [process.execPath, programOf('@modelcontextprotocol/server-memory')],
  notes: () => [process.execPath, fileURLToPath(new URL('./notes-server.js', import.meta.url))],
} as const

/** A real MCP client on a real server, with the tap between them. */
export interface DemoAgent {
  call(tool: string, args: Record<string, unknown>): Promise<void>
  close(): Promise<void>
}

/** Connects and lists the tools, as every client does. */
export async function connectAgent(
  name: string,
  server: readonly string[],
  endpoint: string,
  env: Readonly<Record<string, string>> = {},
): Promise<DemoAgent> {
  const client = new Client({ name, version: '1.0.0' })
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [shim, 'tap', '--endpoint', endpoint, '--', ...server],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      USER: process.env.USER ?? '',
      ...env,
    },
    stderr: 'ignore',
  })
  await client.connect(transport)
  await client.listTools()
  return {
    async call(tool, args) {
      await client.callTool({ name: tool, arguments: args })
    },
    close: () => client.close(),
  }
}
