import type { Alert } from '@nightjar/core'
import type { Command } from 'commander'
import { createClient } from '../client.ts'
import { EXIT, type Io, table } from '../io.ts'

const WAIT_MS = 30_000
/** Families the story is meant to raise. */
const EXPECTED = ['exfiltration-burst', 'manifest-drift']

/** `nightjar demo`: a story played through real servers, the tap and the running service. */
export function registerDemo(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('demo')
    .description(
      'play an honest and a stolen agent through real MCP servers into the running Nightjar',
    )
    .option(
      '--endpoint <url>',
      'OTLP/HTTP endpoint',
      io.env.NIGHTJAR_OTLP_ENDPOINT ?? 'http://127.0.0.1:4318',
    )
    .action(async (flags: { endpoint: string }) => {
      const client = createClient(io)
      await client.get('/health')
      const started = new Date(Date.now() - 1000).toISOString()
      const { playStory } = await import('../demo/story.ts')
      await playStory(flags.endpoint, io.err)
      const alerts = await raisedSince(started, () => client.list<Alert>('/alerts', 100))
      io.out(
        table(
          ['SEVERITY', 'FAMILY', 'COUNT', 'TITLE'],
          alerts.map((alert) => [alert.severity, alert.family, String(alert.count), alert.title]),
        ),
      )
      io.err(`See them at ${client.url}/alerts (sign in with the link from: nightjar token link).`)
      const missing = EXPECTED.filter((family) => !alerts.some((alert) => alert.family === family))
      if (missing.length > 0)
        io.err(`Not raised within ${WAIT_MS / 1000} s: ${missing.join(', ')}. Ask: nightjar doctor`)
      done(missing.length === 0 ? EXIT.clean : EXIT.incomplete)
    })
}

async function raisedSince(time: string, list: () => Promise<Alert[]>): Promise<Alert[]> {
  const end = Date.now() + WAIT_MS
  for (;;) {
    const alerts = (await list()).filter((alert) => alert.updatedAt >= time)
    if (
      EXPECTED.every((family) => alerts.some((alert) => alert.family === family)) ||
      Date.now() > end
    )
      return alerts
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
