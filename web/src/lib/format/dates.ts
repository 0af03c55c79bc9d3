import { formatter, useWriting } from './locale'

type Style = 'medium' | 'long' | 'short'

/** A day such as `2026-11-20` as `20 Nov 2026`. It is the same day everywhere: no zone moves it. */
export function day(
  on: string,
  style: Style = 'medium',
  locale = useWriting.getState().locale,
): string {
  const write = formatter(
    `day ${locale} ${style}`,
    () => new Intl.DateTimeFormat(locale, { dateStyle: style, timeZone: 'UTC' }),
  )
  return write.format(new Date(`${on}T00:00:00Z`))
}

/** An instant in the person's zone, such as `20 Nov 2026, 14:03`. */
export function instant(
  at: string,
  { locale, timeZone } = useWriting.getState(),
  style: Style = 'medium',
): string {
  const write = formatter(
    `instant ${locale} ${timeZone} ${style}`,
    () => new Intl.DateTimeFormat(locale, { dateStyle: style, timeStyle: 'short', timeZone }),
  )
  return write.format(new Date(at))
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_556_952],
  ['month', 2_629_746],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** How long ago or ahead `at` is from `now`, such as `3 days ago`. */
export function ago(at: string, now = Date.now(), locale = useWriting.getState().locale): string {
  const write = formatter(
    `ago ${locale}`,
    () => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }),
  )
  const seconds = (new Date(at).getTime() - now) / 1000
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return write.format(Math.trunc(seconds / length), unit)
  }
  return write.format(0, 'second')
}

/** Today in the person's zone, as the API writes days. */
export function today(timeZone = useWriting.getState().timeZone): string {
  return formatter(`today ${timeZone}`, () => new Intl.DateTimeFormat('sv', { timeZone })).format(
    new Date(),
  )
}
