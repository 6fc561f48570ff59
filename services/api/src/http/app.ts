import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'

/** Who asks. */
export interface Caller {
  readonly actor: string
  readonly role: 'admin'
  readonly how: 'token' | 'cookie'
  /** When a browser's session ends; a token does not end. */
  readonly expiresAt?: number
  /** False once a browser has signed out. */
  stillValid(): boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
  }
  interface FastifyContextConfig {
    /** Answers without authentication. Everything under /api that does not say so needs it. */
    open?: boolean
  }
}

/** The server with zod as its schema language. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse<IncomingMessage>,
  FastifyBaseLogger,
  ZodTypeProvider
>
