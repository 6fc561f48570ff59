import { type ChildProcess, spawn } from 'node:child_process'
import { homedir } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { messageOf } from '@nightjar/core'
import { inheritedEnv } from '../env.ts'
import { launchIdentity } from '../identity/launch-key.ts'
import type { TapOptions, TapStreams } from '../options.ts'
import { emitterTarget, osUser, teller } from '../rim.ts'
import { Observer } from '../watch/observer.ts'
import type { SeenQueue } from '../watch/queue.ts'
import type { Direction } from '../watch/record.ts'
import { drained, ended, exitCodeOf } from './exit.ts'
import { forwardSignals } from './signals.ts'
import { StdioWatch } from './watch.ts'

/** Exit code when the server cannot be started. */
const CANNOT_START = 5

function processStreams(): TapStreams {
  return { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr }
}

function launch(options: TapOptions, inheritStderr: boolean): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const child = spawn(options.command, options.args, {
      stdio: ['pipe', 'pipe', inheritStderr ? 'inherit' : 'pipe'],
      env: options.env ?? inheritedEnv(),
      windowsHide: true,
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    })
    child.once('spawn', () => resolve(child))
    // Later errors are failed kills of a process that has ended by itself.
    child.on('error', reject)
  })
}

/** Pipes bytes with back-pressure and hands a copy on, after they were forwarded. */
function carry(from: Readable, to: Writable, copy: ((bytes: Buffer) => void) | undefined): void {
  from.pipe(to)
  if (copy !== undefined) from.on('data', copy)
  // The reader is gone: let the writer know the same way, by closing its pipe.
  to.on('error', () => from.destroy())
  from.on('error', () => to.end())
}

function connect(child: ChildProcess, streams: TapStreams, queue: SeenQueue): void {
  const copy = (direction: Direction) => (bytes: Buffer) => queue.push(direction, bytes)
  if (child.stdin) carry(streams.stdin, child.stdin, copy('client_to_server'))
  if (child.stdout) carry(child.stdout, streams.stdout, copy('server_to_client'))
  if (child.stderr) carry(child.stderr, streams.stderr, undefined)
}

/**
 * Runs an MCP server and passes its stdin, stdout, stderr, signals and exit code through, byte for byte; what passes is
 * observed on a copy and emitted over OTLP. Gives the server's exit code (128 + signal when a signal ended it), 5 when
 * it cannot be started. Throws TAP_ENDPOINT_INVALID before anything is started.
 */
export async function runTap(options: TapOptions): Promise<number> {
  const streams = options.streams ?? processStreams()
  const say = teller(options, streams.stderr)
  const target = emitterTarget(options, say)
  const inheritStderr = streams.stderr === process.stderr
  let child: ChildProcess
  try {
    child = await launch(options, inheritStderr)
  } catch (error) {
    streams.stderr.write(`nightjar tap: cannot start ${options.command}: ${messageOf(error)}\n`)
    return CANNOT_START
  }
  const end = ended(child)
  const env = options.env ?? inheritedEnv()
  const { key, label } = launchIdentity(options.command, options.args, {
    cwd: options.cwd ?? process.cwd(),
    path: env.PATH ?? env.Path ?? '',
    home: homedir(),
  })
  const watch = new StdioWatch(
    new Observer({ label, name: options.serverName, key, transport: 'pipe', user: osUser() }),
    say,
  )
  connect(child, streams, watch.queue)
  const signals = forwardSignals(child)
  // Loaded only now: the server starts at once, and what passes meanwhile waits in the queue.
  await watch.begin(target)
  const exit = await end
  signals.serverEnded()
  // A second signal, or a first one now, ends the flush.
  await Promise.race([
    Promise.all([watch.finish(exit), drained(streams.stdout)]),
    signals.interrupted,
  ])
  signals.stop()
  streams.stdin.unpipe()
  streams.stdin.pause()
  return exitCodeOf(exit)
}
