import type { Readable, Writable } from 'node:stream'

/** What both kinds of tap take. */
export interface TapCommonOptions {
  /** Base URL of an OTLP/HTTP receiver; default `http://127.0.0.1:4318`. */
  readonly endpoint?: string
  /** Bearer token for it. */
  readonly token?: string
  /** File that holds the token; read once at the start. */
  readonly tokenFile?: string
  /** Name that overrides what the server calls itself. */
  readonly serverName?: string
  /** Tell of our own trouble on stderr. */
  readonly verbose?: boolean
  /** Tell of our own trouble in this file instead. */
  readonly logFile?: string
}

/** Where the tap reads and writes; the process's own streams by default. */
export interface TapStreams {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
}

/** Options of {@link runTap}. */
export interface TapOptions extends TapCommonOptions {
  readonly command: string
  readonly args: readonly string[]
  /** Environment of the wrapped server; that of this process by default. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly streams?: TapStreams
}

/** Options of {@link runHttpTap}. */
export interface HttpTapOptions extends TapCommonOptions {
  /** The one server that is fronted. */
  readonly url: string
  /** `HOST:PORT` to listen on; default `127.0.0.1:0` (a free port, told on stderr). */
  readonly listen?: string
  /** Allows a listen address that is not loopback. */
  readonly allowRemote?: boolean
  /** Ends the tap. */
  readonly signal?: AbortSignal
  /** Gets the base URL that clients use once it listens. */
  readonly onListening?: (url: string) => void
  readonly stderr?: Writable
}

export const DEFAULT_ENDPOINT = 'http://127.0.0.1:4318'
