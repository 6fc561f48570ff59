import type { IncomingMessage } from 'node:http'
import type { GivenUp, Observer } from '../watch/observer.ts'
import { instant } from '../watch/queue.ts'
import type { Direction, TapRecord } from '../watch/record.ts'
import { type BodyCopy, copyBody, wholeBody } from './body-copy.ts'
import { challengedScopes } from './headers.ts'
import { SseFramer } from './sse-framer.ts'
import type { HttpWatch } from './watch.ts'

const NOTHING: BodyCopy = { push: () => undefined, end: () => undefined }

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value

const typeOf = ({ headers }: IncomingMessage): string =>
  (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''

/** One HTTP request and its answer, as the watch sees them. */
export class Exchange {
  readonly #watch: HttpWatch
  readonly #scope: string
  readonly #request: IncomingMessage
  #session: string | undefined
  #observer: Observer | undefined
  /** What came before it was known to which conversation it belongs: the answer may begin a session. */
  #early: ((observer: Observer) => void)[] = []

  constructor(watch: HttpWatch, request: IncomingMessage) {
    this.#watch = watch
    this.#request = request
    this.#scope = watch.nextScope()
    this.#session = single(request.headers['mcp-session-id'])
  }

  /** Where copies of the request's body go. */
  requestBody(): BodyCopy {
    if (this.#request.method !== 'POST') return NOTHING
    return this.#whole('client_to_server', single(this.#request.headers['content-encoding']))
  }

  /** The answer has begun. Gives where copies of its body go. */
  answered(response: IncomingMessage): BodyCopy {
    this.#session = single(response.headers['mcp-session-id']) ?? this.#session
    this.#settle()
    const encoding = single(response.headers['content-encoding'])
    const body = this.#answerBody(typeOf(response), encoding)
    return {
      push: body.push,
      end: () => {
        body.end()
        this.#ended(response)
      },
    }
  }

  /** The upstream did not answer, or not to its end. */
  failed(message: string): void {
    this.#settle()
    this.#giveUp({ outcome: 'error', code: 'connection_error', message })
  }

  /** The client went away before the answer was complete: in the stateless era that cancels the call. */
  abandoned(): void {
    this.#settle()
    if (this.#session === undefined) this.#giveUp({ outcome: 'cancelled' })
  }

  #settle(): void {
    if (this.#observer !== undefined) return
    const observer = this.#watch.conversation({
      session: this.#session,
      authorization: this.#request.headers.authorization,
    })
    this.#observer = observer
    for (const look of this.#early.splice(0)) look(observer)
  }

  #withConversation(look: (observer: Observer) => void): void {
    if (this.#observer === undefined) this.#early.push(look)
    else look(this.#observer)
  }

  #look(size: number, look: (observer: Observer) => readonly TapRecord[]): void {
    this.#withConversation((observer) => this.#watch.later(size, () => look(observer)))
  }

  #message(direction: Direction, text: string): void {
    if (text.trim() === '') return
    const at = instant()
    this.#look(text.length, (observer) =>
      observer.observe(direction, text, at, { scope: this.#scope, session: this.#session }),
    )
  }

  #whole(direction: Direction, encoding: string | undefined): BodyCopy {
    const reader = wholeBody((text) => {
      if (text === undefined) this.#watch.lost(1, 'line_too_long')
      else this.#message(direction, text)
    })
    return copyBody(encoding, reader)
  }

  #answerBody(type: string, encoding: string | undefined): BodyCopy {
    if (type === 'text/event-stream') return this.#events(encoding)
    return type === 'application/json' ? this.#whole('server_to_client', encoding) : NOTHING
  }

  #events(encoding: string | undefined): BodyCopy {
    const framer = new SseFramer()
    return copyBody(encoding, {
      data: (bytes) => {
        const { events, lost } = framer.push(bytes)
        this.#watch.lost(lost, 'line_too_long')
        for (const event of events) this.#message('server_to_client', event)
      },
      end: (complete) => this.#watch.lost(complete ? 0 : 1, 'line_too_long'),
    })
  }

  #ended(response: IncomingMessage): void {
    const status = response.statusCode ?? 0
    if (this.#request.method === 'DELETE' && status < 300 && this.#session !== undefined) {
      this.#watch.endSession(this.#session)
      return
    }
    if (status < 400) return
    const scopes = challengedScopes(response.headers['www-authenticate'])
    this.#giveUp({
      outcome: status === 401 || status === 403 ? 'denied' : 'error',
      code: String(status),
      message: response.statusMessage ?? '',
      attributes: {
        'http.response.status_code': status,
        ...(scopes.length > 0 && { 'nightjar.scopes.required': scopes }),
      },
    })
  }

  #giveUp(why: GivenUp): void {
    const at = instant()
    // After what is still being inflated: an error may carry a JSON-RPC answer.
    setImmediate(() => this.#look(0, (observer) => observer.giveUp(at, why, this.#scope)))
  }
}
