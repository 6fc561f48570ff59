import type { Command } from 'commander'
import { EXIT, type Io } from '../io.ts'

/** `nightjar dev clickhouse`: the embedded engine alone behind ClickHouse's HTTP interface, in the foreground. */
export function registerDev(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('dev')
    .description('parts by hand, for tests and for trying the cluster')
    .command('clickhouse')
    .description('a ClickHouse HTTP endpoint on loopback, on the embedded engine')
    .requiredOption('--port <n>', 'port on 127.0.0.1')
    .requiredOption('--data <dir>', 'its data folder')
    .action(async (flags: { port: string; data: string }) => {
      const { runEngineForeground } = await import('@nightjar/store')
      let fail: () => void = () => undefined
      const failed = new Promise<void>((resolve) => {
        fail = resolve
      })
      const engine = await runEngineForeground({
        port: Number(flags.port),
        data: flags.data,
        onFatal: (error) => {
          io.err(`nightjar: ${error.message}`)
          fail()
        },
      })
      io.err(`ClickHouse ${engine.version} answers at ${engine.url}; Ctrl-C ends it.`)
      const signalled = new Promise<void>((resolve) => {
        process.once('SIGINT', resolve)
        process.once('SIGTERM', resolve)
      })
      const code = await Promise.race([
        signalled.then(() => EXIT.clean),
        failed.then(() => EXIT.cannot),
      ])
      await engine.close()
      done(code)
    })
}
