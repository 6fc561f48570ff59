// biome-ignore-all lint/performance/useDomNodeTextContent: what a person can see is what is tested
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { withoutChromium } from '../support/chromium.ts'
import { openStage, overflow, ROUTES, type Stage, shown } from './support/browser.ts'

/** Controls without a name, dialogs without a label, tables without headers. */
const NAMELESS = `
  [...document.querySelectorAll('button, a[href], input, select, textarea, [role=dialog], table')]
    .filter((element) => element.getClientRects().length > 0)
    .filter((element) => {
      if (element.matches('table')) return element.querySelector('th') === null
      if (element.matches('[role=dialog]'))
        return !document.getElementById(element.getAttribute('aria-labelledby'))?.textContent
      const label = element.labels?.[0]?.textContent ?? ''
      const name = element.getAttribute('aria-label') ?? ''
      return (element.textContent + label + name).trim() === ''
    })
    .map((element) => element.outerHTML.slice(0, 120))
`

describe.skipIf(withoutChromium)('the pages', { timeout: 60_000 }, () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
  })
  afterEach(() => stage.reset())
  afterAll(() => stage?.close())

  for (const scheme of ['dark', 'light'] as const) {
    test(`each renders without a fault in ${scheme}`, async () => {
      const { page, faults } = await stage.open({ scheme })
      for (const path of Object.values(ROUTES)) {
        await page.goto(path)
        await shown(page)
        expect(faults, path).toEqual([])
        expect(await page.locator('.nj-problem').count(), path).toBe(0)
      }
      expect(await page.evaluate('document.documentElement.dataset.mantineColorScheme')).toBe(
        scheme,
      )
    })
  }

  test('none scrolls sideways at 390 pixels', async () => {
    const { page } = await stage.open({ width: 390, height: 844 })
    for (const path of [...Object.values(ROUTES), '/alerts?alert=alt_0000000000000000000000a2']) {
      await page.goto(path)
      await shown(page)
      expect(await overflow(page), path).toBeLessThanOrEqual(0)
    }
  })

  test('everything that can be pressed or read by a reader has a name', async () => {
    const { page } = await stage.open()
    for (const path of [...Object.values(ROUTES), '/alerts?alert=alt_0000000000000000000000a1']) {
      await page.goto(path)
      await shown(page)
      expect(await page.evaluate(NAMELESS), path).toEqual([])
      expect(await page.locator('h1').count(), path).toBe(1)
    }
  })

  test('the overview says in one sentence whether someone must act', async () => {
    const { page } = await stage.open()
    await page.goto('/')
    const line = page.locator('.nj-headline')
    expect(await line.innerText()).toContain('22 open alerts need you: 2 critical, 4 high')
    stage.server.world.mood = 'quiet'
    await page.reload()
    await line.waitFor()
    expect(await line.innerText()).toContain(
      'All quiet: 18.2k calls by 14 principals in 24 h, nothing waits for you.',
    )
  })

  test('the chart has its figures as a table, and a range by button', async () => {
    const { page } = await stage.open()
    await page.goto('/')
    await page.locator('.recharts-bar-rectangle').first().waitFor()
    await page.getByRole('button', { name: 'View as table' }).click()
    const rows = page.getByRole('table', { name: 'Calls per interval' }).locator('tbody tr')
    expect(await rows.count()).toBe(96)
    await page.getByRole('button', { name: '1 h', exact: true }).click()
    expect(await rows.count()).toBe(5)
  })

  test('empty pages teach the next step', async () => {
    stage.server.world.mood = 'empty'
    const { page, faults } = await stage.open()
    const expected = {
      '/': 'npx nightjar demo',
      '/alerts': 'npx nightjar demo',
      '/sessions': 'http://127.0.0.1:4318',
      '/servers': 'npx nightjar tap -- ',
      '/drift': 'tools/list',
      '/destinations': 'Add webhook',
      '/health': 'OTEL_EXPORTER_OTLP_ENDPOINT',
    }
    for (const [path, words] of Object.entries(expected)) {
      await page.goto(path)
      await page.locator('.nj-empty').first().waitFor()
      expect(await page.locator('main').innerText(), path).toContain(words)
    }
    expect(faults).toEqual([])
  })

  test('a refused answer is shown with its detail and what to do', async () => {
    const { page } = await stage.open()
    await page.goto('/alerts?alert=alt_unknown')
    const notice = page.getByRole('dialog').getByRole('alert')
    expect(await notice.innerText()).toContain('Nothing has the id alt_unknown.')
    expect(await notice.innerText()).toContain('req-1')
  })

  test('an unknown address leads back', async () => {
    const { page } = await stage.open()
    await page.goto('/nowhere')
    expect(await page.locator('main').innerText()).toContain('Nothing lives at this address')
  })

  test('without a session the page says how to sign in', async () => {
    const { page } = await stage.open()
    await page.goto('/settings')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await page.locator('main').innerText()).toContain('npx nightjar token link')
    await page.goto('/alerts')
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    stage.server.world.signedIn = true
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'Alerts' }).waitFor()
  })

  test('density, zone and colours are kept for the next visit', async () => {
    const { page } = await stage.open()
    await page.goto('/settings')
    await page.getByText('Compact', { exact: true }).click()
    await page.getByText('Light', { exact: true }).click()
    await page.goto('/alerts')
    const row = page.locator('tbody tr').first()
    await row.waitFor()
    expect((await row.boundingBox())?.height).toBeLessThanOrEqual(30)
    expect(await page.evaluate('document.documentElement.dataset.mantineColorScheme')).toBe('light')
  })
})
