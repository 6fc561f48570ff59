import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const path = process.env.NIGHTJAR_CHROMIUM ?? PATHS.find((each) => existsSync(each))

/** True when a suite that needs a browser must be skipped; `NIGHTJAR_TEST_REQUIRE=all` lets nothing be skipped. */
export const withoutChromium = path === undefined && process.env.NIGHTJAR_TEST_REQUIRE !== 'all'

if (withoutChromium)
  process.stderr.write(
    'No Chromium: browser tests are skipped (Debian: apt-get install chromium).\n',
  )

/** Starts a headless Chromium that talks to nobody by itself. */
export async function launchChromium(): Promise<Browser> {
  if (path === undefined) throw new Error('Chromium is missing (Debian: apt-get install chromium).')
  return await chromium.launch({
    executablePath: path,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
