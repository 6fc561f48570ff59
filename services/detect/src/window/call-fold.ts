import type { BytesColumn, TextColumn } from '@nightjar/core'
import type { GroupKeys } from '../match/group.ts'
import { DictionaryKeys, Key } from '../match/hash.ts'
import { HashIndex } from './hash-index.ts'

/** What is remembered of the calls of one generation. */
interface Generation {
  readonly index: HashIndex
  /** Which vantages have told of a call, a bit each. */
  readonly vantages: Int32Array
  /** For what a call has counted, two bits for each target. */
  readonly counted: Int32Array
  used: number
}

/** What a row is to the fold. */
export type Told = 'new' | 'duplicate' | 'again' | 'alone'

/**
 * Lets a call count once, however many vantages tell of it. A row whose event id is known is a duplicate. Rows of one
 * tenant, kind and tool are one call when they share trace and request id, or the call id, or one is the parent span
 * of the other, and come from different vantages or emitters; the same vantage telling of the same ids again is a new
 * call, so that nobody can hide calls by repeating an id. The first vantage that fits a rule counts; a later one counts
 * again only when it names a principal and the first did not. Remembers `calls` to twice as many calls.
 */
export class CallFold {
  readonly #keys: GroupKeys
  readonly #calls: number
  readonly #words: number
  #young: Generation
  #old: Generation
  #current: Generation
  #slot = -1
  readonly #key = new Key()
  /** How the row's call may be named: by call id, trace and request id, trace and span. */
  readonly #call = new Key()
  readonly #request = new Key()
  readonly #span = new Key()
  #hasCall = false
  #hasRequest = false
  #hasSpan = false
  readonly #vantages = new DictionaryKeys()
  readonly #emitters = new DictionaryKeys()
  readonly #tools = new DictionaryKeys()
  readonly #methods = new DictionaryKeys()
  readonly #kinds = new DictionaryKeys()
  /** Rows left out because their event id was known. */
  duplicates = 0

  constructor(keys: GroupKeys, calls: number, targets: number) {
    this.#keys = keys
    this.#calls = calls
    this.#words = Math.max(1, Math.ceil((targets * 2) / 32))
    this.#young = this.#generation()
    this.#old = this.#generation()
    this.#current = this.#young
  }

  prepare(): void {
    const { columns } = this.#keys.reader.batch
    this.#vantages.prepare(columns.vantage.values)
    this.#emitters.prepare(columns.emitter.values)
    this.#tools.prepare(columns.tool.values)
    this.#methods.prepare(columns.method.values)
    this.#kinds.prepare(columns.kind.values)
  }

  /** Takes in a row; afterwards `counts` speaks of its call. */
  tell(row: number): Told {
    const { columns } = this.#keys.reader.batch
    if (this.#young.used >= this.#calls) this.#rotate()
    if (this.#knownId(columns.id, row)) {
      this.duplicates += 1
      return 'duplicate'
    }
    const vantage = this.#vantageBit(row)
    const known = this.#find(row)
    if (known && ((this.#current.vantages[this.#slot] as number) & vantage) === 0) {
      this.#mark(vantage)
      this.#register()
      return 'again'
    }
    if (known) {
      this.#start(vantage)
      return 'new'
    }
    this.#current = this.#young
    this.#slot = this.#young.used
    if (!this.#register()) {
      this.#slot = -1
      return 'alone'
    }
    this.#young.used += 1
    this.#start(vantage)
    return 'new'
  }

  /** Whether the row's call counts for a target now, which is noted. `named`: the row has a principal. */
  counts(target: number, named: boolean): boolean {
    if (this.#slot < 0) return true
    const at = this.#slot * this.#words + (target >> 4)
    const shift = (target & 15) * 2
    const bits = ((this.#current.counted[at] as number) >>> shift) & 3
    if ((bits & 2) !== 0 || (bits === 1 && !named)) return false
    this.#current.counted[at] = (this.#current.counted[at] as number) | ((named ? 2 : 1) << shift)
    return true
  }

  /** Whether the row's call has counted for a target, with or without a principal. */
  hasCounted(target: number): boolean {
    if (this.#slot < 0) return false
    const at = this.#slot * this.#words + (target >> 4)
    return (((this.#current.counted[at] as number) >>> ((target & 15) * 2)) & 3) !== 0
  }

  #generation(): Generation {
    return {
      index: new HashIndex(),
      vantages: new Int32Array(this.#calls),
      counted: new Int32Array(this.#calls * this.#words),
      used: 0,
    }
  }

  #rotate(): void {
    const gone = this.#old
    this.#old = this.#young
    gone.index.clear()
    gone.used = 0
    this.#young = gone
  }

  #mark(vantage: number): void {
    const { vantages } = this.#current
    vantages[this.#slot] = (vantages[this.#slot] as number) | vantage
  }

  #start(vantage: number): void {
    const from = this.#slot * this.#words
    const { counted } = this.#current
    for (let i = from; i < from + this.#words; i++) counted[i] = 0
    this.#current.vantages[this.#slot] = vantage
  }

  /** Event ids are hashes already: three of their words are the key. */
  #knownId(ids: BytesColumn, row: number): boolean {
    if (!present(ids, row)) return false
    const a = wordAt(ids.data, row * 16)
    const b = wordAt(ids.data, row * 16 + 4)
    const c = wordAt(ids.data, row * 16 + 8)
    if (this.#young.index.find(a, b, c) >= 0 || this.#old.index.find(a, b, c) >= 0) return true
    this.#young.index.add(a, b, c, 0)
    if (this.#young.index.size > this.#calls * 8) this.#rotate()
    return false
  }

  #vantageBit(row: number): number {
    const { vantage, emitter } = this.#keys.reader.batch.columns
    const key = this.#key.start(8)
    this.#vantages.add(vantage.codes[row] as number, key)
    this.#emitters.add(emitter.codes[row] as number, key)
    return 1 << (key.end().h1 & 31)
  }

  /** Begins a key with tenant, kind and tool (else method). */
  #begin(key: Key, row: number, form: number): void {
    const { tool, method, kind } = this.#keys.reader.batch.columns
    key.start(form)
    this.#keys.tenant(row, key)
    this.#kinds.add(kind.codes[row] as number, key)
    const code = tool.codes[row] as number
    if (code !== 0) this.#tools.add(code, key)
    else this.#methods.add(method.codes[row] as number, key)
  }

  #lookUp(key: Key, form: number): boolean {
    return this.#within(this.#young, key, form) || this.#within(this.#old, key, form)
  }

  #within(generation: Generation, { h1, h2 }: Key, form: number): boolean {
    const slot = generation.index.find(h1, h2, form)
    if (slot < 0) return false
    this.#current = generation
    this.#slot = slot
    return true
  }

  /** Works out every way in which another row may name this call, and finds the call if one has. */
  #find(row: number): boolean {
    const { callId, requestId, traceId, parentSpanId, spanId } = this.#keys.reader.batch.columns
    const traced = present(traceId, row)
    this.#hasCall = this.#ofText(this.#call, row, callId, 1)
    this.#hasRequest = traced && this.#ofText(this.#request, row, requestId, 2, traceId)
    this.#hasSpan = traced && this.#ofSpan(this.#span, row, traceId, spanId)
    if (this.#hasCall && this.#lookUp(this.#call, 1)) return true
    if (this.#hasRequest && this.#lookUp(this.#request, 2)) return true
    const child = traced && this.#ofSpan(this.#key, row, traceId, parentSpanId)
    return child && this.#lookUp(this.#key, 3)
  }

  /** Notes what `#find` worked out; false when nothing names this call. */
  #register(): boolean {
    if (this.#hasCall) this.#add(this.#call, 1)
    if (this.#hasRequest) this.#add(this.#request, 2)
    if (this.#hasSpan) this.#add(this.#span, 3)
    return this.#hasCall || this.#hasRequest || this.#hasSpan
  }

  #add({ h1, h2 }: Key, form: number): void {
    const { index } = this.#current
    if (index.find(h1, h2, form) < 0) index.add(h1, h2, form, this.#slot)
  }

  #ofText(
    key: Key,
    row: number,
    { ends, bytes }: TextColumn,
    form: number,
    trace?: BytesColumn,
  ): boolean {
    const start = row === 0 ? 0 : (ends[row - 1] as number)
    const end = ends[row] as number
    if (start === end) return false
    this.#begin(key, row, form)
    if (trace) key.bytes(trace.data, row * 16, row * 16 + 16)
    key.bytes(bytes, start, end).end()
    return true
  }

  #ofSpan(key: Key, row: number, trace: BytesColumn, span: BytesColumn): boolean {
    if (!present(span, row)) return false
    this.#begin(key, row, 3)
    key.bytes(trace.data, row * 16, row * 16 + 16).bytes(span.data, row * 8, row * 8 + 8)
    key.end()
    return true
  }
}

function present({ data, width }: BytesColumn, row: number): boolean {
  for (let i = row * width; i < (row + 1) * width; i++) if (data[i] !== 0) return true
  return false
}

function wordAt(data: Uint8Array, at: number): number {
  return (
    (data[at] as number) |
    ((data[at + 1] as number) << 8) |
    ((data[at + 2] as number) << 16) |
    ((data[at + 3] as number) << 24)
  )
}
