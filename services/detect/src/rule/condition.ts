/** A parsed condition: names refer to search identifiers of the rule. */
export type Condition =
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'of'; readonly all: boolean; readonly names: readonly string[] }
  | { readonly type: 'not'; readonly item: Condition }
  | { readonly type: 'and' | 'or'; readonly items: readonly Condition[] }

/** What is wrong with a condition, at which character. */
export class ConditionFault extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

interface Token {
  readonly text: string
  readonly at: number
}

const TOKEN = /\s*(\(|\)|[A-Za-z0-9_*.-]+)/y
const MAX_DEPTH = 30

function tokens(text: string): Token[] {
  const list: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const from = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (!match) {
      const at = from + (/\S/.exec(text.slice(from))?.index ?? 0)
      const pipe = text[at] === '|' ? '; aggregation after | is obsolete, write a correlation' : ''
      throw new ConditionFault(`"${text[at]}" has no meaning in a condition${pipe}`, at)
    }
    list.push({ text: match[1] as string, at: TOKEN.lastIndex - (match[1] as string).length })
  }
  return list
}

function pattern(glob: string): RegExp {
  return new RegExp(
    `^${glob
      .split('*')
      .map((part) => part.replaceAll('.', '\\.'))
      .join('.*')}$`,
  )
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #names: readonly string[]
  readonly #end: number
  readonly used = new Set<string>()
  #at = 0

  constructor(text: string, names: readonly string[]) {
    this.#tokens = tokens(text)
    this.#names = names
    this.#end = text.length
  }

  parse(): Condition {
    const whole = this.#or(0)
    const rest = this.#tokens[this.#at]
    if (rest) throw new ConditionFault(`"${rest.text}" was not expected here`, rest.at)
    return whole
  }

  #word(): string {
    return this.#tokens[this.#at]?.text.toLowerCase() ?? ''
  }

  #joined(type: 'and' | 'or', depth: number, part: (depth: number) => Condition): Condition {
    const items = [part(depth)]
    while (this.#word() === type) {
      this.#at += 1
      items.push(part(depth))
    }
    return items.length === 1 ? (items[0] as Condition) : { type, items }
  }

  #or(depth: number): Condition {
    return this.#joined('or', depth, (inner) =>
      this.#joined('and', inner, (innermost) => this.#not(innermost)),
    )
  }

  #not(depth: number): Condition {
    const token = this.#tokens[this.#at]
    if (!token) throw new ConditionFault('the condition ends too early', this.#end)
    if (depth > MAX_DEPTH) throw new ConditionFault('the condition is nested too deeply', token.at)
    if (token.text === '(') {
      this.#at += 1
      const inner = this.#or(depth + 1)
      if (this.#tokens[this.#at]?.text !== ')')
        throw new ConditionFault('a parenthesis is not closed', token.at)
      this.#at += 1
      return inner
    }
    if (token.text.toLowerCase() !== 'not') return this.#atom(token)
    this.#at += 1
    return { type: 'not', item: this.#not(depth + 1) }
  }

  #atom(token: Token): Condition {
    this.#at += 1
    if (this.#word() === 'of') {
      if (token.text !== '1' && token.text.toLowerCase() !== 'all')
        throw new ConditionFault(`"${token.text} of" is not Sigma: write 1 of or all of`, token.at)
      this.#at += 1
      return this.#of(token)
    }
    this.used.add(token.text)
    return { type: 'name', name: token.text }
  }

  #of(quantifier: Token): Condition {
    const target = this.#tokens[this.#at]
    if (!target) throw new ConditionFault('the condition ends too early', this.#end)
    this.#at += 1
    const test = target.text === 'them' ? /^[^_]/ : pattern(target.text)
    const names = this.#names.filter((name) => test.test(name))
    if (names.length === 0)
      throw new ConditionFault(`no search identifier fits "${target.text}"`, target.at)
    for (const name of names) this.used.add(name)
    return { type: 'of', all: quantifier.text !== '1', names }
  }
}

/** The tree of a condition, and which of `names` it uses (with unknown ones). Throws {@link ConditionFault}. */
export function parseCondition(
  text: string,
  names: readonly string[],
): { readonly condition: Condition; readonly used: ReadonlySet<string> } {
  const parser = new Parser(text, names)
  return { condition: parser.parse(), used: parser.used }
}
