import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** Builds the rooms once before the tests: what runs as a process of its own runs from `dist`. */
export function setup(): void {
  const root = process.cwd()
  const built = spawnSync(
    process.execPath,
    [join(root, 'services/cli/bin/nightjar.mjs'), 'build'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  )
  if (built.status !== 0) throw new Error(`The build failed:\n${built.stdout}${built.stderr}`)
}
