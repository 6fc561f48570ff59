import { z } from 'zod'
import { CLOSE_REASONS } from './alert.ts'

const to = z.object({ id: z.string() })
const because = { reason: z.string().min(1).max(1000) }

/** What a person or program may ask of the owner of a state. `id` names what it is about. */
export const commandBodySchema = z.discriminatedUnion('type', [
  to.extend({ type: z.literal('alert.acknowledge'), comment: z.string().max(4000).optional() }),
  to.extend({
    type: z.literal('alert.close'),
    closeReason: z.enum(CLOSE_REASONS),
    comment: z.string().max(4000).optional(),
  }),
  to.extend({ type: z.literal('alert.reopen'), comment: z.string().max(4000).optional() }),
  to.extend({ type: z.literal('alert.comment'), comment: z.string().min(1).max(4000) }),
  to.extend({ type: z.literal('alert.assign'), owner: z.string().max(200) }),
  to.extend({
    type: z.literal('suppression.create'),
    suppression: z.record(z.string(), z.unknown()),
  }),
  to.extend({ type: z.literal('suppression.end'), ...because }),
  to.extend({ type: z.literal('manifest.approve'), hash: z.string().optional(), ...because }),
  to.extend({ type: z.literal('manifest.reject'), hash: z.string().optional(), ...because }),
  to.extend({ type: z.literal('server.approve'), ...because }),
  to.extend({ type: z.literal('server.reject'), ...because }),
  to.extend({ type: z.literal('server.quarantine'), ...because }),
  to.extend({ type: z.literal('policy.set'), enforceAllowList: z.boolean(), ...because }),
  to.extend({ type: z.literal('destination.put'), destination: z.record(z.string(), z.unknown()) }),
  to.extend({ type: z.literal('destination.remove'), ...because }),
  to.extend({ type: z.literal('destination.test') }),
  to.extend({ type: z.literal('delivery.redeliver') }),
])
export type CommandBody = z.infer<typeof commandBodySchema>

/** A command on the stream: who asks for what. */
export const commandSchema = z.object({
  id: z.string(),
  tenant: z.string(),
  actor: z.string(),
  time: z.iso.datetime(),
  body: commandBodySchema,
})
export type Command = z.infer<typeof commandSchema>

/** The owner's answer to a command: the new state of what it was about, or why not. */
export const replySchema = z.object({
  commandId: z.string(),
  tenant: z.string(),
  ok: z.boolean(),
  code: z.string().optional(),
  message: z.string().optional(),
  result: z.unknown().optional(),
})
export type Reply = z.infer<typeof replySchema>
