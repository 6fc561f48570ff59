/** The members at the top of JSON content, for judging only: they are not redacted and must not be written. */
export interface Members {
  /** 0 for a list. */
  readonly count: number
  nameAt(member: number): string
  /** The value where it is text, or the first item of a list where that is text; `''` otherwise. */
  textAt(member: number): string
  /**
   * The same as bytes: true, and `from` and `to` say where in `bytes` they lie. False where the text is empty or has
   * no such bytes; ask for the text then.
   */
  locate(member: number): boolean
  readonly bytes: Uint8Array
  readonly from: number
  readonly to: number
  boolAt(member: number): boolean | undefined
  isListAt(member: number): boolean
}

const NO_BYTES = new Uint8Array(0)

/** Members of a parsed value; none where there is none. */
export class ParsedMembers implements Members {
  readonly bytes = NO_BYTES
  readonly from = 0
  readonly to = 0
  readonly #names: readonly string[]
  readonly #value: Readonly<Record<string, unknown>>

  constructor(value: object) {
    this.#names = Array.isArray(value) ? [] : Object.keys(value)
    this.#value = value as Readonly<Record<string, unknown>>
  }

  get count(): number {
    return this.#names.length
  }

  nameAt(member: number): string {
    return this.#names[member] as string
  }

  textAt(member: number): string {
    const value = this.#valueAt(member)
    if (typeof value === 'string') return value
    return Array.isArray(value) && typeof value[0] === 'string' ? value[0] : ''
  }

  locate(): boolean {
    return false
  }

  boolAt(member: number): boolean | undefined {
    const value = this.#valueAt(member)
    return typeof value === 'boolean' ? value : undefined
  }

  isListAt(member: number): boolean {
    return Array.isArray(this.#valueAt(member))
  }

  #valueAt(member: number): unknown {
    return this.#value[this.#names[member] as string]
  }
}

/** Nothing is known of the content. */
export const NO_MEMBERS: Members = new ParsedMembers([])
