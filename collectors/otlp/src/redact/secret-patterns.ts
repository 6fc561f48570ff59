/** A kind of secret text: where to look (literals, any case), what it is (RE2), and what of it is kept. */
export interface SecretPattern {
  /** Shown as `[redacted:<type>]`, and the middle of the signal `secret.<type>.args`. */
  readonly type: string
  /** The expression runs only where one of these was met. */
  readonly literals: readonly string[]
  /** `word`: only where a word begins. */
  readonly begins?: 'word'
  /** RE2, matched from the beginning of the literal. Its one group, where it has one, stays readable; the rest is masked. */
  readonly pattern: string
  /** What the masked part must look like to be masked; anything when absent. */
  readonly masks?: (secret: string) => boolean
  /** What it must look like to be worth a signal too; anything masked when absent. */
  readonly signals?: (secret: string) => boolean
  readonly why: string
}

const hasDigit = (text: string): boolean => /\d/.test(text)
const mixed = (text: string): boolean => hasDigit(text) && /[A-Za-z]/.test(text)
const notACount = (text: string): boolean => text.length > 6 || !/^\d+$/.test(text)
const likelySecret = (text: string): boolean => text.length >= 8 && /[\d!#$%^*+~-]/.test(text)

const SECRET_WORD =
  'password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|account[_-]?key|credentials?|authorization'
const SECRET_LITERALS = [
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'secret',
  'token',
  'api_key',
  'api-key',
  'apikey',
  'access_key',
  'access-key',
  'accesskey',
  'private_key',
  'private-key',
  'privatekey',
  'account_key',
  'account-key',
  'accountkey',
  'credential',
  'authorization',
]

/** What counts as a secret in text. Specific kinds come first, so that they name the match. */
export const SECRET_PATTERNS: readonly SecretPattern[] = [
  {
    type: 'private_key',
    literals: ['-----begin'],
    pattern:
      '-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[\\s\\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\\z)',
    why: 'PEM and OpenPGP private keys; an end that was cut off does not save the beginning',
  },
  {
    type: 'aws_key',
    literals: ['AKIA', 'ASIA'],
    begins: 'word',
    pattern: '(?:AKIA|ASIA)[0-9A-Z]{16}\\b',
    why: 'AWS access key ids have a fixed prefix and length',
  },
  {
    type: 'github_token',
    literals: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'glpat-'],
    begins: 'word',
    pattern: '(?:gh[pousr]_[A-Za-z0-9]{8,}|github_pat_[A-Za-z0-9_]{8,}|glpat-[A-Za-z0-9_-]{8,})',
    why: 'tokens of the code hosts are prefixed so that scanners find them',
  },
  {
    type: 'slack_token',
    literals: ['xoxa-', 'xoxb-', 'xoxp-', 'xoxr-', 'xoxs-', 'xoxe', 'xapp-', 'hooks.slack.com'],
    begins: 'word',
    pattern:
      '(?:xox[abeprs](?:\\.xox[bp])?-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,}|hooks\\.slack\\.com/(?:services|workflows)/[A-Za-z0-9/_-]+)',
    why: 'a Slack webhook URL is a credential as much as a token is',
  },
  {
    type: 'api_key',
    literals: ['sk-', 'sk_live_', 'sk_test_', 'rk_live_', 'whsec_', 'AIza', 'ya29.', 'hf_', 'npm_'],
    begins: 'word',
    pattern:
      '(?:sk-[A-Za-z0-9_-]{16,}|[sr]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{16,}|AIza[0-9A-Za-z_-]{30,}|ya29\\.[0-9A-Za-z_-]{20,}|hf_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{30,})',
    why: 'prefixed keys of model providers, payment and package services',
  },
  {
    type: 'bot_token',
    literals: ['/bot'],
    pattern: '/bot\\d{6,}:[A-Za-z0-9_-]{20,}',
    why: 'chat bot APIs carry the token in the path',
  },
  {
    type: 'jwt',
    literals: ['eyJ'],
    begins: 'word',
    pattern: 'eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]*)*',
    why: 'a JSON object in base64url begins with eyJ; a signed one is a bearer token',
  },
  {
    type: 'basic_auth',
    literals: ['://'],
    pattern: '(://)[^\\s/@"\'<>\\\\]+@',
    why: 'user info in a URL or connection string',
  },
  {
    type: 'bearer',
    literals: ['bearer', 'basic '],
    begins: 'word',
    pattern: '(?i)((?:bearer|basic)\\s+)[A-Za-z0-9._~+/=-]{8,}',
    masks: hasDigit,
    why: 'an Authorization header, quoted; "basic information" has no digit',
  },
  {
    type: 'cookie',
    literals: ['cookie:'],
    pattern: '(?i)(cookie:\\s*)[^\\r\\n"\\\\]+',
    why: 'a cookie header is a session',
  },
  {
    type: 'credential',
    literals: SECRET_LITERALS,
    pattern: `(?i)((?:${SECRET_WORD})[A-Za-z0-9_]*\\\\*["'\`]?\\s*(?:=>|=|:)\\s*\\\\*["'\`]?(?:(?:bearer|basic)\\s+)?)[^\\s"'\`\\\\,;&<>{}()\\[\\]]{2,}`,
    masks: notACount,
    signals: likelySecret,
    why: 'password=…, "api_key": "…" in messages, logs and JSON inside strings; max_tokens: 1000 is a count',
  },
  {
    type: 'credential',
    literals: SECRET_LITERALS,
    pattern: `(?i)((?:${SECRET_WORD})\\s+(?:is\\s+|was\\s+)?["'\`]?)[^\\s"'\`\\\\,;&<>{}()\\[\\]=:]{6,}`,
    masks: mixed,
    signals: likelySecret,
    why: '"session token abc123" in prose; a word without a digit is not taken for one',
  },
]
