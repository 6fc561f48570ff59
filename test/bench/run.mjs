// `npm run bench [NAME…]`: without names, the end-to-end comparison.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const names = process.argv.slice(2)
for (const name of names.length > 0 ? names : ['end-to-end']) {
  const paths = [`./${name}/run.mjs`, `./${name}.mjs`].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  )
  const path = paths.find((each) => existsSync(each))
  if (path === undefined) throw new Error(`no benchmark named ${name}`)
  const { status } = spawnSync(process.execPath, [path], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
