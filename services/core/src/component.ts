/**
 * A part with a life. `start` returns when the part is ready. `stop` flushes, is bounded in time, may be called
 * twice and without `start`.
 */
export interface Component {
  readonly name: string
  start(): Promise<void>
  stop(): Promise<void>
}

/** What a room tells of its own work; the runtime turns it into log lines. Never pass content or secrets. */
export interface Logger {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
  error(fields: Readonly<Record<string, unknown>>, message: string): void
}

/** A logger that says nothing. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** A counter or gauge by name; names are `nightjar_<room>_<thing>` and labels are few and bounded. */
export interface Metrics {
  add(name: string, value: number, labels?: Readonly<Record<string, string>>): void
  set(name: string, value: number, labels?: Readonly<Record<string, string>>): void
}

/** Metrics that go nowhere. */
export const noMetrics: Metrics = { add: () => undefined, set: () => undefined }
