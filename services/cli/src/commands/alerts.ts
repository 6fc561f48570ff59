import { type Alert, CLOSE_REASONS } from '@nightjar/core'
import { type Command, Option } from 'commander'
import { createClient } from '../client.ts'
import { cut, type Io, table } from '../io.ts'

const day = (iso: string) => iso.slice(0, 19).replace('T', ' ')

function lines(alerts: readonly Alert[]): string {
  return table(
    ['SEVERITY', 'RISK', 'STATE', 'COUNT', 'LAST SEEN (UTC)', 'ID', 'TITLE', 'WHO'],
    alerts.map((alert) => [
      alert.severity,
      String(Math.round(alert.risk.score)),
      alert.state,
      String(alert.count),
      day(alert.lastSeen),
      alert.id,
      cut(alert.title, 60),
      cut(alert.entity.principal ?? alert.entity.server ?? '', 30),
    ]),
  )
}

const format = () =>
  new Option('--format <format>', 'table, json or ndjson')
    .choices(['table', 'json', 'ndjson'])
    .default('table')

/** `nightjar alerts list|show|ack|close|reopen|comment`. */
export function registerAlerts(program: Command, io: Io): void {
  const alerts = program.command('alerts').description('see and judge alerts')

  alerts
    .command('list', { isDefault: true })
    .description('alerts that need a person, worst first')
    .option('--state <state>', 'open, acknowledged, closed; comma separated', 'open,acknowledged')
    .option('--limit <n>', 'at most so many', '50')
    .addOption(format())
    .action(async (flags: { state: string; limit: string; format: string }) => {
      const items = await createClient(io).list<Alert>(
        `/alerts?state=${encodeURIComponent(flags.state)}`,
        Number(flags.limit),
      )
      if (flags.format === 'json') io.out(JSON.stringify(items, null, 2))
      else if (flags.format === 'ndjson') for (const item of items) io.out(JSON.stringify(item))
      else io.out(items.length === 0 ? 'No alerts.' : lines(items))
    })

  alerts
    .command('show <id>')
    .description('one alert with its evidence, as JSON')
    .action(async (id: string) => {
      io.out(
        JSON.stringify(await createClient(io).get(`/alerts/${encodeURIComponent(id)}`), null, 2),
      )
    })

  const act = (
    name: string,
    path: string,
    about: string,
    more: (command: Command) => Command,
    body: (flags: Record<string, string>) => unknown,
  ) =>
    more(alerts.command(`${name} <id>`).description(about)).action(
      async (id: string, flags: Record<string, string>) => {
        const alert = await createClient(io).send<Alert>(
          'POST',
          `/alerts/${encodeURIComponent(id)}/${path}`,
          body(flags),
        )
        io.out(`${alert.id} is ${alert.state}.`)
      },
    )
  const comment = (command: Command) => command.option('-m, --comment <text>', 'why')
  const commentBody = (flags: Record<string, string>) =>
    flags.comment ? { comment: flags.comment } : {}

  act('ack', 'acknowledge', 'take an alert: acknowledge and assign to you', comment, commentBody)
  act('reopen', 'reopen', 'open a closed alert again', comment, commentBody)
  act(
    'comment',
    'comment',
    'add a comment',
    (command) => command.requiredOption('-m, --comment <text>', 'the comment'),
    commentBody,
  )
  act(
    'close',
    'close',
    'close an alert with a reason',
    (command) =>
      comment(command).addOption(
        new Option('--reason <reason>', 'why it is closed')
          .choices(CLOSE_REASONS)
          .makeOptionMandatory(),
      ),
    (flags) => ({ closeReason: flags.reason, ...commentBody(flags) }),
  )
}
