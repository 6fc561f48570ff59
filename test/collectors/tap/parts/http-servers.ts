import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { createMcpHandler, McpServer as McpServer2026 } from '@modelcontextprotocol/server'
import { z } from 'zod'

/** Listens on a free port of loopback; gives the base URL. */
export async function listen(handler: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

export async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** A server of the older era with sessions, answering as events or as JSON. */
export function sessionServer(json: boolean): RequestListener {
  const transports = new Map<string, StreamableHTTPServerTransport>()
  const open = async () => {
    const server = new McpServer({ name: 'remote-files', version: '3.0.0' })
    server.registerTool(
      'add',
      { description: 'Adds.', inputSchema: { a: z.number(), b: z.number() } },
      async ({ a, b }) => ({ content: [{ type: 'text' as const, text: String(a + b) }] }),
    )
    server.registerTool('ask', { description: 'Asks back.', inputSchema: {} }, async () => {
      const { content } = await server.server.createMessage({
        messages: [{ role: 'user', content: { type: 'text', text: 'well?' } }],
        maxTokens: 5,
      })
      return { content: [{ type: 'text' as const, text: JSON.stringify(content) }] }
    })
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: json,
      onsessioninitialized: (id) => {
        transports.set(id, transport)
      },
    })
    await server.connect(transport as Parameters<McpServer['connect']>[0])
    return transport
  }
  return async (request, response) => {
    const known = transports.get(String(request.headers['mcp-session-id']))
    await (known ?? (await open())).handleRequest(request, response)
  }
}

/** A server of the stateless era. */
export function statelessServer(): RequestListener {
  const handler = createMcpHandler(() => {
    const server = new McpServer2026({ name: 'remote-new', version: '1.0.0' })
    server.registerTool(
      'add',
      { description: 'Adds.', inputSchema: z.object({ a: z.number(), b: z.number() }) },
      async ({ a, b }) => ({ content: [{ type: 'text', text: String(a + b) }] }),
    )
    return server
  })
  return async (request, response) => {
    const body = await bodyOf(request)
    const answer = await handler.fetch(
      new Request(`http://${request.headers.host}${request.url}`, {
        method: request.method ?? 'GET',
        headers: request.headers as Record<string, string>,
        ...(body.length > 0 && { body }),
      }),
    )
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    if (answer.body) for await (const chunk of answer.body) response.write(chunk)
    response.end()
  }
}
