/** What a call can do, as `labels` of an event. */
export type Label = 'read' | 'write' | 'egress' | 'exec' | 'destructive' | 'private' | 'untrusted'

/** All labels. */
export const LABELS: ReadonlySet<string> = new Set<Label>([
  ...(['read', 'write', 'egress', 'exec', 'destructive', 'private', 'untrusted'] as const),
])

/** Verbs of tool names. The first verb of a name decides, and any that follows `and`, `then` or `or`. */
const VERBS: Readonly<Record<string, readonly Label[]>> = {
  ...each(
    ['read', 'get', 'list', 'search', 'find', 'query', 'view', 'show', 'describe', 'lookup', 'cat'],
    ['read'],
  ),
  ...each(['select', 'count', 'inspect', 'load', 'open', 'download', 'export', 'dump'], ['read']),
  ...each(
    ['write', 'create', 'update', 'edit', 'set', 'add', 'insert', 'append', 'save'],
    ['write'],
  ),
  ...each(['modify', 'patch', 'rename', 'move', 'copy', 'replace', 'merge', 'commit'], ['write']),
  ...each(
    ['send', 'upload', 'publish', 'forward', 'share', 'notify', 'submit', 'sync'],
    ['egress'],
  ),
  ...each(['post', 'email', 'mail', 'message', 'tweet', 'push', 'reply', 'webhook'], ['egress']),
  ...each(['http', 'request', 'curl', 'connect', 'tunnel'], ['egress']),
  // What comes back from the open web was written by strangers.
  ...each(
    ['fetch', 'browse', 'navigate', 'scrape', 'crawl', 'visit', 'wget'],
    ['egress', 'untrusted'],
  ),
  ...each(
    ['delete', 'drop', 'remove', 'destroy', 'purge', 'truncate', 'wipe', 'erase', 'rm', 'kill'],
    ['destructive'],
  ),
  ...each(['terminate', 'revoke', 'reset', 'uninstall', 'format'], ['destructive']),
  ...each(
    ['exec', 'execute', 'run', 'shell', 'eval', 'spawn', 'invoke', 'bash', 'powershell'],
    ['exec'],
  ),
  ...each(['deploy', 'install', 'script', 'terminal', 'command'], ['exec']),
}

/** Nouns of tool names that say what is behind the tool. All of them count. */
const NOUNS: Readonly<Record<string, readonly Label[]>> = {
  ...each(['email', 'emails', 'mail', 'inbox', 'gmail', 'message', 'messages'], ['private']),
  ...each(['contact', 'contacts', 'calendar', 'customer', 'customers', 'employee'], ['private']),
  ...each(['payroll', 'salary', 'invoice', 'invoices', 'patient', 'patients'], ['private']),
  ...each(['secret', 'secrets', 'credential', 'credentials', 'password', 'passwords'], ['private']),
  ...each(['vault', 'keychain', 'clipboard', 'token', 'tokens', 'env'], ['private']),
  ...each(['web', 'webpage', 'website', 'url', 'html', 'rss', 'browser'], ['untrusted']),
  ...each(['issue', 'issues', 'comment', 'comments', 'ticket', 'tickets', 'inbox'], ['untrusted']),
}

const JOINING = new Set(['and', 'then', 'or'])
const MAX_KNOWN = 4096
const MAX_WORDS = 24
const NONE: readonly Label[] = []

function each(
  words: readonly string[],
  labels: readonly Label[],
): Record<string, readonly Label[]> {
  return Object.fromEntries(words.map((word) => [word, labels]))
}

const of = (table: Readonly<Record<string, readonly Label[]>>, word: string): readonly Label[] =>
  Object.hasOwn(table, word) ? (table[word] as readonly Label[]) : NONE

/** Words of a name in snake, kebab, dotted or camel case, in lower case. */
function wordsOf(name: string): string[] {
  return name
    .slice(0, 256)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/, MAX_WORDS)
    .filter((word) => word !== '')
}

function judge(tool: string): readonly Label[] {
  const labels = new Set<Label>()
  let verb = ''
  let joined = false
  for (const word of wordsOf(tool)) {
    const does = of(VERBS, word)
    if (does.length > 0 && (verb === '' || joined)) {
      verb = word
      for (const label of does) labels.add(label)
    } else for (const label of of(NOUNS, word)) labels.add(label)
    joined = JOINING.has(word)
  }
  return [...labels]
}

/** Labels by tool name, from its words. Remembers a bounded number of names. */
export class ToolLabels {
  readonly #known = new Map<string, readonly Label[]>()

  of(tool: string): readonly Label[] {
    const known = this.#known.get(tool)
    if (known !== undefined) return known
    const labels = judge(tool)
    if (this.#known.size >= MAX_KNOWN) this.#known.clear()
    this.#known.set(tool, labels)
    return labels
  }
}
