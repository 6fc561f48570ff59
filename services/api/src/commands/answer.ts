import type { CommandBody } from '@nightjar/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiContext } from '../context.ts'
import { LIMITS } from '../options.ts'

/** How a command's result is found and shown. */
export interface AnswerOptions<T, V> {
  /** Reads what the command was about from the store. */
  find(result: T | undefined): Promise<T | undefined>
  view(item: T): V
  /** Grows with each change; the answer waits until the store shows it. */
  version(item: T): number
  readonly status?: number
  /** How long the owner may take; the usual wait by default. */
  readonly timeoutMs?: number
  location?(item: T): string
}

/** The answer to a command that has no result to show yet. */
export interface Unsettled {
  commandId: string
  status: 'pending' | 'done'
}

const FIRST_POLL_MS = 20

/** Reads until what is read is enough, for two seconds at most; gives what it read last. */
export async function readUntil<T>(
  read: () => Promise<T>,
  enough: (found: T) => boolean,
): Promise<T> {
  const deadline = performance.now() + LIMITS.settleMs
  for (let pause = FIRST_POLL_MS; ; pause = Math.min(pause * 2, 200)) {
    const found = await read()
    if (enough(found) || performance.now() + pause > deadline) return found
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}

async function settled<T, V>(
  result: T | undefined,
  { find, version }: AnswerOptions<T, V>,
): Promise<T | undefined> {
  const wanted = result === undefined ? 0 : version(result)
  const isShown = (found: T | undefined): found is T =>
    found !== undefined && version(found) >= wanted
  const found = await readUntil(() => find(result), isShown)
  return isShown(found) ? found : (result ?? found)
}

/**
 * Sends a command and answers with what it was about, once a read would show the change too. Without a reply in time
 * the answer is 202 with the command's id.
 */
export async function answerCommand<T, V>(
  context: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
  body: CommandBody,
  options: AnswerOptions<T, V>,
): Promise<V | Unsettled> {
  const sent = await context.commands.send(
    body,
    request.caller?.actor ?? 'admin',
    options.timeoutMs,
  )
  const { commandId } = sent
  if (sent.type === 'pending') {
    void reply.code(202)
    return { commandId, status: 'pending' }
  }
  const result = sent.result as T | undefined
  const item = await settled(result ?? undefined, options)
  if (item === undefined) {
    void reply.code(202)
    return { commandId, status: 'done' }
  }
  if (options.location) void reply.header('location', options.location(item))
  void reply.code(options.status ?? 200)
  return options.view(item)
}
