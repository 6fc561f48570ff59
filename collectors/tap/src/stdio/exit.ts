import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import type { Writable } from 'node:stream'

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** How long an ended process's pipes may stay silent while something else holds them open. */
const IDLE_MS = 500

/** The code a shell would give: the process's own, or 128 + the number of the signal that ended it. */
export function exitCodeOf({ code, signal }: Exit): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal])
}

/**
 * Resolves when the process has ended and its output is through. A grandchild that keeps the pipe open is waited for
 * only as long as it writes.
 */
export function ended(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    let idle: NodeJS.Timeout | undefined
    child.once('close', (code, signal) => {
      clearTimeout(idle)
      resolve({ code, signal })
    })
    child.once('exit', (code, signal) => {
      idle = setTimeout(() => {
        // Held back by a slow reader, not silent.
        if (child.stdout?.isPaused() || child.stderr?.isPaused()) idle?.refresh()
        else resolve({ code, signal })
      }, IDLE_MS)
      child.stdout?.on('data', () => idle?.refresh())
      child.stderr?.on('data', () => idle?.refresh())
    })
  })
}

/** Resolves when the stream has written what it was given, or cannot any more. */
export function drained(stream: Writable): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    stream.once('drain', resolve)
    stream.once('finish', resolve)
    stream.once('close', resolve)
    stream.once('error', () => resolve())
  })
}
