import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, delimiter, dirname, join, resolve, sep } from 'node:path'
import type { LaunchPlace } from './launch-key.ts'

/** An npm package by name and version. */
export interface NpmPackage {
  readonly name: string
  readonly version: string
}

const MAX_PACKAGE_JSON = 1024 * 1024
const MAX_CACHE_FOLDERS = 200

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function readPackage(folder: string): NpmPackage | undefined {
  return attempt(() => {
    const file = join(folder, 'package.json')
    if (statSync(file).size > MAX_PACKAGE_JSON) return undefined
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as Partial<NpmPackage>
    return typeof name === 'string' && typeof version === 'string' && name && version
      ? { name, version }
      : undefined
  })
}

/** The installed package a file belongs to: only below node_modules, a project's own name is no registry name. */
function packageOfFile(file: string): NpmPackage | undefined {
  const real = attempt(() => realpathSync(file))
  if (real === undefined || !real.includes(`${sep}node_modules${sep}`)) return undefined
  for (let folder = dirname(real); basename(folder) !== 'node_modules'; folder = dirname(folder)) {
    const found = readPackage(folder)
    if (found !== undefined) return found
    if (folder === dirname(folder)) return undefined
  }
  return undefined
}

/** The `name@version` an npx command line asks for. */
function npxSubject(args: readonly string[]): { name: string; version: string } | undefined {
  const flagged = args.findIndex((arg) => arg === '-p' || arg === '--package')
  const inline = args.find((arg) => arg.startsWith('--package='))?.slice('--package='.length)
  const spec =
    inline ?? (flagged >= 0 ? args[flagged + 1] : args.find((arg) => !arg.startsWith('-')))
  const parts = /^((?:@[\w.-]+\/)?[\w.-]+)(?:@([\w.+-]+))?$/.exec(spec ?? '')
  return parts === null ? undefined : { name: parts[1] ?? '', version: parts[2] ?? '' }
}

function ancestors(folder: string): string[] {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [folder, ...ancestors(parent)]
}

function npxPackage(args: readonly string[], place: LaunchPlace): NpmPackage | undefined {
  const subject = npxSubject(args)
  if (subject === undefined) return undefined
  const { name, version } = subject
  const fits = (found: NpmPackage | undefined): found is NpmPackage =>
    found !== undefined && (!/^\d+\.\d+\.\d+/.test(version) || found.version === version)
  const local = ancestors(resolve(place.cwd)).map((folder) => join(folder, 'node_modules'))
  const installed = local.map((folder) => readPackage(join(folder, name))).find(fits)
  if (installed !== undefined) return installed
  const cache = join(place.home, '.npm', '_npx')
  const folders = (attempt(() => readdirSync(cache)) ?? []).slice(0, MAX_CACHE_FOLDERS)
  const cached = folders
    .map((folder) => readPackage(join(cache, folder, 'node_modules', name)))
    .filter(fits)
  // Several cached versions and none asked for: which one will run is not known.
  const versions = new Set(cached.map((found) => found.version))
  return versions.size === 1 ? cached[0] : undefined
}

function onPath(command: string, path: string): string | undefined {
  for (const folder of path.split(delimiter)) {
    const file = folder === '' ? undefined : join(folder, command)
    if (file !== undefined && attempt(() => statSync(file).isFile())) return file
  }
  return undefined
}

/** Options of node that take the next argument as their value. */
const NODE_VALUE_OPTIONS = new Set([
  '-r',
  '--require',
  '--import',
  '--loader',
  '-C',
  '--conditions',
])

function nodeScript(args: readonly string[]): string | undefined {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string
    if (arg === '-e' || arg === '--eval' || arg === '-p') return undefined
    if (NODE_VALUE_OPTIONS.has(arg)) i++
    else if (!arg.startsWith('-')) return arg
  }
  return undefined
}

/** The npm package a launch runs, where its package.json can be read. */
export function packageOf(
  command: string,
  args: readonly string[],
  place: LaunchPlace,
): NpmPackage | undefined {
  const name = basename(command.replaceAll('\\', '/')).replace(/\.(exe|cmd|bat)$/i, '')
  if (name === 'npx' || name === 'bunx') return npxPackage(args, place)
  if (name === 'node') {
    const script = nodeScript(args)
    return script === undefined ? undefined : packageOfFile(resolve(place.cwd, script))
  }
  const file = /[\\/]/.test(command) ? resolve(place.cwd, command) : onPath(command, place.path)
  return file === undefined ? undefined : packageOfFile(file)
}
