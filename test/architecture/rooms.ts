/** What a room may import: rooms of ours by name, and foreign packages. `node:` modules are listed where they are barred. */
export interface RoomRule {
  readonly rooms: readonly string[]
  readonly foreign: readonly string[]
  /** `node:` modules the room may use; absent means any. */
  readonly node?: readonly string[]
}

/** The table of allowed imports. A room that is not listed may not exist. */
export const ROOMS: Readonly<Record<string, RoomRule>> = {
  'services/core': { rooms: [], foreign: ['zod'], node: [] },
  'services/runtime': { rooms: ['core'], foreign: ['pino', 'zod'] },
  'services/stream': { rooms: ['core'], foreign: [] },
  'services/store': { rooms: ['core', 'stream'], foreign: ['@clickhouse/client', 'chdb'] },
  'services/registry': { rooms: ['core', 'stream'], foreign: [], node: ['node:crypto'] },
  'services/detect': { rooms: ['core', 'stream'], foreign: ['re2js', 'yaml', 'zod'] },
  'services/alert': { rooms: ['core', 'stream'], foreign: [], node: ['node:crypto'] },
  'services/deliver': { rooms: ['core', 'stream'], foreign: [] },
  'services/api': {
    rooms: ['core', 'stream', 'store'],
    foreign: [
      '@fastify/cookie',
      '@fastify/helmet',
      '@fastify/rate-limit',
      '@fastify/static',
      '@fastify/swagger',
      'fastify',
      'fastify-type-provider-zod',
      'zod',
    ],
  },
  'services/standalone': {
    rooms: [
      'core',
      'runtime',
      'stream',
      'store',
      'registry',
      'detect',
      'alert',
      'deliver',
      'api',
      'otlp',
    ],
    foreign: [],
  },
  'services/cli': {
    rooms: ['core', 'tap', 'standalone', 'store', 'detect'],
    foreign: ['commander', 'picocolors', 'zod', '@modelcontextprotocol/sdk'],
  },
  'collectors/mcp': { rooms: ['core'], foreign: ['zod'], node: ['node:crypto'] },
  'collectors/otlp': { rooms: ['core', 'mcp', 'stream'], foreign: ['@grpc/grpc-js', 're2js'] },
  'collectors/tap': {
    rooms: ['core', 'mcp'],
    foreign: [
      '@opentelemetry/api-logs',
      '@opentelemetry/exporter-logs-otlp-proto',
      '@opentelemetry/exporter-trace-otlp-proto',
      '@opentelemetry/sdk-node',
    ],
  },
  dashboard: {
    rooms: ['core'],
    foreign: [
      '@mantine/core',
      '@mantine/hooks',
      '@tabler/icons-react',
      '@tanstack/react-query',
      'react',
      'react-dom',
      'react-router',
      'recharts',
    ],
    node: [],
  },
}

/** Packages that only one file may know. */
export const ONE_DOOR: Readonly<Record<string, RegExp>> = {
  chdb: /^services\/store\/src\/engine\//,
  '@clickhouse/client': /^services\/store\/src\//,
  kafkajs: /^services\/stream\/src\/kafka\.ts$/,
  fastify: /^services\/api\/src\//,
  '@grpc/grpc-js': /^collectors\/otlp\/src\/grpc\//,
}
