import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { launchChromium } from '../../support/chromium.ts'
import { type FixtureServer, startFixtureServer } from './api-server.ts'

/** Every route of the console. */
export const ROUTES = {
  overview: '/',
  alerts: '/alerts',
  sessions: '/sessions',
  session: '/sessions/ses_0',
  servers: '/servers',
  server: '/servers/srv_notes',
  drift: '/drift',
  rules: '/rules',
  destinations: '/destinations',
  health: '/health',
  settings: '/settings',
}

/** A page that remembers what went wrong on it. */
export interface WatchedPage {
  readonly page: Page
  /** Console errors, uncaught errors, refused loads, and requests to elsewhere. */
  readonly faults: string[]
}

/** A fixture server and a browser for one suite. */
export interface Stage {
  readonly server: FixtureServer
  open(options?: PageOptions): Promise<WatchedPage>
  /** Closes the pages and forgets what was done. */
  reset(): Promise<void>
  close(): Promise<void>
}

/** Waits until a page shows its content. */
export async function shown(page: Page): Promise<void> {
  await page.locator('h1').waitFor()
  await expect.poll(() => page.locator('.nj-loading').count(), { timeout: 15_000 }).toBe(0)
}

/** How a page is looked at. */
export interface PageOptions {
  readonly scheme?: 'light' | 'dark'
  readonly width?: number
  readonly height?: number
}

/** Starts both. */
export async function openStage(): Promise<Stage> {
  const server = await startFixtureServer(join(process.cwd(), 'dashboard/dist'))
  const browser: Browser = await launchChromium()
  return {
    server,
    async open({ scheme = 'dark', width = 1366, height = 768 } = {}) {
      const context = await browser.newContext({
        baseURL: server.url,
        viewport: { width, height },
        colorScheme: scheme,
        permissions: ['clipboard-read', 'clipboard-write'],
      })
      const page = await context.newPage()
      const faults: string[] = []
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) faults.push(message.text())
      })
      page.on('pageerror', (error) => faults.push(error.message))
      page.on('request', (request) => {
        const { protocol, origin } = new URL(request.url())
        if (protocol.startsWith('http') && origin !== server.url) faults.push(request.url())
      })
      return { page, faults }
    },
    async reset() {
      for (const context of browser.contexts()) await context.close()
      server.reset()
    },
    async close() {
      await browser.close()
      await server.close()
    },
  }
}

/** How many pixels the page is wider than its window. */
export async function overflow(page: Page): Promise<number> {
  return Number(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'))
}
