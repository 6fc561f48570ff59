/** Longest line that is looked at; a longer one passes unseen and is counted. */
export const MAX_LINE_BYTES = 8 * 1024 * 1024

const NEWLINE = 0x0a

/** What a chunk completed. */
export interface FramedLines {
  readonly lines: readonly string[]
  /** Lines that were too long or had a piece missing. */
  readonly lost: number
}

/** Cuts a byte stream into lines, holding at most one line of 8 MiB. */
export class LineFramer {
  #parts: Uint8Array[] = []
  #length = 0
  #skipping = false

  /** Adds a chunk; with `gap`, the line it continues is given up. */
  push(chunk: Uint8Array, gap = false): FramedLines {
    const lines: string[] = []
    let lost = 0
    if (gap) this.#skip()
    let start = 0
    for (;;) {
      const newline = chunk.indexOf(NEWLINE, start)
      const end = newline < 0 ? chunk.length : newline
      if (!this.#skipping && this.#length + (end - start) > MAX_LINE_BYTES) this.#skip()
      if (!this.#skipping && end > start) this.#add(chunk.subarray(start, end))
      if (newline < 0) return { lines, lost }
      if (this.#skipping) lost++
      else if (this.#length > 0) lines.push(this.#line())
      this.#skipping = false
      start = newline + 1
    }
  }

  /** The last line, when the stream ended without a newline. */
  end(): FramedLines {
    const lost = this.#skipping ? 1 : 0
    this.#skipping = false
    return { lines: this.#length > 0 ? [this.#line()] : [], lost }
  }

  #add(part: Uint8Array): void {
    this.#parts.push(part)
    this.#length += part.length
  }

  #skip(): void {
    this.#skipping = true
    this.#parts = []
    this.#length = 0
  }

  #line(): string {
    const line = Buffer.concat(this.#parts, this.#length).toString('utf8')
    this.#parts = []
    this.#length = 0
    return line
  }
}
