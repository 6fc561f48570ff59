import { randomUUID } from 'node:crypto'
import {
  type Clock,
  type CommandBody,
  commandBodySchema,
  type Metrics,
  NightjarError,
  type Reply,
} from '@nightjar/core'
import type { Stream, Subscription } from '@nightjar/stream'
import { ApiError } from '../http/problems.ts'
import { LIMITS } from '../options.ts'

const COMMANDS = 'nightjar.commands.v1'
const REPLIES = 'nightjar.replies.v1'

/** What the bus stands on. */
export interface CommandBusOptions {
  readonly stream: Stream
  readonly tenant: string
  readonly clock: Clock
  readonly metrics: Metrics
  readonly replyTimeoutMs: number
  /** Reader group; every process of a cluster reads all replies, under a name of its own. */
  readonly group: string
}

/** What became of a command: the owner's reply, or none in time. */
export type CommandResult =
  | { readonly type: 'replied'; readonly commandId: string; readonly result: unknown }
  | { readonly type: 'pending'; readonly commandId: string }

/** Publishes commands and meets them with the replies of their owners. */
export interface CommandBus {
  start(): Promise<void>
  stop(): Promise<void>
  /** Throws the owner's refusal as an ApiError with the owner's code. Some owners need longer than the usual wait. */
  send(body: CommandBody, actor: string, timeoutMs?: number): Promise<CommandResult>
}

const UNKNOWN = /_(UNKNOWN|NOT_FOUND)(_|$)/
const WRONG_STATE = /_(WRONG_STATE|CONFLICT|EXISTS|LIMIT|DISABLED|SUPPRESSED|IS_TEST|NO_[A-Z]+)$/

/** The owner's refusal: unknown 404, wrong state 409, anything else 422. */
export function refusalOf({ code = 'API_REFUSED', message = 'The command was refused.' }: Reply) {
  const meaning = UNKNOWN.test(code)
    ? 'API_NOT_FOUND'
    : WRONG_STATE.test(code)
      ? 'API_WRONG_STATE'
      : 'API_REFUSED'
  return new ApiError(meaning, message, { as: code })
}

/** A bus over the stream. At most a thousand commands wait at once; more are API_BUSY. */
export function createCommandBus(options: CommandBusOptions): CommandBus {
  const { stream, clock, metrics } = options
  const waiting = new Map<string, (reply: Reply | undefined) => void>()
  let subscription: Subscription | undefined

  const replyTo = (id: string, timeoutMs: number): Promise<Reply | undefined> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => settle(undefined), timeoutMs)
      const settle = (reply: Reply | undefined) => {
        clearTimeout(timer)
        waiting.delete(id)
        metrics.set('nightjar_api_commands_pending', waiting.size)
        resolve(reply)
      }
      waiting.set(id, settle)
      metrics.set('nightjar_api_commands_pending', waiting.size)
    })

  return {
    async start() {
      subscription = await stream.subscribe(
        REPLIES,
        options.group,
        async (records) => {
          for (const { value } of records) waiting.get(value.commandId)?.(value)
          const last = records.at(-1)
          if (last) await subscription?.commit(last.position + 1)
        },
        { from: 'end' },
      )
    },
    async stop() {
      for (const settle of [...waiting.values()]) settle(undefined)
      await subscription?.stop()
      subscription = undefined
    },
    async send(body, actor, timeoutMs = options.replyTimeoutMs) {
      if (waiting.size >= LIMITS.pendingCommands)
        throw new ApiError('API_BUSY', 'Too many commands wait for their owners.')
      const id = `cmd_${randomUUID()}`
      const time = new Date(clock.now()).toISOString()
      const command = { id, tenant: options.tenant, actor, time, body: parsed(body) }
      const reply = replyTo(id, timeoutMs)
      try {
        await stream.publish(COMMANDS, [{ key: body.id, value: command }])
      } catch (error) {
        waiting.get(id)?.(undefined)
        throw error
      }
      const answer = await reply
      const outcome = answer === undefined ? 'pending' : answer.ok ? 'done' : 'refused'
      metrics.add('nightjar_api_commands_total', 1, { type: body.type, outcome })
      if (answer === undefined) return { type: 'pending', commandId: id }
      if (!answer.ok) throw refusalOf(answer)
      return { type: 'replied', commandId: id, result: answer.result }
    },
  }
}

function parsed(body: CommandBody): CommandBody {
  const checked = commandBodySchema.safeParse(body)
  if (!checked.success)
    throw new NightjarError('API_BAD_REQUEST', 'The command is not valid.', {
      cause: checked.error,
    })
  return checked.data
}
