import { formatter, useWriting } from './locale'

/** An amount as the API answers it: a number, or text beyond 15 digits. Never computed with here. */
export type Amount = number | string

/** `79.9, 'EUR'` as `€79.90`, with the digits of the currency. */
export function money(
  amount: Amount,
  currency: string,
  locale = useWriting.getState().locale,
): string {
  const write = formatter(
    `money ${locale} ${currency}`,
    () =>
      new Intl.NumberFormat(locale, {
        style: 'currency',
        currency,
        currencyDisplay: 'narrowSymbol',
      }),
  )
  // Text goes to Intl as it is, which keeps digits that a double would lose.
  return write.format(amount as number)
}

/** `1234567` as `1.2M`, for where there is little room. */
export function shortMoney(
  amount: Amount,
  currency: string,
  locale = useWriting.getState().locale,
): string {
  const write = formatter(
    `short money ${locale} ${currency}`,
    () =>
      new Intl.NumberFormat(locale, {
        style: 'currency',
        currency,
        currencyDisplay: 'narrowSymbol',
        notation: 'compact',
        maximumFractionDigits: 1,
      }),
  )
  return write.format(amount as number)
}

/** `12345.6` as `12,345.6`; at most `digits` after the point. */
export function number(value: Amount, digits = 9, locale = useWriting.getState().locale): string {
  const write = formatter(
    `number ${locale} ${digits}`,
    () => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }),
  )
  return write.format(value as number)
}

/** A fraction such as `0.25` as `25%`. */
export function percent(
  fraction: Amount,
  digits = 2,
  locale = useWriting.getState().locale,
): string {
  const write = formatter(
    `percent ${locale} ${digits}`,
    () => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }),
  )
  return write.format(fraction as number)
}
