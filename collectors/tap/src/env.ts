/**
 * The environment a server inherits: ours without NIGHTJAR_*, because an ingest token is not for the server it watches.
 * The tap reads no settings of its own from it.
 */
export function inheritedEnv(): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('NIGHTJAR_')),
  )
}

/**
 * Runs `set` while no OTEL_* variable is visible. Those in our environment are meant for the wrapped server: they would
 * change our endpoint, limits and sampler, and OTEL_LOG_LEVEL would print onto the server's stdout.
 */
export function withoutOtelEnv<T>(set: () => T): T {
  const hidden = Object.entries(process.env).filter(([name]) => name.startsWith('OTEL_'))
  for (const [name] of hidden) delete process.env[name]
  try {
    return set()
  } finally {
    for (const [name, value] of hidden) process.env[name] = value
  }
}
