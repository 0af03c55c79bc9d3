/** Chromium as a person uses it: with an ear for what goes wrong, an eye for barriers, and a clock. */
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { chromium, type Browser, type Page } from 'playwright-core'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const QUIET = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]
const LOOKS = {
  light: { width: 1360, height: 850, theme: 'light' },
  dark: { width: 1360, height: 850, theme: 'dark' },
  phone: { width: 390, height: 844, theme: 'light' },
} as const

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: QUIET })

/** What the pages complained about; a journey ends with none of it. */
export function complaints(page: Page): string[] {
  const heard: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') heard.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => heard.push(`script: ${error.message}`))
  page.on('response', (response) => {
    if (response.status() >= 400) heard.push(`${response.status()} ${response.url()}`)
  })
  return heard
}

interface Barrier {
  impact: string | null
  id: string
  nodes: { html: string; failureSummary: string }[]
}

/** What keeps somebody from using the page as it is now: everything that axe calls serious. */
export async function barriers(page: Page): Promise<string[]> {
  await settled(page)
  // Not as a <script>: the page's policy runs none but the app's own, which is as it should be.
  await page.evaluate(await readFile(AXE, 'utf8'))
  const found = await page.evaluate(async () => {
    const axe = (
      globalThis as unknown as { axe: { run: () => Promise<{ violations: Barrier[] }> } }
    ).axe
    return (await axe.run()).violations
  })
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`)
}

/** Until nothing moves any more, but for what turns for ever. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter((moving) => moving.effect?.getTiming().iterations !== Infinity)
    // One that is taken away while it moves is over, too.
    await Promise.allSettled(ending.map((moving) => moving.finished))
  })
}

/** Pictures of the page as it is now, in light, dark and on a phone; where SCREENSHOTS names a folder. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (!folder) return
  await mkdir(folder, { recursive: true })
  for (const [look, { width, height, theme }] of Object.entries(LOOKS)) {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme: theme })
    await settled(page)
    await page.screenshot({ path: `${folder}/${name}-${look}.png` })
  }
  await page.setViewportSize({ width: LOOKS.light.width, height: LOOKS.light.height })
  await page.emulateMedia({ colorScheme: 'light' })
}

/** How long `work` took; printed, since a busy machine says little. */
export async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const before = performance.now()
  const result = await work()
  console.log(`${what}: ${Math.round(performance.now() - before)} ms`)
  return result
}
