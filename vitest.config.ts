import { defineConfig } from 'vitest/config'

const source = { conditions: ['@nightjar/source'], externalConditions: ['@nightjar/source'] }

const common = {
  resolve: { conditions: ['@nightjar/source'] },
  ssr: { resolve: source },
}

export default defineConfig({
  test: {
    projects: [
      {
        ...common,
        test: { name: 'architecture', include: ['test/architecture/**/*.test.ts'] },
      },
      {
        ...common,
        test: {
          name: 'rooms',
          include: ['test/**/*.test.ts'],
          exclude: ['test/architecture/**', 'test/e2e/**', 'test/long/**'],
          globalSetup: ['test/support/build.ts'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
          pool: 'forks',
        },
      },
      {
        ...common,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/build.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          pool: 'forks',
          fileParallelism: false,
        },
      },
    ],
    maxWorkers: 2,
  },
})
