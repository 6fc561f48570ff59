/** What the supervisor tells the engine's process first: where to open and whom to let in. Never in argv or environment. */
export interface OpenMessage {
  readonly type: 'open'
  readonly data: string
  /** Port on 127.0.0.1; 0 takes a free one. */
  readonly port: number
  readonly user: string
  readonly key: string
}

/** What the supervisor may tell the engine's process. */
export type ToEngine = OpenMessage | { readonly type: 'close' }

/** What the engine's process tells its supervisor. */
export type FromEngine =
  | { readonly type: 'ready'; readonly port: number; readonly version: string }
  | { readonly type: 'failed'; readonly message: string }
