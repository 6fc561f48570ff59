import { readFileSync } from 'node:fs'
import { messageOf, NightjarError, Secret } from '@nightjar/core'
import { z } from 'zod'

const port = z.coerce.number().int().min(0).max(65_535)

/** Loopback addresses and names, which need no ingest token. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}

/** `a.b.c.d/n` or `x::/n`, comma separated. */
const cidrs = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
  .pipe(z.array(z.string().regex(/^[0-9a-fA-F.:]+\/\d{1,3}$/, 'is not a CIDR such as 10.0.0.0/8')))

/** Every setting, its environment variable, its default and what it means. Unknown `NIGHTJAR_` variables are faults. */
const settings = {
  data: {
    env: 'NIGHTJAR_DATA',
    schema: z.string().min(1).default('./data'),
    about: 'Data folder.',
  },
  host: {
    env: 'NIGHTJAR_HOST',
    schema: z.string().min(1).default('127.0.0.1'),
    about: 'Address to bind.',
  },
  apiPort: { env: 'NIGHTJAR_API_PORT', schema: port.default(4680), about: 'UI and API.' },
  otlpGrpcPort: {
    env: 'NIGHTJAR_OTLP_GRPC_PORT',
    schema: port.default(4317),
    about: 'OTLP over gRPC.',
  },
  otlpHttpPort: {
    env: 'NIGHTJAR_OTLP_HTTP_PORT',
    schema: port.default(4318),
    about: 'OTLP over HTTP.',
  },
  secret: {
    env: 'NIGHTJAR_SECRET',
    schema: z.string().min(32).optional(),
    about: 'Root of all derived keys; else made in the data folder.',
  },
  adminTokenFile: {
    env: 'NIGHTJAR_ADMIN_TOKEN_FILE',
    schema: z.string().min(1).optional(),
    about: 'Admin token; else made in the data folder.',
  },
  clickhouseUrl: {
    env: 'NIGHTJAR_CLICKHOUSE_URL',
    schema: z.url().optional(),
    about: 'ClickHouse server instead of the embedded engine.',
  },
  clickhouseUser: {
    env: 'NIGHTJAR_CLICKHOUSE_USER',
    schema: z.string().optional(),
    about: 'User at the ClickHouse server.',
  },
  clickhousePassword: {
    env: 'NIGHTJAR_CLICKHOUSE_PASSWORD',
    schema: z.string().optional(),
    about: 'Password at the ClickHouse server.',
  },
  retentionDays: {
    env: 'NIGHTJAR_RETENTION_DAYS',
    schema: z.coerce.number().int().min(1).max(3650).default(90),
    about: 'Days events are kept.',
  },
  deliverAllow: {
    env: 'NIGHTJAR_DELIVER_ALLOW',
    schema: cidrs.default([]),
    about: 'Private ranges that destinations may lie in.',
  },
  allowedHosts: {
    env: 'NIGHTJAR_ALLOWED_HOSTS',
    schema: z
      .string()
      .default('')
      .transform((text) =>
        text
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== ''),
      ),
    about: 'Host names the API answers to, besides loopback.',
  },
  rules: {
    env: 'NIGHTJAR_RULES',
    schema: z.string().min(1).optional(),
    about: 'Rule folder instead of the shipped one.',
  },
  logLevel: {
    env: 'NIGHTJAR_LOG_LEVEL',
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    about: 'Least severe log line written.',
  },
} as const

type Settings = typeof settings
type SettingName = keyof Settings
const NAMES = Object.keys(settings) as SettingName[]
const SECRET_NAMES = new Set<SettingName>(['secret', 'clickhousePassword'])
/** Read by other rooms or by the tests, and so no faults here. */
const OTHER_ENV = new Set([
  'NIGHTJAR_TEST_REQUIRE',
  'NIGHTJAR_URL',
  'NIGHTJAR_TOKEN',
  'NIGHTJAR_TOKEN_FILE',
  'NIGHTJAR_OTLP_ENDPOINT',
])

type Value<N extends SettingName> = N extends 'secret' | 'clickhousePassword'
  ? Secret | undefined
  : z.output<Settings[N]['schema']>

/** The settings of a process, checked. */
export type Config = { readonly [N in SettingName]: Value<N> }

/** Name, variable, default and meaning of each setting, for the README's table. */
export function describeSettings(): {
  name: string
  env: string
  fallback: string
  about: string
}[] {
  return NAMES.map((name) => {
    const { env, schema, about } = settings[name]
    const fallback = schema.safeParse(undefined)
    const text = fallback.success && fallback.data !== undefined ? String(fallback.data) : ''
    return { name, env, fallback: text, about }
  })
}

function rawValue(
  env: Readonly<Record<string, string | undefined>>,
  name: SettingName,
): string | undefined {
  const variable = settings[name].env
  const direct = env[variable]
  if (direct !== undefined && direct !== '') return direct
  const file = env[`${variable}_FILE`]
  if (!SECRET_NAMES.has(name) || file === undefined || file === '') return undefined
  return readFileSync(file, 'utf8').trim()
}

function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set<string>(OTHER_ENV)
  for (const name of NAMES) {
    known.add(settings[name].env)
    if (SECRET_NAMES.has(name)) known.add(`${settings[name].env}_FILE`)
  }
  return Object.keys(env).filter((key) => key.startsWith('NIGHTJAR_') && !known.has(key))
}

/**
 * The settings from the environment (`_FILE` variants for secrets).
 * @throws {NightjarError} RUNTIME_CONFIG_INVALID that lists every fault at once.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const faults = unknownVariables(env).map((key) => `${key}: no such setting`)
  const config: Record<string, unknown> = {}
  for (const name of NAMES) {
    try {
      const parsed = settings[name].schema.safeParse(rawValue(env, name))
      if (!parsed.success)
        faults.push(
          ...parsed.error.issues.map((issue) => `${settings[name].env}: ${issue.message}`),
        )
      else
        config[name] =
          SECRET_NAMES.has(name) && parsed.data !== undefined
            ? new Secret(String(parsed.data))
            : parsed.data
    } catch (error) {
      faults.push(`${settings[name].env}_FILE: ${messageOf(error)}`)
    }
  }
  if (faults.length > 0)
    throw new NightjarError(
      'RUNTIME_CONFIG_INVALID',
      `The configuration has ${faults.length} fault(s):\n  ${faults.join('\n  ')}`,
      {
        hint: 'Correct the environment variables named above; the README lists them all.',
      },
    )
  return Object.freeze(config) as unknown as Config
}
