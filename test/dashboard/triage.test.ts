// biome-ignore-all lint/performance/useDomNodeTextContent: what a person can see is what is tested
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { withoutChromium } from '../support/chromium.ts'
import { freshAlert } from './support/alerts.ts'
import { openStage, type Stage } from './support/browser.ts'

describe.skipIf(withoutChromium)('triage', { timeout: 60_000 }, () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
  })
  afterEach(() => stage.reset())
  afterAll(() => stage?.close())

  const commandsTo = (end: string) =>
    stage.server.world.commands.filter(({ path }) => path.endsWith(end))

  test('works by keyboard alone: next, open, acknowledge, close with a reason', async () => {
    const { page, faults } = await stage.open()
    await page.goto('/alerts')
    await page.locator('tbody tr').first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    const panel = page.getByRole('dialog', { name: /Manifest of notes changed/ })
    await panel.waitFor()
    await page.keyboard.press('k')
    await page.getByRole('dialog', { name: /Exfiltration burst: 312/ }).waitFor()
    await page.keyboard.press('a')
    await page.getByText('Alert acknowledged.').waitFor()
    expect(commandsTo('/acknowledge')).toHaveLength(1)

    await page.keyboard.press('e')
    await page.getByRole('dialog', { name: 'Close alert' }).waitFor()
    await page.keyboard.press('1')
    await page.keyboard.press('Enter')
    await page.getByText('Alert closed.').waitFor()
    expect(commandsTo('/close')[0]?.body).toEqual({ closeReason: 'true_positive' })

    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.locator('tr a:focus').waitFor()
    expect(await page.locator('tbody tr').first().innerText()).toContain('Manifest of notes')
    expect(faults).toEqual([])
  })

  test('a close for another reason needs words', async () => {
    const { page } = await stage.open()
    await page.goto('/alerts')
    await page.locator('tbody tr').first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('e')
    const dialog = page.getByRole('dialog', { name: 'Close alert' })
    const close = dialog.getByRole('button', { name: 'Close alert' })
    await dialog.getByRole('radio', { name: /Other/ }).check()
    expect(await close.isDisabled()).toBe(true)
    await dialog.getByLabel('Comment').fill('Known drill of the red team.')
    await close.click()
    await page.getByText('Alert closed.').waitFor()
    expect(commandsTo('/close')[0]?.body).toEqual({
      closeReason: 'other',
      comment: 'Known drill of the red team.',
    })
  })

  test('shortcuts are silent while one types', async () => {
    const { page } = await stage.open()
    await page.goto('/alerts')
    await page.locator('tbody tr').first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('jira')
    await page.waitForURL(/q=jira/)
    await page.locator('tbody tr', { hasText: 'Denied scopes probed, then success' }).waitFor()
    expect(stage.server.world.commands).toEqual([])
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  test('the panel tells an alert in its fixed order', async () => {
    const { page } = await stage.open()
    await page.goto('/alerts?alert=alt_0000000000000000000000a1')
    const panel = page.getByRole('dialog')
    await panel.getByRole('heading', { name: 'History' }).waitFor()
    const headings = await panel.locator('.nj-side-body > section > h3').allTextContents()
    expect(headings).toEqual(['What happened', 'Why it fired', 'Evidence', 'Context', 'History'])
    const text = await panel.innerText()
    expect(text).toMatch(/312 against a threshold of 200/)
    expect(text).toContain('Exfiltration via AI Agent Tool Invocation')
    await panel.locator('.nj-evidence summary').first().click()
    expect(await panel.innerText()).toContain('[redacted:iban]')
  })

  test('several alerts are acknowledged at once, and the count is told', async () => {
    const { page } = await stage.open()
    await page.goto('/alerts?severity=high')
    await page.getByLabel('Select all rows shown').check()
    const bar = page.getByRole('region', { name: 'Selected alerts' })
    await bar.getByRole('button', { name: /Acknowledge \d+/ }).click()
    await page.getByText(/\d+ of \d+ alerts acknowledged\./).waitFor()
    const open = stage.server.world.alerts.filter(
      ({ severity, state }) => severity === 'high' && state === 'open',
    )
    expect(open).toEqual([])
    await bar.waitFor({ state: 'detached' })
  })

  test('an alert appears by itself, and waits behind a notice while one reads', async () => {
    const { page } = await stage.open()
    await page.goto('/alerts')
    await page.locator('.nj-live[data-live="live"]').waitFor()
    await page.locator('tbody tr').first().waitFor()
    const title = page.getByRole('link', { name: /just now/ })
    stage.server.raise(freshAlert(Date.now()))
    await title.waitFor()
    expect(await page.locator('tbody tr').first().innerText()).toContain('just now')

    await page.keyboard.press('j')
    await page.keyboard.press('x')
    stage.server.raise({ ...freshAlert(Date.now()), id: 'alt_second', title: 'Second one' })
    await page.getByRole('button', { name: /1 new/ }).click()
    await page.getByRole('link', { name: 'Second one' }).waitFor()
  })

  test('a suppression carries what, why and until when', async () => {
    const { page } = await stage.open()
    await page.goto('/alerts')
    await page.locator('tbody tr').first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('s')
    const dialog = page.getByRole('dialog', { name: 'Suppress' })
    await dialog.getByRole('radio', { name: /by ana@example.org/ }).check()
    await dialog.getByRole('radio', { name: '7 days' }).check()
    await dialog.getByLabel('Reason').fill('Quarterly close reads every statement.')
    await dialog.getByRole('button', { name: 'Suppress' }).click()
    await page.getByText('Suppressed.').waitFor()
    const [made] = stage.server.world.suppressions
    expect(made?.match).toEqual({
      ruleId: 'rule-exfiltration-burst',
      principal: 'ana@example.org',
    })
    const days = (Date.parse(made?.expiresAt ?? '') - Date.now()) / 86_400_000
    expect(Math.round(days)).toBe(7)
  })

  test('filters live in the address, and the link of an alert opens it', async () => {
    const { page } = await stage.open()
    await page.goto('/alerts')
    await page.getByText('Closed', { exact: true }).click()
    await page.waitForURL(/state=closed/)
    await page.getByRole('button', { name: 'Only medium' }).click()
    await page.waitForURL(/severity=medium/)
    await page.goto('/alerts')
    await page.locator('tbody tr').first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('y')
    await page.getByText('Link copied.').waitFor()
    const link = String(await page.evaluate('navigator.clipboard.readText()'))
    await page.goto(link)
    await page.getByRole('dialog', { name: /Exfiltration burst: 312/ }).waitFor()
  })
})
