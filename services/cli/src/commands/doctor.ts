import type { Command } from 'commander'
import pc from 'picocolors'
import { EXIT, type Io, printable } from '../io.ts'

const MARK = { ok: pc.green('ok  '), warn: pc.yellow('warn'), fail: pc.red('FAIL') }

/** `nightjar doctor`: checks the set-up step by step, with a remedy for what is wrong. */
export function registerDoctor(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('doctor')
    .description('check the set-up step by step')
    .option('--json', 'as JSON')
    .action(async (flags: { json?: boolean }) => {
      const { runChecks } = await import('../doctor/checks.ts')
      const results = await runChecks(io)
      if (flags.json) io.out(JSON.stringify(results, null, 2))
      else
        for (const { name, status, detail, remedy } of results) {
          io.out(`${MARK[status]} ${name.padEnd(10)} ${printable(detail)}`)
          if (remedy) io.out(`                → ${remedy}`)
        }
      if (results.some(({ status }) => status === 'fail')) return done(EXIT.cannot)
      done(results.some(({ status }) => status === 'warn') ? EXIT.incomplete : EXIT.clean)
    })
}
