import { messageOf, NightjarError } from '@nightjar/core'
import { Command, CommanderError } from 'commander'
import pc from 'picocolors'
import { registerAlerts } from './commands/alerts.ts'
import { registerBuild } from './commands/build.ts'
import { registerDemo } from './commands/demo.ts'
import { registerDestinations } from './commands/destinations.ts'
import { registerDev } from './commands/dev.ts'
import { registerDoctor } from './commands/doctor.ts'
import { registerInventory } from './commands/inventory.ts'
import { registerQuery } from './commands/query.ts'
import { registerRules } from './commands/rules.ts'
import { registerTap } from './commands/tap.ts'
import { registerToken } from './commands/token.ts'
import { registerUp } from './commands/up.ts'
import { EXIT, type Io, processIo } from './io.ts'

/** Codes that mean Nightjar could not be asked or could not run, as against a wrong command. */
const CANNOT = /^(CLI_UNREACHABLE|CLI_NO_TOKEN|STORE_|RUNTIME_|API_UNAUTH)/

function report(error: unknown, io: Io): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.usage
  if (!(error instanceof NightjarError)) {
    io.err(`nightjar: ${messageOf(error)}`)
    if (error instanceof Error && io.env.NIGHTJAR_LOG_LEVEL === 'debug') io.err(error.stack ?? '')
    return EXIT.bug
  }
  const exitCode = CANNOT.test(error.code) ? EXIT.cannot : EXIT.usage
  io.err(pc.red(`nightjar: ${error.message}`))
  if (error.hint) io.err(`  → ${error.hint}`)
  if (!io.isTerminal)
    io.err(
      JSON.stringify({
        error: { code: error.code, message: error.message, hint: error.hint, exitCode },
      }),
    )
  return exitCode
}

/** Runs one command line (without node and script) and gives its exit code. */
export async function main(argv: readonly string[], io: Io = processIo): Promise<number> {
  let code: number = EXIT.clean
  const done = (value: number) => {
    code = value
  }
  const program = new Command('nightjar')
    .description('See what AI agents do through MCP.')
    .version('0.1.0')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    })
    .showHelpAfterError('(nightjar --help lists the commands)')
    .enablePositionalOptions()
  registerUp(program, io, done)
  registerTap(program, io, done)
  registerInventory(program, io)
  registerRules(program, io, done)
  registerAlerts(program, io)
  registerDestinations(program, io, done)
  registerQuery(program, io, done)
  registerDemo(program, io, done)
  registerDoctor(program, io, done)
  registerToken(program, io)
  registerDev(program, io, done)
  registerBuild(program)
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    return report(error, io)
  }
}
