// Builds the checkout on first use and when sources changed. Plain JavaScript, because it runs before anything is built.
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const lock = join(root, 'node_modules', '.nightjar-build.lock')
const stamp = join(root, 'services/cli/dist/.built')
const page = join(root, 'dashboard/dist/index.html')
const LOCK_MS = 300_000
/** Commands that serve the dashboard. */
const WITH_PAGE = new Set(['up', 'build'])

const mtime = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)

function newest(folder) {
  let latest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) latest = Math.max(latest, newest(path))
    else latest = Math.max(latest, statSync(path).mtimeMs)
  }
  return latest
}

function newestSource() {
  let latest = 0
  for (const group of ['services', 'collectors'])
    for (const room of readdirSync(join(root, group))) {
      const src = join(root, group, room, 'src')
      if (existsSync(src)) latest = Math.max(latest, newest(src))
    }
  return latest
}

const codeIsStale = () => newestSource() > mtime(stamp)
const pageIsStale = () =>
  existsSync(join(root, 'dashboard/src')) && newest(join(root, 'dashboard/src')) > mtime(page)

function holderIsGone() {
  try {
    const pid = Number(readFileSync(join(lock, 'pid'), 'utf8'))
    process.kill(pid, 0)
    return false
  } catch (error) {
    // A lock without a pid is being written now, unless it is old.
    return error.code === 'ESRCH' || Date.now() - mtime(lock) > LOCK_MS
  }
}

async function withLock(work) {
  const end = Date.now() + LOCK_MS
  for (;;) {
    try {
      mkdirSync(lock)
      break
    } catch {
      if (holderIsGone()) rmSync(lock, { recursive: true, force: true })
      else if (Date.now() > end)
        throw new Error(`Another build holds ${lock}; delete it if none runs.`)
      else await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  writeFileSync(join(lock, 'pid'), String(process.pid))
  try {
    work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

function run(script, args, cwd) {
  const done = spawnSync(process.execPath, [script, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (done.status === 0) return
  process.stderr.write(done.stdout)
  process.stderr.write('nightjar: the build failed; see the lines above.\n')
  process.exit(70)
}

/** Builds what `command` needs. Does nothing in an installation that has no compiler. */
export async function ensureBuilt(command) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const wantsPage = WITH_PAGE.has(command)
  if (!existsSync(tsc) && !existsSync(join(root, 'services/cli/dist/main.js'))) {
    process.stderr.write('nightjar: nothing is built and there is no compiler here. Run: npm ci\n')
    process.exit(5)
  }
  if (!existsSync(tsc) || !(codeIsStale() || (wantsPage && pageIsStale()))) return
  mkdirSync(dirname(lock), { recursive: true })
  await withLock(() => {
    if (codeIsStale()) {
      process.stderr.write('nightjar: building, once …\n')
      const started = Date.now()
      run(tsc, ['-b', 'services/standalone', 'services/cli'], root)
      writeFileSync(stamp, new Date(started).toISOString())
    }
    const vite = join(root, 'node_modules/vite/bin/vite.js')
    if (wantsPage && pageIsStale() && existsSync(vite)) {
      process.stderr.write('nightjar: building the dashboard, once …\n')
      run(vite, ['build', '--logLevel', 'error'], join(root, 'dashboard'))
    }
  })
}
