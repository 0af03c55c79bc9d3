import { describe, expect, test } from 'vitest'
import { ago, count, day, instant, money, percent } from '.'

describe('money', () => {
  test.each([
    [79.9, 'EUR', 'en-GB', '€79.90'],
    [1234, 'JPY', 'en-GB', '¥1,234'],
    [1.5, 'KWD', 'en-GB', 'KWD 1.500'],
    [-1234.5, 'SEK', 'sv-SE', '−1 234,50 kr'],
  ])('%d %s in %s is %s', (amount, currency, locale, written) => {
    expect(money(amount, currency, locale).replaceAll('\u00a0', ' ')).toBe(written)
  })

  test('an amount of more digits than a double holds loses none', () => {
    expect(money('12345678901234567.89', 'USD', 'en-US')).toBe('$12,345,678,901,234,567.89')
  })
})

test('a day is the same day everywhere', () => {
  expect(day('2026-03-01', 'medium', 'en-GB')).toBe('1 Mar 2026')
})

test('an instant is shown in the zone of the person', () => {
  const at = '2026-11-20T23:30:00Z'
  expect(instant(at, { locale: 'en-GB', timeZone: 'Europe/Stockholm' })).toBe('21 Nov 2026, 00:30')
  expect(instant(at, { locale: 'en-GB', timeZone: 'America/New_York' })).toBe('20 Nov 2026, 18:30')
})

test.each([
  ['2026-11-20T11:59:40Z', 'now'],
  ['2026-11-20T11:01:00Z', '59 minutes ago'],
  ['2026-11-19T11:00:00Z', 'yesterday'],
  ['2026-12-20T12:00:00Z', 'in 4 weeks'],
])('%s is %s', (at, said) => {
  expect(ago(at, Date.parse('2026-11-20T12:00:00Z'), 'en')).toBe(said)
})

test('a count takes the form that its language has for it', () => {
  const words = { one: '# faktura', few: '# faktury', other: '# faktur' }
  expect([1, 3, 5].map((of) => count(of, words, 'pl'))).toEqual([
    '1 faktura',
    '3 faktury',
    '5 faktur',
  ])
})

test('a fraction is a percentage', () => {
  expect(percent(0.255, 1, 'en')).toBe('25.5%')
})
