import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ONE_DOOR, ROOMS } from './rooms.ts'

export interface Import {
  /** Path from the root of the checkout. */
  readonly file: string
  readonly from: string
  /** True for `import type`, which leaves nothing at run time. */
  readonly typeOnly: boolean
}

const IMPORT =
  /^\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm

function sources(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}

/** Every import of a room's sources. */
export function importsOf(root: string, room: string): Import[] {
  return sources(join(root, room, 'src')).flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(IMPORT)].map((match) => ({
      file: path.slice(root.length + 1),
      from: match[2] ?? match[3] ?? '',
      typeOnly: match[1] !== undefined,
    })),
  )
}

const packageOf = (from: string) =>
  from.startsWith('@') ? from.split('/').slice(0, 2).join('/') : (from.split('/')[0] ?? from)

/** Why an import of a room is not allowed; undefined when it is. */
export function faultOf(room: string, { file, from, typeOnly }: Import): string | undefined {
  const rule = ROOMS[room]
  if (rule === undefined) return `${room} is not in the table of rooms`
  const name = packageOf(from)
  const door = ONE_DOOR[name]
  if (door !== undefined && !door.test(file))
    return `${file} knows ${name}; only ${door.source} may`
  if (from.startsWith('.')) {
    const climbs = join(file, '..', from)
    return climbs.startsWith(`${room}/src/`)
      ? undefined
      : `${file} reaches out of its room: ${from}`
  }
  if (from.startsWith('node:'))
    return rule.node === undefined || rule.node.includes(from) ? undefined : `${file} uses ${from}`
  if (name.startsWith('@nightjar/')) {
    if (from !== name) return `${file} goes around the door of ${name}: ${from}`
    if (room === 'dashboard' && !typeOnly) return `${file} imports more than types of ${name}`
    return rule.rooms.includes(name.slice('@nightjar/'.length))
      ? undefined
      : `${file} imports ${name}`
  }
  return rule.foreign.includes(name) ? undefined : `${file} imports ${name}`
}

/** Folders that are rooms, as they lie in the checkout. */
export function roomsOf(root: string): string[] {
  const nested = ['services', 'collectors'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}`),
  )
  return [...nested, 'dashboard'].filter((room) => existsSync(join(root, room, 'package.json')))
}
