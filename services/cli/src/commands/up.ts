import type { Command } from 'commander'
import type { Io } from '../io.ts'

/** `nightjar up`: everything in one process. The service is imported only here, so that endpoints need none of it. */
export function registerUp(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('up')
    .description(
      'run everything in one process: OTLP in, rules, alerts, delivery, API and dashboard',
    )
    .action(async () => {
      const { runStandalone } = await import('@nightjar/standalone')
      done(await runStandalone(io.env, io.err))
    })
}
