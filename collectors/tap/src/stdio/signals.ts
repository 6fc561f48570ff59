import type { ChildProcess } from 'node:child_process'

const FORWARDED: readonly NodeJS.Signals[] =
  process.platform === 'win32'
    ? ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK']
    : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGCONT']

/** Keys that a terminal sends to the whole group, so the server has them already. */
const FROM_TERMINAL: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT'])

/** Signals on their way to the server. */
export interface ForwardedSignals {
  /** From now on a signal is for us. */
  serverEnded(): void
  /** Resolves at the first signal after the server has ended. */
  readonly interrupted: Promise<void>
  stop(): void
}

/** Passes the signals this process gets on to the child. */
export function forwardSignals(child: ChildProcess): ForwardedSignals {
  let over = false
  let interrupt: () => void = () => undefined
  const interrupted = new Promise<void>((resolve) => {
    interrupt = resolve
  })
  const handle = (signal: NodeJS.Signals) => {
    if (over) interrupt()
    else if (!(process.stdin.isTTY && FROM_TERMINAL.has(signal))) child.kill(signal)
  }
  for (const signal of FORWARDED) process.on(signal, handle)
  return {
    serverEnded: () => {
      over = true
    },
    interrupted,
    stop: () => {
      for (const signal of FORWARDED) process.off(signal, handle)
    },
  }
}
