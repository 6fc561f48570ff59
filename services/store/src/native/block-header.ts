import { BlockWriter } from './block-writer.ts'

/** Name and type of a column, as they stand before its data in a block. */
export function columnHeader(name: string, type: string): Uint8Array {
  const writer = new BlockWriter()
  writer.string(name)
  writer.string(type)
  return Uint8Array.from(writer.result())
}
