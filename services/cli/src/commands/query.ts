import type { Command } from 'commander'
import { createClient } from '../client.ts'
import { EXIT, type Io } from '../io.ts'

const LISTS = ['events', 'calls', 'sessions', 'servers', 'alerts', 'rules', 'deliveries']

/** `nightjar query LIST [field=value…]`: any list of the API as NDJSON. */
export function registerQuery(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('query')
    .description(`a list of the API as NDJSON: ${LISTS.join(', ')}`)
    .argument('<list>')
    .argument('[filters...]', 'field=value, as the API takes them, e.g. tool=read_file from=now-1h')
    .option('--limit <n>', 'at most so many', '100')
    .action(async (list: string, filters: string[], flags: { limit: string }) => {
      if (!LISTS.includes(list) || filters.some((filter) => !filter.includes('='))) {
        io.err(`nightjar query: one of ${LISTS.join(', ')}, then field=value filters.`)
        return done(EXIT.usage)
      }
      const query = new URLSearchParams(
        filters.map(
          (filter) =>
            [filter.slice(0, filter.indexOf('=')), filter.slice(filter.indexOf('=') + 1)] as [
              string,
              string,
            ],
        ),
      )
      for (const item of await createClient(io).list<unknown>(
        `/${list}?${query}`,
        Number(flags.limit),
      ))
        io.out(JSON.stringify(item))
    })
}
