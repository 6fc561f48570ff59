import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NightjarError } from '@nightjar/core'

/** What the lock file says of the process that has the folder. */
export interface LockHolder {
  readonly pid: number
  /** Where that process answers, for people; `''` where it serves nobody. */
  readonly url: string
  readonly startedAt: string
  /** When the process itself began (clock ticks since boot, from /proc); tells a reused pid from the same process. */
  readonly processStart: string
}

/** Field 22 of /proc/<pid>/stat, `''` on systems without it or when there is no such process. */
function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function holds(holder: LockHolder): boolean {
  if (!isRunning(holder.pid)) return false
  const start = processStart(holder.pid)
  return start === '' || holder.processStart === '' || start === holder.processStart
}

function read(path: string): LockHolder | undefined {
  try {
    const parsed = JSON.parse(readFileSync(path, 'utf8')) as Partial<LockHolder>
    const { pid = 0, url = '', startedAt = '', processStart: began = '' } = parsed
    return pid > 0 ? { pid, url, startedAt, processStart: began } : undefined
  } catch {
    return undefined
  }
}

/** The hold of this process on a data folder. */
export interface FolderLock {
  /** The folder was left locked by a process that is no more. */
  readonly tookOver: boolean
  release(): void
}

/** Makes the lock with its content in one step; false when there is one. */
function create(path: string, holder: LockHolder): boolean {
  const draft = `${path}.${holder.pid}`
  writeFileSync(draft, `${JSON.stringify(holder)}\n`, { mode: 0o600 })
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Takes a stale lock away, unless another process was quicker and this is its own: then that one is put back. */
function removeStale(path: string): void {
  const aside = `${path}.stale-${process.pid}`
  try {
    renameSync(path, aside)
    const holder = read(aside)
    if (holder !== undefined && holds(holder)) linkSync(aside, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

/**
 * Takes a data folder for this process with `<folder>/nightjar.lock`. A lock left by a process that is no more, or whose
 * pid another process has now, is taken over. Throws `STORE_LOCKED` with pid, URL and remedy when it is held.
 */
export function lockFolder(folder: string, url: string): FolderLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'nightjar.lock')
  const mine: LockHolder = {
    pid: process.pid,
    url,
    startedAt: new Date().toISOString(),
    processStart: processStart(process.pid),
  }
  let tookOver = false
  while (!create(path, mine)) {
    const holder = read(path)
    if (holder !== undefined && holds(holder)) throw lockedError(folder, holder)
    removeStale(path)
    tookOver = true
  }
  return {
    tookOver,
    release() {
      const holder = read(path)
      if (holder?.pid === mine.pid && holder.startedAt === mine.startedAt)
        rmSync(path, { force: true })
    },
  }
}

function lockedError(folder: string, holder: LockHolder): NightjarError {
  const where = holder.url === '' ? '' : ` and answers at ${holder.url}`
  return new NightjarError(
    'STORE_LOCKED',
    `The data folder ${folder} is in use by process ${holder.pid}${where} (since ${holder.startedAt}).`,
    {
      hint: `Use the running one${holder.url === '' ? '' : ` (${holder.url})`}, stop it with \`kill ${holder.pid}\`, or choose another folder with NIGHTJAR_DATA.`,
      details: { pid: holder.pid, url: holder.url, startedAt: holder.startedAt },
    },
  )
}
