// A server that speaks both eras: one tool that asks back, one that fails, one that says who called.
import { acceptedContent, inputRequired, McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { z } from 'zod'

serveStdio(() => {
  const server = new McpServer(
    { name: 'both-eras', version: '2.0.0' },
    { capabilities: { tools: {} }, instructions: 'Ask nicely.' },
  )
  server.registerTool(
    'echo',
    { description: 'Say it again.', inputSchema: z.object({ text: z.string() }) },
    async ({ text }) => ({ content: [{ type: 'text', text }] }),
  )
  server.registerTool('fail', { description: 'Fail.', inputSchema: z.object({}) }, async () => ({
    isError: true,
    content: [{ type: 'text', text: 'as told' }],
  }))
  const schema = z.object({ name: z.string() })
  server.registerTool(
    'greet',
    { description: 'Greet by name.', inputSchema: z.object({}) },
    async (_args, { mcpReq }) => {
      const accepted = acceptedContent(mcpReq.inputResponses, 'who', schema)
      if (accepted) return { content: [{ type: 'text', text: `hello ${accepted.name}` }] }
      const who = inputRequired.elicit({ message: 'Who?', requestedSchema: schema })
      return inputRequired({ inputRequests: { who }, requestState: 'opaque' })
    },
  )
  return server
})
