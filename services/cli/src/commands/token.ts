import type { Command } from 'commander'
import { createClient } from '../client.ts'
import type { Io } from '../io.ts'

/** `nightjar token link`: another one-time sign-in link for the dashboard. */
export function registerToken(program: Command, io: Io): void {
  program
    .command('token')
    .description('access to Nightjar')
    .command('link')
    .description('a one-time sign-in link for the browser, good for ten minutes')
    .action(async () => {
      io.out((await createClient(io).send<{ url: string }>('POST', '/sign-in-links')).url)
    })
}
