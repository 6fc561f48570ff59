import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
export const root = here('../../../..')
const main = here('./tap-main.mjs')

/** Builds the tap, so that it runs as its users run it. */
export function buildTap(): void {
  execFileSync(
    process.execPath,
    [`${root}/node_modules/typescript/bin/tsc`, '-b', 'collectors/tap'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
}

/** The command line of a tap around a command. */
export function tapArgs(
  endpoint: string,
  command: readonly string[],
  options: object = {},
): string[] {
  return [main, endpoint, JSON.stringify(options), '--', ...command]
}

export function spawnTap(
  endpoint: string,
  command: readonly string[],
  options: object = {},
  env: Record<string, string> = {},
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, tapArgs(endpoint, command, options), {
    env: { ...process.env, ...env },
  })
}

export interface Finished {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: Buffer
  stderr: Buffer
}

/** Collects what a process writes until it ends. */
export function finished(child: ChildProcessWithoutNullStreams): Promise<Finished> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk) => stdout.push(chunk))
  child.stderr.on('data', (chunk) => stderr.push(chunk))
  return new Promise((resolve) => {
    child.once('close', (code, signal) =>
      resolve({ code, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) }),
    )
  })
}

/** A port nobody listens on. */
export const NOBODY = 'http://127.0.0.1:9'
