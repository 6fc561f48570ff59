import { z } from 'zod'
import type { EngineState } from './engine.ts'

/** Where a checkpoint rests: one blob, replaced whole. `load` gives null when there is none. */
export interface CheckpointPort {
  load(): Promise<Uint8Array | null>
  save(bytes: Uint8Array): Promise<void>
}

/** What must survive a restart: what windows cannot be rebuilt from by replaying the last hour. */
export interface Checkpoint {
  /** For each partition the position up to which events are judged and their findings durable. */
  readonly positions: Readonly<Record<string, number>>
  readonly rules: EngineState
}

const groupSchema = z.tuple([z.string(), z.number(), z.number(), z.number(), z.array(z.string())])
const checkpointSchema = z.object({
  version: z.literal(1),
  positions: z.record(z.string(), z.number()),
  rules: z.record(
    z.string(),
    z.object({
      fired: z.array(z.tuple([z.string(), z.number()])).optional(),
      terms: z.array(groupSchema).optional(),
    }),
  ),
})

/** The bytes of a checkpoint. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ version: 1, ...checkpoint }))
}

/** The checkpoint of bytes; undefined when they are none, or of another version. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint | undefined {
  try {
    const parsed = checkpointSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)))
    return parsed.success ? (parsed.data as Checkpoint) : undefined
  } catch {
    return undefined
  }
}
