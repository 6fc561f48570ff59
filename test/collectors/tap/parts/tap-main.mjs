// Runs the built tap as a process of its own: node tap-main.mjs ENDPOINT [OPTIONS JSON] -- COMMAND ARGS…
import { runTap } from '../../../../collectors/tap/dist/index.js'

const [endpoint, options, , command, ...args] = process.argv.slice(2)
process.exit(
  await runTap({ endpoint, command, args, env: process.env, ...JSON.parse(options ?? '{}') }),
)
