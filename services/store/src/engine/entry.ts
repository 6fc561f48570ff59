import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { NightjarError } from '@nightjar/core'

/**
 * The file the engine's process runs. Built code lies beside this file. When this file runs as TypeScript (under the
 * test runner), the child, which is plain Node and cannot run TypeScript on every supported version, takes the built one.
 */
export function engineEntry(): string {
  const built = import.meta.url.endsWith('.js')
    ? new URL('./main.js', import.meta.url)
    : new URL('../../dist/engine/main.js', import.meta.url)
  const path = fileURLToPath(built)
  if (!existsSync(path))
    throw new NightjarError('STORE_NOT_BUILT', 'The engine of the store is not built.', {
      hint: 'Run `npm run build` first.',
    })
  return path
}
