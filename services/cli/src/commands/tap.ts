import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { EXIT, type Io } from '../io.ts'

interface TapFlags {
  readonly endpoint?: string
  readonly tokenFile?: string
  readonly serverName?: string
  readonly http?: string
  readonly listen: string
  readonly verbose?: boolean
}

/** `nightjar tap -- CMD ARGS…` and `nightjar tap --http URL`. */
export function registerTap(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('tap')
    .description('watch one MCP server: put this before its command in the client configuration')
    .argument('[command...]', 'after --: the server command and its arguments')
    .option(
      '--endpoint <url>',
      'OTLP/HTTP endpoint (default: NIGHTJAR_OTLP_ENDPOINT or http://127.0.0.1:4318)',
    )
    .option('--token-file <file>', 'file with the ingest token')
    .option('--server-name <name>', 'name to report instead of what the server says')
    .option('--http <url>', 'front a Streamable HTTP server instead of wrapping a command')
    .option('--listen <address>', 'where --http listens', '127.0.0.1:0')
    .option('--verbose', 'tell on standard error what the tap does')
    .action(async (command: string[], flags: TapFlags) => {
      if (command.length === 0 && flags.http === undefined) {
        io.err(
          'nightjar tap: name the server command after --, or a URL with --http.\n  nightjar tap -- npx -y @modelcontextprotocol/server-everything',
        )
        return done(EXIT.usage)
      }
      const tap = await import('@nightjar/tap')
      const tokenFile = flags.tokenFile ?? io.env.NIGHTJAR_TOKEN_FILE
      const token = tokenFile ? readFileSync(tokenFile, 'utf8').trim() : io.env.NIGHTJAR_TOKEN
      const common = {
        endpoint: flags.endpoint ?? io.env.NIGHTJAR_OTLP_ENDPOINT ?? 'http://127.0.0.1:4318',
        verbose: flags.verbose === true,
        ...(token ? { token } : {}),
        ...(flags.serverName ? { serverName: flags.serverName } : {}),
      }
      if (flags.http !== undefined)
        return done(await tap.runHttpTap({ ...common, url: flags.http, listen: flags.listen }))
      const [file = '', ...args] = command
      done(await tap.runTap({ ...common, command: file, args }))
    })
}
