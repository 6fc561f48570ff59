import type { RuleView } from '@nightjar/core'
import type { Command } from 'commander'
import { createClient } from '../client.ts'
import { EXIT, type Io, table } from '../io.ts'

/** `nightjar rules list|test`. `test` needs no running service. */
export function registerRules(program: Command, io: Io, done: (code: number) => void): void {
  const rules = program.command('rules').description('detection rules')

  rules
    .command('list', { isDefault: true })
    .description('the rules the running service judges by')
    .option('--json', 'as JSON')
    .action(async (flags: { json?: boolean }) => {
      const items = await createClient(io).list<RuleView>('/rules', 1000)
      if (flags.json) return io.out(JSON.stringify(items, null, 2))
      io.out(
        table(
          ['SEVERITY', 'STATUS', '24 H', 'FAMILY', 'TITLE'],
          items.map((rule) => [
            rule.severity,
            rule.status,
            String(rule.findings24h),
            rule.family,
            rule.title,
          ]),
        ),
      )
    })

  rules
    .command('test [folder]')
    .description('load rules strictly and run the tests inside them')
    .action(async (folder?: string) => {
      const detect = await import('@nightjar/detect')
      const path = folder ?? new URL('../../../../rules', import.meta.url).pathname
      const results = detect.runRuleTests(detect.loadRules(path))
      const failed = results.filter((result) => !result.ok)
      for (const result of failed) io.out(`FAIL ${result.rule}: ${result.name}: ${result.message}`)
      io.out(`${results.length - failed.length} passed, ${failed.length} failed`)
      done(failed.length === 0 ? EXIT.clean : EXIT.findings)
    })
}
