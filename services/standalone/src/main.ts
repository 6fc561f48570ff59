import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { messageOf } from '@nightjar/core'
import { createLogger, openKeyring, readConfig, runUntilSignal } from '@nightjar/runtime'
import { banner } from './banner.ts'
import { createParts } from './parts.ts'

const CANNOT = 5

/**
 * Everything in one process until a signal comes. `say` prints for people. Gives the exit code; throws a NightjarError
 * when it cannot start.
 */
export async function runStandalone(
  env: Readonly<Record<string, string | undefined>>,
  say: (text: string) => void,
): Promise<number> {
  const startedAt = Date.now()
  const config = readConfig(env)
  const logger = createLogger(config.logLevel)
  mkdirSync(config.data, { recursive: true, mode: 0o700 })
  let fail: (code: number) => void = () => undefined
  const failed = new Promise<number>((done) => {
    fail = done
  })
  const parts = await createParts({
    config,
    keyring: openKeyring(config.data, config.secret),
    logger,
    startedAt,
    onFatal: (error) => {
      logger.error(
        { code: error.code, error: messageOf(error) },
        'The store is lost; Nightjar ends.',
      )
      fail(CANNOT)
    },
  })
  await parts.whole.start()
  say(
    banner({
      url: parts.api.url,
      signIn: parts.api.signInLink(),
      otlpHttp: `http://${config.host}:${parts.otlp.httpPort}`,
      otlpGrpc: `http://${config.host}:${parts.otlp.grpcPort}`,
      data: resolve(config.data),
      tokenPath: resolve(parts.tokenPath),
      rules: parts.rules,
      ms: Date.now() - startedAt,
    }),
  )
  return await runUntilSignal(parts.whole, failed)
}
