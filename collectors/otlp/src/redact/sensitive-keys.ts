/** Parts of a name that make its value a secret, wherever they stand in the normalised name. */
const ANYWHERE = [
  'password',
  'passwd',
  'passphrase',
  'secret',
  'apikey',
  'privatekey',
  'accesskey',
  'accountkey',
  'signingkey',
  'encryptionkey',
  'credential',
  'authorization',
  'connectionstring',
] as const

/** Parts that count only at the end: `token` is a secret, `max_tokens` and `token_count` are not. */
const AT_END = ['token', 'cookie', 'authkey', 'sessionid', 'bearer', 'jwt', 'dsn'] as const

/** Names that are too short to look for inside others. */
const EXACT = new Set([
  'pass',
  'pwd',
  'pw',
  'auth',
  'pin',
  'otp',
  'cvv',
  'ssn',
  'key',
  'sid',
  'sig',
])

const MAX_KNOWN = 4096
const MAX_LENGTH = 128

function judge(name: string): boolean {
  const plain = name
    .slice(0, MAX_LENGTH)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/\d+$/, '')
  return (
    EXACT.has(plain) ||
    ANYWHERE.some((part) => plain.includes(part)) ||
    AT_END.some((part) => plain.endsWith(part))
  )
}

/** Tells whether a key or flag names a secret (`db_password`, `X-Api-Key`, `--token`). Remembers a bounded number of names. */
export class SensitiveKeys {
  readonly #known = new Map<string, boolean>()

  has(name: string): boolean {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const sensitive = judge(name)
    if (this.#known.size >= MAX_KNOWN) this.#known.clear()
    if (name.length <= MAX_LENGTH) this.#known.set(name, sensitive)
    return sensitive
  }
}
