/** A content judgement that is not about secrets. The id is the signal's id. */
export interface ContentPattern {
  readonly id: string
  readonly literals: readonly string[]
  /** RE2, matched from the beginning of the literal; absent where the literal alone decides. */
  readonly pattern?: string
  /** `path`: only where a path or a part of one begins. */
  readonly begins?: 'path'
  /** Judged in arguments and targets only, or in results too. */
  readonly side: 'args' | 'both'
  readonly why: string
}

/** What ends a part of a path; a separator in JSON text may be an escaped backslash. */
const END = '(?:[\\\\/"\'\\s,:;?#)\\]}]|\\z)'
const SLASH = '[\\\\/]+'

/** What the content of a call can say about it before it is redacted. */
export const CONTENT_PATTERNS: readonly ContentPattern[] = [
  {
    id: 'path.sensitive',
    literals: ['.ssh', '.gnupg', 'id_rsa', 'id_dsa', 'id_ecdsa', 'id_ed25519', 'authorized_keys'],
    pattern: `(?i)(?:\\.ssh|\\.gnupg|id_(?:rsa|dsa|ecdsa|ed25519)|authorized_keys)${END}`,
    begins: 'path',
    side: 'args',
    why: 'SSH and PGP keys open other machines',
  },
  {
    id: 'path.sensitive',
    literals: ['.pem', '.p12', '.pfx', '.keystore', '.jks', '.kdbx'],
    pattern: `(?i)\\.[a-z0-9]+${END}`,
    side: 'args',
    why: 'key stores by their file name extension',
  },
  {
    id: 'path.sensitive',
    literals: [
      ...['.env', '.netrc', '_netrc', '.pgpass', '.npmrc', '.pypirc', '.git-credentials'],
      ...['.htpasswd', '.electrum'],
    ],
    pattern: `(?i)(?:\\.env(?:\\.[a-z]{1,16})?|[._][a-z-]+)${END}`,
    begins: 'path',
    side: 'args',
    why: 'files that hold passwords and tokens by convention',
  },
  {
    id: 'path.sensitive',
    literals: ['.aws', '.azure', 'gcloud', '.kube', '.docker'],
    pattern: `(?i)(?:\\.aws${SLASH}(?:credentials|config)|\\.azure${SLASH}|gcloud${SLASH}(?:credentials|application_default|legacy)|\\.kube${SLASH}config|\\.docker${SLASH}config\\.json)`,
    begins: 'path',
    side: 'args',
    why: 'credentials of cloud accounts, clusters and registries',
  },
  {
    id: 'path.sensitive',
    literals: ['/etc/', '/proc/', 'system32'],
    pattern: `(?i)(?:/etc/(?:shadow|gshadow|sudoers|passwd-|ssl/private)|/proc/(?:self|\\d{1,7})/(?:environ|mem|maps)|system32${SLASH}config${SLASH}(?:sam|security|system)${END})`,
    side: 'args',
    why: 'password hashes and process memory of the system',
  },
  {
    id: 'path.sensitive',
    literals: [
      ...['login data', 'cookies.sqlite', 'key4.db', 'logins.json', 'default/cookies'],
      ...['network/cookies', 'default\\\\cookies', 'network\\\\cookies', 'wallet.dat'],
      ...['/keystore/', 'library/keychains', 'ntds.dit', 'terraform.tfstate'],
      'kubernetes.io/serviceaccount',
    ],
    side: 'args',
    why: 'saved passwords and sessions of browsers, wallets, key chains, and stores of many secrets',
  },
  {
    id: 'path.traversal',
    literals: ['../', '..\\', '%2e%2e', '..%2f', '..%5c', '....//'],
    pattern: '(?i)(?:(?:\\.\\.[\\\\/]+){2,}|%2e%2e(?:%2f|%5c|[\\\\/])|\\.\\.%(?:2f|5c)|\\.{4}//)',
    side: 'args',
    why: 'two levels up or an encoded step; one plain step up is how honest projects refer to a neighbour',
  },
  {
    id: 'net.metadata',
    literals: ['169.254.169.254', 'metadata.google.internal', '100.100.100.200', 'fd00:ec2::254'],
    side: 'args',
    why: 'the metadata services of clouds hand out credentials',
  },
  {
    id: 'text.hidden',
    literals: [
      ...['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'],
      ...['\u200b', '\u2060', '\u2062', '\u2063', '\u2064'],
      ...Array.from({ length: 96 }, (_, i) => String.fromCodePoint(0xe0020 + i)),
    ],
    side: 'both',
    why: 'direction overrides, invisible characters and tags show a reader something else than the model reads',
  },
]

/** What an emitter leaves where it took something out itself; a hash of the rest would compare unequal things. */
export const REDACTION_MARKERS: readonly string[] = [
  '[redacted',
  '[filtered]',
  '[scrubbed due',
  '<redacted>',
  '"***',
]
