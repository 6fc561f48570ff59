import type { Delivery, Destination } from '@nightjar/core'
import type { Command } from 'commander'
import { createClient } from '../client.ts'
import { EXIT, type Io, table } from '../io.ts'

/** `nightjar destinations list|add|remove|test`. */
export function registerDestinations(program: Command, io: Io, done: (code: number) => void): void {
  const destinations = program.command('destinations').description('where alerts are delivered')

  destinations
    .command('list', { isDefault: true })
    .description('every destination with its status')
    .action(async () => {
      const items = await createClient(io).list<Destination>('/destinations', 1000)
      const rows = items.map((item) => [
        item.id,
        item.name,
        item.type,
        item.minSeverity,
        item.status,
        item.url,
      ])
      io.out(
        rows.length === 0
          ? 'No destination yet: nightjar destinations add siem --url https://…'
          : table(['ID', 'NAME', 'TYPE', 'FROM', 'STATUS', 'URL'], rows),
      )
    })

  destinations
    .command('add <name>')
    .description('deliver alerts to a webhook (Standard Webhooks 1.0, OCSF 1.8.0)')
    .requiredOption('--url <url>', 'where to POST')
    .option('--min-severity <severity>', 'informational, low, medium, high or critical', 'low')
    .option(
      '--secret-stdin',
      'read the whsec_ secret from standard input; else one is made and shown once',
    )
    .action(
      async (name: string, flags: { url: string; minSeverity: string; secretStdin?: boolean }) => {
        const secret = flags.secretStdin ? await readStdin() : undefined
        const made = await createClient(io).send<Destination & { secret?: string }>(
          'POST',
          '/destinations',
          {
            name,
            type: 'webhook',
            url: flags.url,
            minSeverity: flags.minSeverity,
            ...(secret ? { secret } : {}),
          },
        )
        io.out(`${made.id} ${made.name} delivers to ${made.url}.`)
        if (made.secret) io.out(`Signing secret, shown once: ${made.secret}`)
        io.err(`Next: nightjar destinations test ${made.id}`)
      },
    )

  destinations
    .command('remove <id>')
    .description('stop delivering; the ledger stays')
    .action(async (id: string) => {
      await createClient(io).send('DELETE', `/destinations/${encodeURIComponent(id)}`)
      io.out(`${id} is removed.`)
    })

  destinations
    .command('test <id>')
    .description('send a test event and show the answer')
    .action(async (id: string) => {
      const result = await createClient(io).send<Delivery>(
        'POST',
        `/destinations/${encodeURIComponent(id)}/test`,
      )
      const delivered = result.state === 'delivered'
      const answer = result.responseStatus > 0 ? `HTTP ${result.responseStatus}` : result.error
      io.out(
        delivered
          ? `Delivered: ${answer} in ${Math.round(result.latencyMs)} ms.`
          : `Failed: ${result.error || answer}`,
      )
      done(delivered ? EXIT.clean : EXIT.findings)
    })
}

async function readStdin(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin) text += chunk
  return text.trim()
}
