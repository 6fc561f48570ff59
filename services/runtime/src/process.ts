import type { Component } from '@nightjar/core'

/**
 * Runs until SIGINT or SIGTERM, or until `ended` resolves, then stops the component; a second signal exits at once.
 * Gives the exit code.
 */
export async function runUntilSignal(
  component: Component,
  ended?: Promise<number>,
): Promise<number> {
  let interrupt: (code: number) => void = () => undefined
  const interrupted = new Promise<number>((resolve) => {
    interrupt = resolve
  })
  const first = () => {
    process.once('SIGINT', () => process.exit(130))
    process.once('SIGTERM', () => process.exit(143))
    interrupt(0)
  }
  process.once('SIGINT', first)
  process.once('SIGTERM', first)
  const code = await Promise.race([interrupted, ...(ended ? [ended] : [])])
  await component.stop()
  return code
}
