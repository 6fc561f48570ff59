import type { Clock, Logger, Metrics } from '@nightjar/core'
import type { CountFailure } from './auth/guard.ts'
import type { SessionCookies } from './auth/session-cookie.ts'
import type { SignInLinks } from './auth/sign-in-links.ts'
import type { CommandBus } from './commands/bus.ts'
import type { LiveHub } from './live/hub.ts'
import type { ApiOptions } from './options.ts'

/** What routes share. */
export interface ApiContext {
  readonly options: ApiOptions
  readonly tenant: string
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  readonly commands: CommandBus
  readonly live: LiveHub
  readonly cookies: SessionCookies
  readonly links: SignInLinks
  readonly countFailure: CountFailure
  readonly secureCookie: boolean
  /** A fresh one-time link. */
  signInLink(): string
}
