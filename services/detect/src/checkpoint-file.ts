import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { CheckpointPort } from './judge/checkpoint.ts'

const FILE = 'detect.checkpoint.json'

/** A checkpoint in a file of `folder`: written beside, synced, then renamed, so that it is always whole. */
export function checkpointFile(folder: string): CheckpointPort {
  const path = join(folder, FILE)
  return {
    load: async () => {
      try {
        return await readFile(path)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw error
      }
    },
    save: async (bytes) => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const file = await open(`${path}.new`, 'w', 0o600)
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(`${path}.new`, path)
    },
  }
}
