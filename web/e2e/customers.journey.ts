import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { barriers, complaints, openBrowser, picture, timed } from './browser'
import { OWNER, startPlatform, type Platform } from './platform'

let platform: Platform
let browser: Browser
let page: Page
let heard: string[]

beforeAll(async () => {
  platform = await startPlatform()
  browser = await openBrowser()
  const context = await browser.newContext({
    locale: 'en-GB',
    viewport: { width: 1360, height: 850 },
  })
  page = await context.newPage()
  heard = complaints(page)
})

afterAll(async () => {
  await browser?.close()
  await platform?.stop()
})

afterEach(() => {
  expect(heard.splice(0)).toEqual([])
})

const heading = (name: string) => page.getByRole('heading', { level: 1, name })

test('somebody comes to a page, signs in, and is where they wanted to go', async () => {
  await timed('first view', async () => {
    await page.goto(`${platform.url}/customers?state=active`)
    await page.getByLabel('Password').waitFor()
  })
  expect(await barriers(page)).toEqual([])
  await picture(page, 'sign-in')

  await page.getByLabel('E-mail address').fill(OWNER)
  await page.getByLabel('Password').fill(platform.password)
  await timed('sign-in to rows', async () => {
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('row').nth(2).waitFor()
  })

  expect(new URL(page.url()).search).toBe('?state=active')
  expect(await barriers(page)).toEqual([])
  await picture(page, 'customers')
})

test('a page that is loaded again asks for no password', async () => {
  await timed('reload to rows', async () => {
    await page.reload()
    await page.getByRole('row').nth(2).waitFor()
  })
})

test('a customer is found by the beginnings of words, and opened by the keyboard', async () => {
  await page.getByRole('link', { name: 'Customers' }).first().click()
  await page.keyboard.press('/')
  await page.keyboard.type('C-000042')
  const found = page.getByRole('row', { name: /C-000042/ })
  await timed('search', () => found.waitFor())
  await page.getByText('1 row', { exact: true }).waitFor()
  await page.locator('[data-search-box]').blur()
  await page.keyboard.press('j')
  await timed('open a customer', async () => {
    await page.keyboard.press('Enter')
    await page.getByText('Balance due').waitFor()
  })
  await page.getByText('Active subscriptions').waitFor()

  expect(await barriers(page)).toEqual([])
  await picture(page, 'customer')

  for (const tab of ['Subscriptions', 'Invoices', 'Contacts', 'Notes', 'Timeline']) {
    await timed(`tab ${tab}`, async () => {
      await page.getByRole('link', { name: tab, exact: true }).click()
      await page
        .getByRole('link', { name: tab, exact: true })
        .and(page.locator('[aria-current=page]'))
        .waitFor()
    })
    expect(await barriers(page)).toEqual([])
  }
})

test('the command palette leads to a form, which says what is wrong before it makes anybody', async () => {
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder(/^Search/).fill('new customer')
  await page.keyboard.press('Enter')
  await heading('Create customer').waitFor()
  const create = page.getByRole('button', { name: 'Create customer' })
  await create.click()
  await page.getByText('Fill this in.').waitFor()
  expect(await barriers(page)).toEqual([])
  await picture(page, 'create-customer')

  await page.getByLabel('Name').fill('Ada Lovelace')
  await page.getByLabel('E-mail').fill('ada@example.com')
  await page.getByLabel('Street and number').fill('12 St James’s Square')
  await create.click()
  await page.getByText('Fill this in.').first().waitFor() // an address needs a city and a country
  await page.getByLabel('City').fill('London')
  await page.getByLabel('Country').fill('GB')
  await timed('create a customer', async () => {
    await create.click()
    await heading('Ada Lovelace').waitFor()
  })
})

test('whoever leaves with something unsaved is asked, and what is saved is seen', async () => {
  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByLabel('Phone').fill('+44 20 7946 0000')
  await page.getByRole('link', { name: 'Customers' }).first().click()
  await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor()
  await page.getByRole('button', { name: 'Stay here' }).click()
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('+44 20 7946 0000').waitFor()

  await page.getByRole('link', { name: 'Notes', exact: true }).click()
  await page.getByLabel('Write a note').fill('Wants <b>everything</b> in writing.')
  await page.getByRole('button', { name: 'Write a note' }).click()
  await page.getByText('Wants <b>everything</b> in writing.', { exact: true }).last().waitFor()
})

test('a session that was ended elsewhere is taken up again, and nothing that was typed is lost', async () => {
  await page.goto(`${platform.url}/customers/new`)
  await page.getByLabel('Name').fill('Grace Hopper')
  await endOtherSessions()

  await page.getByRole('button', { name: 'Create customer' }).click()
  const dialog = page.getByRole('dialog', { name: 'Sign in to go on' })
  await dialog.waitFor()
  expect(await barriers(page)).toEqual([])
  await dialog.getByLabel('Password').fill(platform.password)
  await dialog.getByRole('button', { name: 'Sign in' }).click()

  await heading('Grace Hopper').waitFor()
  // The refusals that led here, which the browser notes as well.
  expect(heard.splice(0).filter((complaint) => !/\b401\b/.test(complaint))).toEqual([])
})

test('signing out ends it everywhere in the browser', async () => {
  const other = await page.context().newPage()
  await other.goto(`${platform.url}/customers`)
  await other.getByRole('row').nth(2).waitFor()

  await page.getByRole('button', { name: 'You' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()

  await page.getByLabel('Password').waitFor()
  await other.getByLabel('Password').waitFor()
  await other.close()
})

/** As the same person on another device: end all sessions but that one. */
async function endOtherSessions(): Promise<void> {
  const body = JSON.stringify({ email: OWNER, password: platform.password })
  const json = { 'content-type': 'application/json' }
  const api = `${platform.url}/api/v1`
  const answer = await fetch(`${api}/auth/sign-in`, { method: 'POST', headers: json, body })
  const { data } = (await answer.json()) as { data: { access_token: string } }
  const headers = { authorization: `Bearer ${data.access_token}` }
  const ended = await fetch(`${api}/me/sessions/end-others`, { method: 'POST', headers })
  expect(ended.status).toBe(200)
}
