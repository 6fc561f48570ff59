/** A content judgement that is not about secrets. The id is the signal's id. */
export interface ContentPattern {
  readonly id: string
  readonly literals: readonly string[]
  /** RE2 over a window around the literal; absent where the literal alone decides. */
  readonly pattern?: string
  /** Judged in arguments and targets only, or in results too. */
  readonly side: 'args' | 'both'
  readonly why: string
}

const FROM = '(?:^|[\\\\/"\'~\\s=:])'
const TO = '(?:[\\\\/"\'\\s,:;?#]|\\z)'

/** What the content of a call can say about it before it is redacted. */
export const CONTENT_PATTERNS: readonly ContentPattern[] = [
  {
    id: 'path.sensitive',
    literals: ['.ssh', 'id_rsa', 'id_ed25519', 'id_ecdsa', 'authorized_keys', '.gnupg', '.pem'],
    pattern: `${FROM}(?:\\.ssh|\\.gnupg|id_(?:rsa|dsa|ecdsa|ed25519)|authorized_keys|[^\\s"'\\\\/]{1,64}\\.pem)${TO}`,
    side: 'args',
    why: 'SSH and PGP keys open other machines',
  },
  {
    id: 'path.sensitive',
    literals: ['.env', '.netrc', '.pgpass', '.npmrc', '.pypirc', '.git-credentials', '.htpasswd'],
    pattern: `(?i)${FROM}(?:\\.env(?:\\.[a-z]{1,16})?|[._]netrc|\\.pgpass|\\.npmrc|\\.pypirc|\\.git-credentials|\\.htpasswd)${TO}`,
    side: 'args',
    why: 'files that hold passwords and tokens by convention',
  },
  {
    id: 'path.sensitive',
    literals: [
      '.aws',
      '.azure',
      'gcloud',
      '.kube',
      '.docker',
      'serviceaccount',
      'terraform.tfstate',
    ],
    pattern: `(?i)(?:${FROM}\\.aws[\\\\/]+(?:credentials|config)|${FROM}\\.azure[\\\\/]|gcloud[\\\\/]+(?:credentials|application_default|legacy)|${FROM}\\.kube[\\\\/]+config|${FROM}\\.docker[\\\\/]+config\\.json|secrets[\\\\/]+kubernetes\\.io[\\\\/]+serviceaccount|terraform\\.tfstate)`,
    side: 'args',
    why: 'credentials of cloud accounts, clusters and registries',
  },
  {
    id: 'path.sensitive',
    literals: ['/etc/', '/proc/', 'system32', 'keychains', 'ntds.dit'],
    pattern:
      '(?i)(?:/etc/(?:shadow|gshadow|sudoers|passwd-|ssl/private)|/proc/(?:self|\\d{1,7})/(?:environ|mem|maps)|system32[\\\\/]+config[\\\\/]+(?:sam|security|system)|library[\\\\/]+keychains|ntds\\.dit)',
    side: 'args',
    why: 'password hashes and process memory of the system',
  },
  {
    id: 'path.sensitive',
    literals: [
      'login data',
      'cookies',
      'key4.db',
      'logins.json',
      'wallet',
      '.electrum',
      'keystore',
    ],
    pattern:
      '(?i)(?:login data|[\\\\/](?:default|network|profile[^\\\\/]{0,16})[\\\\/]+cookies|cookies\\.sqlite|key4\\.db|logins\\.json|wallet\\.dat|[\\\\/]\\.electrum|[\\\\/]keystore[\\\\/])',
    side: 'args',
    why: 'saved passwords and sessions of browsers, and wallets',
  },
  {
    id: 'path.traversal',
    literals: ['../', '..\\', '%2e%2e', '..%2f', '....//'],
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
