import { MAX_LINE_BYTES } from '../stdio/line-framer.ts'

/** Cuts a server-sent event stream (WHATWG HTML, server-sent events) into the data of its events, 8 MiB at most each. */
export class SseFramer {
  #line: Uint8Array[] = []
  #lineLength = 0
  #data: string[] = []
  #dataLength = 0
  #tooLong = false
  #lastWasCr = false

  /** Adds a chunk; gives the data of the events it completed, and how many were too long. */
  push(chunk: Uint8Array): { readonly events: readonly string[]; readonly lost: number } {
    const events: string[] = []
    let lost = 0
    let start = 0
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]
      if (byte === 0x0a && this.#lastWasCr) {
        // The second half of a CRLF.
        this.#lastWasCr = false
        start = i + 1
        continue
      }
      this.#lastWasCr = byte === 0x0d
      if (byte !== 0x0a && byte !== 0x0d) continue
      this.#add(chunk.subarray(start, i))
      start = i + 1
      const ended = this.#endLine()
      if (ended === 'too long') lost++
      else if (ended !== undefined) events.push(ended)
    }
    this.#add(chunk.subarray(start))
    return { events, lost }
  }

  #add(part: Uint8Array): void {
    if (part.length === 0) return
    this.#lineLength += part.length
    if (this.#lineLength + this.#dataLength > MAX_LINE_BYTES) {
      this.#tooLong = true
      this.#line = []
    } else this.#line.push(part)
  }

  #endLine(): string | undefined {
    const line = Buffer.concat(this.#line).toString('utf8')
    const empty = this.#lineLength === 0
    this.#line = []
    this.#lineLength = 0
    if (!empty) {
      if (!this.#tooLong && line.startsWith('data:')) {
        const value = line.slice(line[5] === ' ' ? 6 : 5)
        this.#data.push(value)
        this.#dataLength += value.length
      }
      return undefined
    }
    const data = this.#tooLong ? 'too long' : this.#data.join('\n')
    this.#data = []
    this.#dataLength = 0
    this.#tooLong = false
    return data === '' ? undefined : data
  }
}
