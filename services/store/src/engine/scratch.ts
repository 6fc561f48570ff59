import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join, resolve } from 'node:path'

const SHARED_MEMORY = '/dev/shm'
const PREFIX = 'nightjar-engine-'
/** Room that must be left in shared memory; containers often have 64 MB in all. */
const SHARED_MEMORY_FREE = 256 * 1024 * 1024

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1])
    if (pid > 0 && !alive(pid)) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

/** A file that data of an INSERT is written to on its way into the engine. */
export interface ScratchFile {
  readonly path: string
  write(chunk: Uint8Array): void
  /** Ends writing; the file stays. */
  end(): void
  /** Takes the file away. May be called at any time, and again. */
  remove(): void
}

/**
 * Where data rests for the moment of its insert: in shared memory while there is room, else under the data folder.
 * The folders are the owner's alone (0700); what a killed process left is swept at the next start.
 */
export class Scratch {
  readonly #folders: string[]
  #count = 0

  constructor(dataFolder: string) {
    // The engine takes a relative path for one below its own folder.
    const onDisk = resolve(dataFolder, 'scratch')
    mkdirSync(onDisk, { recursive: true, mode: 0o700 })
    this.#folders = [SHARED_MEMORY, onDisk].flatMap((folder) => {
      try {
        sweep(folder)
        return [mkdtempSync(join(folder, `${PREFIX}${process.pid}-`))]
      } catch {
        return []
      }
    })
  }

  #folder(): string {
    const [first, second] = this.#folders
    if (first === undefined) throw new Error('There is no folder for the data of an insert.')
    if (second === undefined || !first.startsWith(SHARED_MEMORY)) return first
    const { bavail, bsize } = statfsSync(first)
    return bavail * bsize > SHARED_MEMORY_FREE ? first : second
  }

  open(): ScratchFile {
    const path = join(this.#folder(), String(++this.#count))
    let fd: number | undefined = openSync(path, 'wx', 0o600)
    const end = (): void => {
      if (fd !== undefined) closeSync(fd)
      fd = undefined
    }
    return {
      path,
      write(chunk) {
        for (let at = 0; at < chunk.length; )
          at += writeSync(fd ?? -1, chunk, at, chunk.length - at)
      },
      end,
      remove() {
        end()
        try {
          unlinkSync(path)
        } catch {
          // Already gone.
        }
      },
    }
  }

  close(): void {
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true })
  }
}
