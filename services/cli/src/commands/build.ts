import type { Command } from 'commander'

/** `nightjar build`: the shim has built everything by the time this runs. */
export function registerBuild(program: Command): void {
  program.command('build', { hidden: true }).action(() => undefined)
}
