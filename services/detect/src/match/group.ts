import type { BytesColumn, DictColumn, ListColumn, TextColumn } from '@nightjar/core'
import type { Field } from '../rule/fields.ts'
import { DictionaryKeys, Key } from './hash.ts'
import type { Reader } from './reader.ts'

/** Adds a field's value to a key; false when the row has none. */
type Part = (row: number, into: Key) => boolean

function bytesPresent(data: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (data[i] !== 0) return true
  return false
}

/** The tenant and the fields of a group as one key, worked out at most once a row. */
export class GroupKey extends Key {
  readonly #keys: GroupKeys
  readonly #parts: readonly Part[]
  #generation = -1
  #row = -1
  #complete = false

  constructor(keys: GroupKeys, parts: readonly Part[]) {
    super()
    this.#keys = keys
    this.#parts = parts
  }

  /** Sets `h1` and `h2` for a row; false when a field of the group is absent, so that the row is in no group. */
  of(row: number): boolean {
    const { generation } = this.#keys.reader
    if (row === this.#row && generation === this.#generation) return this.#complete
    this.#row = row
    this.#generation = generation
    this.#complete = true
    this.start(1)
    this.#keys.tenant(row, this)
    for (const part of this.#parts)
      if (!part(row, this)) {
        this.#complete = false
        return false
      }
    this.end()
    return true
  }
}

/** Makes group keys over the reader's batch; dictionaries are hashed once a batch, equal groups are shared. */
export class GroupKeys {
  readonly reader: Reader
  readonly #dictionaries = new Map<string, DictionaryKeys>()
  readonly #groups = new Map<string, GroupKey>()
  readonly #tenant: DictionaryKeys

  constructor(reader: Reader) {
    this.reader = reader
    this.#tenant = this.#dictionary('tenant')
  }

  /** To be called after the reader has a new batch. */
  prepare(): void {
    for (const [name, keys] of this.#dictionaries)
      keys.prepare((this.reader.batch.columns[name as 'tenant'] as DictColumn).values)
  }

  tenant(row: number, into: Key): void {
    this.#tenant.add(this.reader.batch.columns.tenant.codes[row] as number, into)
  }

  /** The key of these fields; rows without one of them are in no group unless `optional`. */
  group(fields: readonly Field[], optional = false): GroupKey {
    const name = `${optional}:${fields.map((field) => field.name).join('|')}`
    const known = this.#groups.get(name)
    if (known) return known
    const parts = fields.map((field) => this.#part(field))
    const made = new GroupKey(this, optional ? parts.map(optionally) : parts)
    this.#groups.set(name, made)
    return made
  }

  #dictionary(name: string): DictionaryKeys {
    const known = this.#dictionaries.get(name)
    if (known) return known
    const made = new DictionaryKeys()
    this.#dictionaries.set(name, made)
    return made
  }

  #part(field: Field): Part {
    if (field.name === 'nightjar.actor') return this.#actor()
    if (field.source === 'virtual' || field.kind === 'time' || field.kind === 'count')
      return (row, into) => {
        const text = this.reader.text(field, row)
        into.text(text)
        return text !== ''
      }
    const { column: name } = field
    switch (field.kind) {
      case 'dict': {
        const keys = this.#dictionary(name)
        return (row, into) => {
          const code = (this.reader.batch.columns[name] as DictColumn).codes[row] as number
          if (code === 0) return false
          keys.add(code, into)
          return true
        }
      }
      case 'list': {
        const keys = this.#dictionary(name)
        return (row, into) => {
          const { ends, codes } = this.reader.batch.columns[name] as ListColumn
          const start = row === 0 ? 0 : (ends[row - 1] as number)
          const end = ends[row] as number
          for (let i = start; i < end; i++) keys.add(codes[i] as number, into)
          return end > start
        }
      }
      case 'text':
        return (row, into) => {
          const { ends, bytes } = this.reader.batch.columns[name] as TextColumn
          const start = row === 0 ? 0 : (ends[row - 1] as number)
          const end = ends[row] as number
          const key = this.#scratch.start(0).bytes(bytes, start, end).end()
          into.word(key.h1).word(key.h2)
          return end > start
        }
      case 'bytes':
        return (row, into) => {
          const { data, width } = this.reader.batch.columns[name] as BytesColumn
          into.bytes(data, row * width, (row + 1) * width)
          return bytesPresent(data, row * width, (row + 1) * width)
        }
    }
  }

  readonly #scratch = new Key()

  /** The key of `nightjar.actor`, without building its string. */
  #actor(): Part {
    const keys = (['principal', 'client', 'host', 'session', 'conversation'] as const).map(
      (name) => [name, this.#dictionary(name)] as const,
    )
    const add = (i: number, row: number, into: Key): boolean => {
      const [name, dictionary] = keys[i] as (typeof keys)[number]
      const code = this.reader.batch.columns[name].codes[row] as number
      if (code === 0) return false
      dictionary.add(code, into.word(i))
      return true
    }
    return (row, into) => {
      if (add(0, row, into)) return true
      const client = add(1, row, into)
      const host = add(2, row, into)
      return client || host || add(3, row, into) || add(4, row, into)
    }
  }
}

function optionally(part: Part): Part {
  return (row, into) => {
    if (!part(row, into)) into.word(0)
    return true
  }
}
