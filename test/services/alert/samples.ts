import { type AlertingState, type Effects, type Input, step } from '@nightjar/alert'
import type { Alert, Command, CommandBody, Finding, Suppression } from '@nightjar/core'

export const NOON = Date.parse('2026-11-21T12:00:00.000Z')

/** A finding at `NOON + offset` ms. */
export function finding(id: string, offset = 0, changes: Partial<Finding> = {}): Finding {
  return {
    id,
    tenant: 'default',
    ruleId: 'exfiltration-burst-calls',
    ruleTitle: 'Exfiltration burst: many reads in a short time',
    severity: 'high',
    family: 'exfiltration-burst',
    fingerprint: 'f'.repeat(32),
    time: new Date(NOON + offset).toISOString(),
    firstTime: new Date(NOON + offset - 1000).toISOString(),
    summary: 'alice read 300 files in 5 s',
    entity: { principal: 'alice', server: 'filesystem' },
    observed: 300,
    threshold: 100,
    windowMs: 60_000,
    eventIds: [`${id}-event`],
    eventCount: 300,
    tags: ['attack.t1567'],
    ...changes,
  }
}

let commands = 0

export function command(body: CommandBody, changes: Partial<Command> = {}): Command {
  commands++
  return {
    id: `cmd_${commands}`,
    tenant: 'default',
    actor: 'ana',
    time: new Date(NOON).toISOString(),
    body,
    ...changes,
  }
}

/** State that takes over what each step decides, as the service does. */
export class Book implements AlertingState {
  readonly alerts = new Map<string, Alert>()
  readonly suppressions = new Map<string, Suppression>()

  take(input: Input, now = NOON): Effects {
    const effects = step(this, input, now)
    for (const alert of effects.alerts) this.alerts.set(alert.id, alert)
    for (const row of effects.suppressions) this.suppressions.set(row.id, row)
    return effects
  }

  findings(...findings: Finding[]): Effects {
    return this.take({ type: 'findings', findings })
  }

  command(body: CommandBody, now = NOON): Effects {
    return this.take({ type: 'command', command: command(body) }, now)
  }

  /** The only alert. */
  get alert(): Alert {
    const [alert, ...others] = this.alerts.values()
    if (alert === undefined || others.length > 0) throw new Error('not one alert')
    return alert
  }
}
