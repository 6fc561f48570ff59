import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@nightjar/source'] },
  ssr: { resolve: { conditions: ['@nightjar/source'], externalConditions: ['@nightjar/source'] } },
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
