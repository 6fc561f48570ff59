import { createRequire } from 'node:module'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { nightjarBin, type Running } from './nightjar.ts'

const require = createRequire(import.meta.url)

/** Command line of an MCP server of the npm packages. */
export const serverCommand = (name: 'filesystem' | 'everything' | 'memory', ...args: string[]) => [
  process.execPath,
  require.resolve(`@modelcontextprotocol/server-${name}/dist/index.js`),
  ...args,
]

/** A real MCP client whose server runs under `nightjar tap`. */
export async function connectThroughTap(
  nightjar: Running,
  server: readonly string[],
  name = 'e2e-agent',
): Promise<Client> {
  const client = new Client({ name, version: '1.0.0' })
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [nightjarBin, 'tap', '--endpoint', nightjar.otlpHttpUrl, '--', ...server],
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', USER: 'e2e-user' },
      stderr: 'inherit',
    }),
  )
  return client
}
