import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { packageOf } from './package.ts'

const HIDDEN = '<secret>'
const SECRET_NAME =
  /(^|[-_.])(api-?key|key|token|secret|password|passwd|pwd|auth|credential|bearer|cookie|pat)s?$/i
const SECRET_VALUE =
  /^(sk-|pk-|ghp_|gho_|ghs_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA|eyJ|Bearer\s)|^[A-Za-z0-9+/_-]{40,}={0,2}$/

function withoutUserInfo(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@\s]+@/i, `$1${HIDDEN}@`)
}

/** Command-line arguments with secret values replaced: `--token X`, `--api-key=X`, well-known token shapes, URL users. */
export function hideSecrets(args: readonly string[]): readonly string[] {
  return args.map((arg, i) => {
    const previous = args[i - 1] ?? ''
    if (/^--?\w/.test(previous) && !previous.includes('=') && SECRET_NAME.test(previous)) {
      return HIDDEN
    }
    const assigned = /^((?:--?)?[\w.-]+)=(.*)$/s.exec(arg)
    if (assigned === null) return SECRET_VALUE.test(arg) ? HIDDEN : withoutUserInfo(arg)
    const [, name = '', value = ''] = assigned
    const secret = SECRET_NAME.test(name) || SECRET_VALUE.test(value)
    return `${name}=${secret ? HIDDEN : withoutUserInfo(value)}`
  })
}

/** `command:` and the SHA-256 of command base name and arguments, without environment and secret values. */
export function commandKey(command: string, args: readonly string[]): string {
  const name = basename(command.replaceAll('\\', '/')).replace(/\.(exe|cmd|bat)$/i, '')
  const fingerprint = JSON.stringify([name, ...hideSecrets(args)])
  return `command:${createHash('sha256').update(fingerprint, 'utf8').digest('hex')}`
}

/** Where a launch takes place. */
export interface LaunchPlace {
  readonly cwd: string
  /** The PATH, for commands without a directory. */
  readonly path: string
  readonly home: string
}

/** What is known of a server from how it is launched. */
export interface LaunchIdentity {
  /** `package:npm/<name>@<version>` where the package can be read, else `command:<sha256>`. */
  readonly key: string
  /** Name to show until the server gives its own. */
  readonly label: string
}

/** Identity of a launch. Reads package.json files, starts nothing. */
export function launchIdentity(
  command: string,
  args: readonly string[],
  place: LaunchPlace,
): LaunchIdentity {
  const found = packageOf(command, args, place)
  const name = basename(command.replaceAll('\\', '/')).replace(/\.(exe|cmd|bat)$/i, '')
  if (found !== undefined) {
    return { key: `package:npm/${found.name}@${found.version}`, label: found.name }
  }
  return { key: commandKey(command, args), label: labelOf(name, args) }
}

const RUNTIMES = new Set([
  'node',
  'npx',
  'uvx',
  'python',
  'python3',
  'bun',
  'bunx',
  'deno',
  'docker',
])

function labelOf(name: string, args: readonly string[]): string {
  if (!RUNTIMES.has(name)) return name
  const subject = args.find((arg) => !arg.startsWith('-') && arg !== 'run')
  if (subject === undefined) return name
  return /^@[\w.-]+\/[\w.-]+/.test(subject) ? subject : basename(subject)
}
