import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  type Logger,
  type Metrics,
  messageOf,
  NightjarError,
  noMetrics,
  Secret,
  silentLogger,
} from '@nightjar/core'
import type { Endpoint, EndpointSource } from './endpoint.ts'
import { engineEntry } from './engine/entry.ts'
import type { FromEngine, OpenMessage, ToEngine } from './engine/messages.ts'

/** How the engine's process is kept. */
export interface SupervisorOptions {
  /** Data folder; the caller holds its lock. */
  readonly data: string
  /** Fixed port on 127.0.0.1; a free one by default. */
  readonly port?: number
  /** User and key a caller must give; random by default. An empty user lets everyone in. */
  readonly user?: string
  readonly key?: string
  readonly logger?: Logger
  readonly metrics?: Metrics
  /** The engine cannot be kept running. */
  readonly onFatal?: (error: NightjarError) => void
}

interface Running {
  readonly child: ChildProcess
  readonly endpoint: Endpoint
  readonly version: string
  readonly since: number
}

const OPEN_MS = 120_000
const CLOSE_MS = 25_000
const ENDPOINT_WAIT_MS = 30_000
const FIRST_RETRY_MS = 50
const LAST_RETRY_MS = 5_000
const MAX_FAILURES = 20
/** An engine that ran this long has recovered: the back-off begins anew. */
const STEADY_MS = 30_000
/** libuv threads of the engine's process: its queries run there, and four slow ones must not stall an insert. */
const ENGINE_ENVIRONMENT = { UV_THREADPOOL_SIZE: '16', TZ: 'UTC' }

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Keeps the engine's process running: chDB has been seen to abort, so it lives in a process of its own and is started
 * again, with back-off. `start` rejects when the first start fails.
 */
export class Supervisor implements EndpointSource {
  readonly #options: SupervisorOptions
  readonly #logger: Logger
  readonly #metrics: Metrics
  readonly #user: string
  readonly #key: string
  #running: Running | undefined
  #starting: Promise<void> | undefined
  #closed = false
  #failed: NightjarError | undefined
  #restarts = 0

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#logger = options.logger ?? silentLogger
    this.#metrics = options.metrics ?? noMetrics
    this.#user = options.user ?? 'nightjar'
    this.#key = options.key ?? randomBytes(32).toString('base64url')
  }

  /** How often the engine was started again. */
  get restarts(): number {
    return this.#restarts
  }

  /** Version of the running engine, `''` while there is none. */
  get version(): string {
    return this.#running?.version ?? ''
  }

  /** Process id of the running engine. */
  get pid(): number | undefined {
    return this.#running?.child.pid
  }

  async start(): Promise<void> {
    this.#adopt(await this.#launchPatiently())
  }

  async endpoint(): Promise<Endpoint> {
    const deadline = Date.now() + ENDPOINT_WAIT_MS
    while (!this.#closed && this.#failed === undefined) {
      if (this.#running !== undefined) return this.#running.endpoint
      if (Date.now() >= deadline)
        throw new NightjarError('STORE_UNAVAILABLE', 'The store is starting again.', {
          retryable: true,
          hint: 'Try again in a few seconds.',
        })
      await Promise.race([this.#starting, sleep(deadline - Date.now())])
    }
    throw this.#failed ?? new NightjarError('STORE_CLOSED', 'The store is closed.')
  }

  /** Lets the engine finish and end. A process that does not end in time is killed. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#starting?.catch(() => undefined)
    const child = this.#running?.child
    this.#running = undefined
    if (child !== undefined) await endProcess(child)
  }

  /** A process killed a moment ago may still hold the engine's own lock while it ends. */
  async #launchPatiently(): Promise<Running> {
    const deadline = Date.now() + CLOSE_MS
    for (;;) {
      try {
        return await this.#launch()
      } catch (error) {
        if (!/Cannot lock file/.test(messageOf(error)) || Date.now() > deadline) throw error
        await sleep(200)
      }
    }
  }

  async #launch(): Promise<Running> {
    const child = fork(engineEntry(), [], {
      execArgv: [],
      env: ENGINE_ENVIRONMENT,
      serialization: 'json',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#logger.debug({ text: text.slice(0, 500) }, 'The engine wrote to stderr.')
    })
    const message: OpenMessage = {
      type: 'open',
      data: this.#options.data,
      port: this.#options.port ?? 0,
      user: this.#user,
      key: this.#key,
    }
    const ready = await firstWord(child, message)
    const endpoint = {
      url: `http://127.0.0.1:${ready.port}`,
      user: this.#user === '' ? 'default' : this.#user,
      key: new Secret(this.#key),
    }
    const running = { child, endpoint, version: ready.version, since: Date.now() }
    this.#metrics.set('nightjar_store_engine_up', 1)
    return running
  }

  #adopt(running: Running): void {
    const { child } = running
    this.#running = running
    const ended = (): void => this.#onExit(running, child.exitCode, child.signalCode)
    // It may have ended before anyone listened for it.
    if (hasEnded(child)) setImmediate(ended)
    else child.once('exit', ended)
  }

  #onExit(running: Running, code: number | null, signal: string | null): void {
    this.#metrics.set('nightjar_store_engine_up', 0)
    if (this.#closed) return
    this.#running = undefined
    this.#logger.error({ code, signal }, 'The engine of the store ended; it is started again.')
    const failures = Date.now() - running.since > STEADY_MS ? 0 : 1
    const starting = this.#restart(failures).finally(() => {
      if (this.#starting === starting) this.#starting = undefined
    })
    this.#starting = starting
  }

  async #restart(failures: number): Promise<void> {
    for (let attempt = failures; !this.#closed; attempt++) {
      if (attempt > 0) await sleep(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1)))
      if (this.#closed) return
      try {
        const running = await this.#launchPatiently()
        this.#restarts += 1
        this.#metrics.add('nightjar_store_engine_restarts_total', 1)
        this.#logger.info({ restarts: this.#restarts }, 'The engine of the store runs again.')
        this.#adopt(running)
        return
      } catch (error) {
        this.#logger.error({ attempt, error: messageOf(error) }, 'The engine did not start.')
      }
      if (attempt >= MAX_FAILURES) return this.#giveUp()
    }
  }

  #giveUp(): void {
    this.#failed = new NightjarError('STORE_FAILED', 'The engine of the store cannot be started.', {
      hint: 'The log names the reason. Check free disk space and memory, then start again.',
    })
    this.#options.onFatal?.(this.#failed)
  }
}

/** Tells a new process what to open and waits for its answer. */
async function firstWord(
  child: ChildProcess,
  message: OpenMessage,
): Promise<Extract<FromEngine, { type: 'ready' }>> {
  return await new Promise((resolve, reject) => {
    const fail = (text: string): void => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(new NightjarError('STORE_ENGINE', `The engine of the store did not start: ${text}`))
    }
    const timer = setTimeout(() => fail('it gave no answer'), OPEN_MS)
    child.once('error', (error) => fail(messageOf(error)))
    child.once('exit', (code, signal) => fail(`it ended with ${signal ?? `code ${code}`}`))
    child.on('message', (answer: FromEngine) => {
      if (answer.type === 'failed') return fail(answer.message)
      clearTimeout(timer)
      child.removeAllListeners('exit')
      resolve(answer)
    })
    child.send(message)
  })
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS)
  const message: ToEngine = { type: 'close' }
  if (child.connected) child.send(message, () => undefined)
  else child.kill('SIGTERM')
  await ended
  clearTimeout(timer)
}
