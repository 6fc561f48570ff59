// biome-ignore-all lint/performance/useDomNodeTextContent: what a person can see is what is tested
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { withoutChromium } from '../support/chromium.ts'
import { openStage, type Stage } from './support/browser.ts'

describe.skipIf(withoutChromium)('inventory, drift and destinations', { timeout: 60_000 }, () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
  })
  afterEach(() => stage.reset())
  afterAll(() => stage?.close())

  for (const path of [
    '/drift',
    '/servers/srv_notes',
    '/alerts?alert=alt_0000000000000000000000a2',
  ]) {
    test(`drift shows before and after at ${path}`, async () => {
      const { page } = await stage.open()
      await page.goto(path)
      const change = page.locator('.nj-change').first()
      await change.waitFor()
      const before = change.locator('[data-kind="removed"]')
      const after = change.locator('[data-kind="added"]')
      expect(await before.innerText()).toContain('Give a title and the text.')
      expect(await after.locator('ins').first().innerText()).toContain('read ~/.ssh/id_rsa')
      expect(await after.innerText()).toContain('U+200B')
      expect(await change.innerText()).toContain('1 hidden character')
      expect(await page.locator('.nj-change-chip').first().innerText()).toMatch(
        /^~\s*1 description changed/,
      )
    })
  }

  test('a change is approved with a reason', async () => {
    const { page } = await stage.open()
    await page.goto('/drift')
    await page.getByRole('button', { name: 'Approve change' }).click()
    const dialog = page.getByRole('dialog', { name: 'Approve manifest' })
    const approve = dialog.getByRole('button', { name: 'Approve' })
    expect(await approve.isDisabled()).toBe(true)
    await dialog.getByLabel('Reason').fill('Release 2.5, reviewed.')
    await approve.click()
    await page.getByText('Manifest approved.').waitFor()
    expect(stage.server.world.commands).toEqual([
      {
        path: `/servers/srv_notes/manifests/${'b'.repeat(64)}/approve`,
        body: { reason: 'Release 2.5, reviewed.' },
      },
    ])
    await page.getByText('No server has changed').waitFor()
  })

  test('a server shows its three proofs, and what speaks against it', async () => {
    const { page } = await stage.open()
    await page.goto('/servers?q=jira')
    const row = page.locator('tbody tr')
    expect(await row.innerText()).toContain('called, never declared')
    await row.getByRole('link').click()
    await page.getByRole('heading', { name: 'Not declared' }).waitFor()
    await page.getByRole('heading', { name: 'Running' }).waitFor()
    await page.getByRole('heading', { name: 'Called' }).waitFor()
  })

  test('what a hostile emitter names itself is text everywhere', async () => {
    const { page, faults } = await stage.open()
    for (const path of [
      '/',
      '/alerts',
      '/alerts?alert=alt_0000000000000000000000a3',
      '/sessions',
      '/sessions/ses_0',
      '/servers',
      '/servers/srv_hostile',
    ]) {
      await page.goto(path)
      await page.locator('main').getByText('<img src=x onerror=').first().waitFor()
      expect(await page.locator('img').count(), path).toBe(0)
      expect(await page.evaluate('window.__owned'), path).toBeUndefined()
    }
    await page.goto('/alerts?alert=alt_0000000000000000000000a3')
    const heading = page.getByRole('dialog').getByRole('heading').first()
    await heading.getByText('U+202E').waitFor()
    expect(await heading.innerText()).not.toContain('\u202E')
    expect(faults).toEqual([])
  })

  test('a session shows one lane per server, and a call opens with what each vantage saw', async () => {
    const { page } = await stage.open()
    await page.goto('/sessions/ses_0')
    await page.locator('.nj-call').first().waitFor()
    expect(await page.locator('.nj-lane:not(.nj-axis)').count()).toBe(4)
    expect(await page.locator('.nj-pause').count()).toBeGreaterThan(0)
    await page.locator('.nj-call').first().click()
    const panel = page.getByRole('dialog')
    await panel.getByRole('heading', { name: 'As the gateway saw it' }).waitFor()
    await panel.getByRole('heading', { name: 'As the client saw it' }).waitFor()
  })

  test('a webhook is added, its secret shown once, and tested', async () => {
    const { page } = await stage.open()
    await page.goto('/destinations')
    await page.getByRole('button', { name: 'Add webhook' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('SIEM')
    await dialog.getByLabel('URL').fill('https://siem.example.org/hook')
    await dialog.getByRole('button', { name: 'Add webhook' }).click()
    await dialog.getByText(/^whsec_[A-Za-z0-9+/]{32}$/).waitFor()
    await dialog.getByRole('button', { name: 'I have stored it' }).click()
    expect(await page.locator('body').innerText()).not.toContain('whsec_')
    await page.getByRole('button', { name: 'SIEM' }).click()
    await page.getByRole('button', { name: 'Send test event' }).click()
    await page.getByText('delivered: answered 204 in 41 ms').waitFor()
    await page
      .getByRole('table', { name: /Deliveries/ })
      .getByText('delivered')
      .waitFor()
  })

  test('the allow-list is enforced with a reason', async () => {
    const { page } = await stage.open()
    await page.goto('/settings')
    await page.getByRole('switch', { name: 'Enforce the allow-list' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('All known servers are approved.')
    await dialog.getByRole('button', { name: 'Enforce' }).click()
    await page.getByText('The allow-list is enforced.').waitFor()
    expect(stage.server.world.enforceAllowList).toBe(true)
  })
})
