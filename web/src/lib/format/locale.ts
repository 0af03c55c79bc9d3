/**
 * How numbers, money and days are written: by the language of the browser until the person's own
 * is known (`useLocale` follows it).
 */
import { create } from 'zustand'

interface Writing {
  /** BCP 47, such as `sv` or `en-GB`. */
  locale: string
  /** IANA name of the zone in which instants are shown. */
  timeZone: string
}

const ofBrowser = (): Writing => ({
  locale: navigator.language || 'en',
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
})

export const useWriting = create<Writing>(ofBrowser)

/** Write as the signed-in person wants; what is null stays as the browser has it. */
export function writeAs(wanted: { locale?: string | null; timeZone?: string | null }): void {
  const browser = ofBrowser()
  useWriting.setState({
    // A plain `en` says nothing of how days are written; the browser's `en-GB` does.
    locale:
      wanted.locale && !browser.locale.startsWith(wanted.locale) ? wanted.locale : browser.locale,
    timeZone: wanted.timeZone ?? browser.timeZone,
  })
}

const made = new Map<string, unknown>()

/** `make()` once per key: formatters of `Intl` are slow to make and quick to use. */
export function formatter<T>(key: string, make: () => T): T {
  let found = made.get(key) as T | undefined
  if (found === undefined) {
    found = make()
    made.set(key, found)
  }
  return found
}
