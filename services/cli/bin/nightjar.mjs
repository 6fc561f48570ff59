#!/usr/bin/env node
// The committed door of the command: what is not built, or older than its source, is built first.
import { ensureBuilt } from './build.mjs'

await ensureBuilt(process.argv[2])
const { main } = await import('../dist/main.js')
process.exitCode = await main(process.argv.slice(2))
